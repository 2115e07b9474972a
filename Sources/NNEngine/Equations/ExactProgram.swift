/// A formula worked out in 64 bits, row by row: what functions of scripts compute with, and the
/// yardstick for derivatives and compiled code.
///
/// Each term has its place in one block of memory; a row is worked out term after term, so that
/// long rows cost what their arithmetic costs.
public struct ExactProgram: Sendable {
  /// What a variable is: a number for everything, or numbers in rows.
  public enum Input {
    case number(Double)
    case rows(UnsafePointer<Double>)
  }

  /// The formula it was made of.
  public let formula: Formula
  /// Whether a row is looked at as a whole; else how numbers are cut into rows does not matter.
  public let seesRows: Bool
  private let isVector: [Bool]
  private let vectorCount: Int

  /// Prepares a formula, which should be `compacted` or `stabilised`: all its terms are worked out.
  public init(_ formula: Formula) {
    self.formula = formula
    seesRows = formula.hasReductions
    isVector = formula.nodes.indices.map { formula.extent($0) == .element }
    vectorCount = isVector.filter { $0 }.count
  }

  /// The first result for one number, and numbers for the other variables.
  public func callAsFunction(_ x: Double, _ others: [Double] = []) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: formula.nodes.count) { made in
      for term in 0..<formula.nodes.count {
        made[term] =
          switch formula.nodes[term] {
          case .constant(let value): value
          case .variable(let index):
            index == 0 ? x : index <= others.count ? others[index - 1] : 0
          case .size: 1
          case .unary(let function, let a): function.value(made[a])
          case .binary(let operation, let a, let b): operation.value(made[a], made[b])
          case .select(let condition, let a, let b): made[condition] != 0 ? made[a] : made[b]
          case .reduce(_, let a): made[a]
          }
      }
      return made[formula.results[0]]
    }
  }

  /// The first result for rows of numbers: `width` a row, or one where it is a number a row.
  public func run(
    rows: Int, width: Int, _ inputs: [Input], into output: UnsafeMutablePointer<Double>
  ) {
    // Rows that stand for nothing are cut so that all terms stay in cache.
    let (rows, width, total) = seesRows ? (rows, width, rows * width) : cut(rows * width)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: memorySize(width)) { memory in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: formula.nodes.count) { places in
        guard let memory = memory.baseAddress, let places = places.baseAddress else { return }
        lay(places, width)
        let result = formula.results[0]
        for row in 0..<rows {
          let count = min(width, total - row * width)
          work(memory, places, width: count, from: row == 0 ? .uniform : .sample) {
            variable, count, out in
            guard variable < inputs.count else { return out.update(repeating: 0, count: count) }
            switch inputs[variable] {
            case .number(let value): out.update(repeating: value, count: count)
            case .rows(let start): out.update(from: start + row * width, count: count)
            }
          }
          let value = memory + places[result]
          if isVector[result] {
            (output + row * width).update(from: value, count: count)
          } else if seesRows {
            output[row] = value[0]
          } else {
            (output + row * width).update(repeating: value[0], count: count)
          }
        }
      }
    }
  }

  private func cut(_ count: Int) -> (rows: Int, width: Int, total: Int) {
    let width = max(1, min(count, 256))
    return ((count + width - 1) / width, width, count)
  }

  private func memorySize(_ width: Int) -> Int {
    vectorCount * width + formula.nodes.count - vectorCount
  }

  private func lay(_ places: UnsafeMutablePointer<Int>, _ width: Int) {
    var next = 0
    for term in isVector.indices {
      places[term] = next
      next += isVector[term] ? width : 1
    }
  }

  /// The values of all terms for one row; see `Formula.evaluate`.
  public func values(_ given: [[Double]], width: Int) -> [[Double]] {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: memorySize(width) + 1) { memory in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: formula.nodes.count + 1) { places in
        guard let memory = memory.baseAddress, let places = places.baseAddress else { return [] }
        lay(places, width)
        work(memory, places, width: width, from: .uniform) { variable, count, out in
          let numbers = variable < given.count ? given[variable] : [0]
          for index in 0..<count { out[index] = numbers[numbers.count == 1 ? 0 : index] }
        }
        return isVector.indices.map { term in
          let start = memory + places[term]
          return Array(UnsafeBufferPointer(start: start, count: isVector[term] ? width : 1))
        }
      }
    }
  }

  /// Works out all terms of an extent or a larger one; smaller ones stand there from before.
  private func work(
    _ memory: UnsafeMutablePointer<Double>, _ places: UnsafePointer<Int>, width: Int,
    from least: Formula.Extent, read: (Int, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    for term in isVector.indices where formula.extent(term) >= least {
      let out = memory + places[term]
      let count = isVector[term] ? width : 1
      func operand(_ a: Formula.Term) -> (UnsafePointer<Double>, step: Int) {
        (UnsafePointer(memory + places[a]), isVector[a] ? 1 : 0)
      }
      switch formula.nodes[term] {
      case .constant(let value): out[0] = value
      case .variable(let index): read(index, count, out)
      case .size: out[0] = Double(width)
      case .unary(let function, let a):
        let (x, _) = operand(a)
        for index in 0..<count { out[index] = function.value(x[index]) }
      case .binary(let operation, let a, let b):
        let ((x, i), (y, j)) = (operand(a), operand(b))
        for index in 0..<count { out[index] = operation.value(x[index * i], y[index * j]) }
      case .select(let condition, let a, let b):
        let ((c, k), (x, i), (y, j)) = (operand(condition), operand(a), operand(b))
        for index in 0..<count {
          out[index] = c[index * k] != 0 ? x[index * i] : y[index * j]
        }
      case .reduce(let reduction, let a):
        let (x, _) = operand(a)
        let all = UnsafeBufferPointer(start: x, count: isVector[a] ? width : 1)
        out[0] =
          switch reduction {
          case .sum: all.reduce(0, +)
          case .mean: all.reduce(0, +) / Double(width)
          case .max, .offset: all.max() ?? .nan
          case .min: all.min() ?? .nan
          }
      }
    }
  }
}
