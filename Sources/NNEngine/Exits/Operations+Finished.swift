// What exits want done to a program first: no scans, and what no row changes worked out.

extension Operations {
  /// The same program with each step of scans written out.
  ///
  /// - Returns: the program, and for each value what it has become.
  func unrolled() -> (program: Operations, refs: [Ref]) {
    let hasScans = values.contains {
      if case .operation(.scan, _) = $0.source { true } else { false }
    }
    guard hasScans else { return (self, values.indices.map { Ref(place: $0) }) }
    var program = Operations(isTraining: isTraining)
    let refs = program.bring(self, inputs: nil)
    return (program, refs)
  }

  /// Writes another program's values behind the own ones.
  ///
  /// - Parameter inputs: what stands for its inputs; `nil` declares them.
  /// - Returns: for each of its values what it has become.
  private mutating func bring(_ other: Operations, inputs: [Ref]?) -> [Ref] {
    var refs: [Ref] = []
    for value in other.values {
      switch value.source {
      case .input(let index): refs.append(inputs?[index] ?? input(value.extent))
      case .parameter: refs.append(parameter(value.extent.shape))
      case .constant(let numbers): refs.append(constant(numbers, value.extent.shape))
      case .uniform: refs.append(uniform(value.extent.shape))
      case .operation(.scan(let scan), let operands):
        refs.append(bring(scan, operands.map { refs[$0.place] }))
      case .operation(let operation, let operands):
        refs.append(apply(operation, to: operands.map { refs[$0.place] }))
      }
      if let name = value.name, let last = refs.last { self.name(last, name) }
    }
    return refs
  }

  /// Writes each step of a scan.
  private mutating func bring(_ scan: ScanOperation, _ operands: [Ref]) -> Ref {
    let first = scan.states.count
    let steps = shape(operands[first])[0]
    var states = Array(operands.prefix(first))
    var results: [Ref] = []
    for step in 0..<steps {
      let parts = operands[first..<first + scan.sequences].map { sequence in
        gather(sequence, at: [step], [])
      }
      let refs = bring(scan.body, inputs: states + parts + operands.dropFirst(first + parts.count))
      states = scan.states.map { refs[$0.place] }
      let result = refs[scan.result.place]
      results.append(reshape(result, Shape([1] + shape(result).sizes)))
    }
    return concatenate(results, axis: 0)
  }

  /// The numbers of all operations that no row changes, by their places.
  ///
  /// - Parameters:
  ///   - parameters: the numbers of all parameters.
  ///   - slots: where each stands among them.
  func workedOut(_ parameters: [Float], _ slots: [Range<Int>]) -> [Int: [Double]] {
    var isFixed: [Bool] = []
    for value in values {
      switch value.source {
      case .input, .uniform: isFixed.append(false)
      case .parameter, .constant: isFixed.append(true)
      case .operation(_, let operands): isFixed.append(operands.allSatisfy { isFixed[$0.place] })
      }
    }
    var part = Operations()
    var made: [Int: Ref] = [:]
    var given: [(ref: Ref, range: Range<Int>)] = []
    func isOperation(_ place: Int) -> Bool {
      if case .operation = values[place].source { true } else { false }
    }
    for place in values.indices where isFixed[place] && isOperation(place) {
      guard case .operation(let operation, let operands) = values[place].source else { continue }
      for operand in operands where made[operand.place] == nil {
        switch values[operand.place].source {
        case .constant(let numbers): made[operand.place] = part.constant(numbers, shape(operand))
        case .parameter(let index):
          let ref = part.parameter(shape(operand))
          made[operand.place] = ref
          given.append((ref, slots[index]))
        case .input, .uniform, .operation: break
        }
      }
      made[place] = part.apply(operation, to: operands.compactMap { made[$0.place] })
    }
    let execution = Execution(part, maxRows: 1, learns: .nothing)
    for (ref, range) in given {
      for (place, index) in range.enumerated() {
        execution.value(ref)[place] = Double(parameters[index])
      }
    }
    execution.forward(rows: 1)
    var numbers: [Int: [Double]] = [:]
    for (place, ref) in made where isOperation(place) {
      let count = shape(Ref(place: place)).count
      numbers[place] = Array(UnsafeBufferPointer(start: execution.value(ref), count: count))
    }
    return numbers
  }
}
