/// A figure besides the loss, computed from sums over rows.
public protocol Metric: Sendable {
  /// The word a script uses and results bear.
  var name: String { get }
  /// Whether the targets are classes or numbers it is made for.
  var isForClasses: Bool { get }
  /// How many sums are kept for a network with this many outputs.
  func sumCount(width: Int) -> Int
  /// Adds some rows to the sums.
  func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>)
  /// The figure from the sums over `count` rows.
  func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double
}

extension Metric {
  /// One.
  public func sumCount(width: Int) -> Int { 1 }
}

/// Some rows of outputs and raw targets, in the targets' own units.
public struct MetricRows {
  /// What the network gave.
  public var outputs: UnsafePointer<Float>
  /// Targets as numbers; `nil` where there are classes.
  public var values: UnsafePointer<Float>?
  /// Targets as class numbers.
  public var classes: UnsafePointer<Int32>?
  /// How many rows.
  public var count: Int
  /// Outputs in a row.
  public var width: Int
}

/// The place of the greatest of a row's outputs, or for one output whether it is over a half.
func decidedClass(_ outputs: UnsafePointer<Float>, _ width: Int) -> Int {
  if width == 1 { return outputs[0] > 0.5 ? 1 : 0 }
  var best = 0
  for index in 1..<max(width, 1) where outputs[index] > outputs[best] { best = index }
  return best
}
