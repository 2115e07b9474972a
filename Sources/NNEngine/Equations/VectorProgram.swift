internal import CKernels

/// A formula compiled to steps over chunks of rows (see `nn_run_program`). A value without state:
/// any number of threads may run it at once, and running allocates nothing.
struct VectorProgram: Sendable {
  /// Where a result goes.
  enum Target {
    /// Into an array, `[rows, width]`.
    case array(Int)
    /// Added up over all rows, in 64 bits.
    case total(Int)
  }

  /// A term that is one number for all rows, worked out once a run in 64 bits.
  private struct Uniform {
    var node: Formula.Node
    /// The operands' places among the uniforms.
    var operands: (Int, Int, Int)
  }

  private var steps: [nn_step] = []
  private var uniforms: [Uniform] = []
  private var arrayCount = 0
  private var scratchCount = 0
  private let wholeRows: Bool
  /// Which variables `run` is given as numbers, in order.
  private let given: [Int]

  /// Compiles a formula.
  ///
  /// - Parameters:
  ///   - inputs: the terms whose values stand in arrays, with the array's number.
  ///   - given: the variables that are numbers known at each run, at most two.
  ///   - results: what to compute, and where it goes.
  ///   - sharing: pairs of an output array and an input array that may be the same memory; the same
  ///     number always is.
  init(
    _ formula: Formula, inputs: [Formula.Term: Int], given: [Int] = [],
    results: [(term: Formula.Term, target: Target)], sharing: [(output: Int, input: Int)] = []
  ) {
    self.given = given
    var compiler = ProgramCompiler(formula, inputs: inputs, results: results, sharing: sharing)
    compiler.compile()
    steps = compiler.steps
    arrayCount = compiler.arrayCount
    scratchCount = compiler.scratchCount
    wholeRows = compiler.wholeRows
    let places = compiler.uniformPlaces
    for term in compiler.uniforms {
      let node = compiler.formula.nodes[term]
      let operands = node.operands.map { places[$0] ?? 0 } + [0, 0, 0]
      uniforms.append(
        Uniform(node: node, operands: (operands[0], operands[1], operands[2])))
    }
  }

  /// Whether a row is looked at as a whole.
  var seesRows: Bool { wholeRows }

  /// Whether any step reads an array.
  func reads(array: Int) -> Bool {
    steps.contains { Int($0.a) == array || Int($0.b) == array || Int($0.c) == array }
  }

  /// Runs over rows.
  ///
  /// - Parameters:
  ///   - first: the value of the first given variable; `second` of the second.
  ///   - totals: where the results go that are added up, from 0.
  ///   - array: the memory of an array by its number.
  func run(
    rows: Int, width: Int, first: Double = 0, second: Double = 0,
    totals: UnsafeMutablePointer<Double>? = nil,
    array: (Int) -> UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: arrayCount + 1) {
      arrays in
      for index in 0..<arrayCount { arrays[index] = array(index) }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: uniforms.count + 1) { exact in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: uniforms.count + 1) { short in
          for index in 0..<uniforms.count {
            exact[index] = value(uniforms[index], exact, Double(width), first, second)
            short[index] = Float(exact[index])
          }
          steps.withUnsafeBufferPointer { steps in
            var program = nn_program(
              steps: steps.baseAddress, step_count: steps.count, array_count: arrayCount,
              uniform_count: uniforms.count, scratch_count: scratchCount, whole_rows: wholeRows)
            nn_run_program(
              &program, arrays.baseAddress, short.baseAddress, rows, width, totals)
          }
        }
      }
    }
  }

  private func value(
    _ uniform: Uniform, _ exact: UnsafeMutableBufferPointer<Double>, _ width: Double,
    _ first: Double, _ second: Double
  ) -> Double {
    let (a, b, c) = uniform.operands
    switch uniform.node {
    case .constant(let value): return value
    case .variable(let index): return given.first == index ? first : second
    case .size: return width
    case .unary(let function, _): return function.value(exact[a])
    case .binary(let operation, _, _): return operation.value(exact[a], exact[b])
    case .select: return exact[a] != 0 ? exact[b] : exact[c]
    case .reduce: return exact[a]
    }
  }
}
