/// How a loss that sees targets in their own units teaches a network that learns them scaled.
///
///     network's output a ── p = a · s + centre ──▶ L(y, p)      what is learnt: L / c
///
/// - Gradient: `da = dp · s / c` with `s` the deviation a column was divided by, and `c` the mean of
///   `s²` over columns: for a squared error that is the loss of the scaled targets, so that rates
///   suit any unit.
public struct OwnUnits: Sendable {
  /// What each column was divided by.
  public let deviations: [Double]
  /// What the loss is divided by for the steps.
  public let divisor: Double
  /// What the gradient by a column's prediction is multiplied by.
  let steps: [Float]

  /// Takes the units of targets from how they were scaled.
  public init(_ scaling: Preprocessing.Scaling, width: Int) {
    let deviations = (0..<width).map { 1 / scaling.scale[scaling.scale.count == 1 ? 0 : $0] }
    let divisor = deviations.reduce(0) { $0 + $1 * $1 } / Double(max(1, width))
    self.deviations = deviations
    self.divisor = divisor
    steps = deviations.map { Float($0 / divisor) }
  }

  /// Turns gradients by predictions, row after row, into those by the network's outputs.
  func bring(_ gradient: UnsafeMutablePointer<Float>, rows: Int) {
    let width = steps.count
    for row in 0..<rows {
      for column in 0..<width { gradient[row * width + column] *= steps[column] }
    }
  }
}

/// What only looks at the difference of outputs and targets: then both may be told from any origin,
/// which keeps the digits of numbers far from 0.
protocol DifferenceOnly {}

extension MeanSquaredError: DifferenceOnly {}
extension AbsoluteError: DifferenceOnly {}
extension Huber: DifferenceOnly {}
extension MeanAbsoluteError: DifferenceOnly {}
extension RootMeanSquaredError: DifferenceOnly {}
extension Determination: DifferenceOnly {}
