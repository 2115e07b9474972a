/// A formula as a function of values: numbers in 64 bits, tensors in 32 with vector code.
///
/// Its first variable is what it is a function of; the others are settings.
public struct FormulaFunction: Sendable {
  /// In 64 bits.
  public let exact: ExactProgram
  private let settings: [Double]
  private let vector: VectorProgram

  /// Compiles a formula.
  ///
  /// - Parameter settings: the values of all variables but the first.
  public init(_ formula: Formula, settings: [Double] = []) {
    let prepared = formula.stabilised()
    exact = ExactProgram(prepared)
    self.settings = settings
    var given: [Int: Double] = [:]
    for (index, value) in settings.enumerated() { given[index + 1] = value }
    let set = prepared.setting(given)
    vector = VectorProgram(
      set, inputs: [0: 0], results: [(set.results[0], .array(1))],
      sharing: [(output: 1, input: 0)])
  }

  /// Whether it gives one number for a whole row.
  public var givesOneARow: Bool {
    exact.formula.extent(exact.formula.results[0]) == .sample
  }

  /// Its value for one number.
  public func callAsFunction(_ x: Double) -> Double { exact(x, settings) }

  /// Its values for numbers, one row.
  public func run(
    _ x: UnsafePointer<Double>, count: Int, into output: UnsafeMutablePointer<Double>
  ) {
    exact.run(rows: 1, width: count, [.rows(x)] + settings.map { .number($0) }, into: output)
  }

  /// Its values for a tensor, whose last axis is a row; a number a row ends the last axis.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let width = x.shape.sizes.last ?? 1
    let rows = width == 0 ? 0 : x.elements.count / width
    let all = Tensor.filled(x.elements.count) { out in
      x.elements.withUnsafeBufferPointer { numbers in
        guard let start = numbers.baseAddress else { return }
        vector.run(rows: rows, width: width) {
          $0 == 0 ? UnsafeMutablePointer(mutating: start) : out
        }
      }
    }
    guard givesOneARow, x.shape.rank > 0 else { return Tensor(shape: x.shape, elements: all) }
    return Tensor(
      shape: Shape(Array(x.shape.sizes.dropLast())),
      elements: stride(from: 0, to: all.count, by: width).map { all[$0] })
  }
}
