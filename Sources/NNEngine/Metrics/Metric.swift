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
  /// For an equation of a script, the first of some rows whose value it has lost.
  func fault(_ rows: MetricRows) -> EquationFault?
}

extension Metric {
  /// One.
  public func sumCount(width: Int) -> Int { 1 }
  /// None.
  public func fault(_ rows: MetricRows) -> EquationFault? { nil }
}

/// A figure that needs all rows at once, such as one that puts them in order.
public protocol WholeMetric: Metric {
  /// The figure of all rows.
  func value(_ rows: MetricRows) -> Double
}

extension WholeMetric {
  /// None.
  public func sumCount(width: Int) -> Int { 0 }
  /// Waits for all rows.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {}
  /// Nothing comes from sums.
  public func value(_ sums: UnsafePointer<Double>, count: Int, width: Int) -> Double { .nan }
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
  /// What an only output is above for the second of two classes.
  public var boundary: Float = 0.5

  /// How many classes outputs tell apart: with one output, two.
  var classCount: Int { width == 1 ? 2 : width }

  /// The outputs of a row.
  func outputs(_ row: Int) -> UnsafePointer<Float> { outputs + row * width }

  /// The class a row is put into.
  func decided(_ row: Int) -> Int { decidedClass(outputs(row), width, boundary) }

  /// The right class of a row; where targets are numbers, the one with the greatest.
  func right(_ row: Int) -> Int {
    if let classes { return Int(classes[row]) }
    return values.map { decidedClass($0 + row * width, width, boundary) } ?? 0
  }

  /// The probability that outputs give to a class.
  func probability(_ row: Int, of label: Int) -> Double {
    let y = outputs(row)
    return width == 1 ? (label == 1 ? Double(y[0]) : 1 - Double(y[0])) : Double(y[label])
  }
}

/// The place of the greatest of a row's outputs, or for one output whether it is over the boundary.
func decidedClass(_ outputs: UnsafePointer<Float>, _ width: Int, _ boundary: Float) -> Int {
  if width == 1 { return outputs[0] > boundary ? 1 : 0 }
  var best = 0
  for index in 1..<max(width, 1) where outputs[index] > outputs[best] { best = index }
  return best
}
