/// A formula as a function of a tensor, in vector code.
///
/// Its first variable is what it is a function of; the others are settings.
public struct FormulaFunction: Sendable {
  private let program: VectorProgram
  private let givesOneARow: Bool

  /// Compiles a formula.
  ///
  /// - Parameter settings: the values of all variables but the first.
  public init(_ formula: Formula, settings: [Double] = []) {
    var given: [Int: Double] = [:]
    for (index, value) in settings.enumerated() { given[index + 1] = value }
    let prepared = formula.stabilised().setting(given)
    let result = prepared.results[0]
    givesOneARow = prepared.extent(result) == .sample
    program = VectorProgram(
      prepared, inputs: [0: 0], results: [(result, .array(1))],
      sharing: [(output: 1, input: 0)])
  }

  /// Its values for a tensor, whose last axis is a row; a number a row ends the last axis.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let width = x.shape.sizes.last ?? 1
    let rows = width == 0 ? 0 : x.elements.count / width
    let all = Tensor.filled(x.elements.count) { out in
      x.elements.withUnsafeBufferPointer { numbers in
        guard let start = numbers.baseAddress else { return }
        program.run(rows: rows, width: width) {
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
