/// A figure besides the loss, computed from sums over rows.
///
/// NaN is the value of a figure that is not defined for the rows at hand, such as the area under
/// the ROC curve where only one class occurs. Scripts get `none` for it, and texts show `–`.
public protocol Metric: Sendable {
  /// The word a script uses and results bear.
  var name: String { get }
  /// Whether the targets are classes or numbers it is made for.
  var isForClasses: Bool { get }
  /// Which values are the better ones; `nil` where only the author of the metric knows.
  var better: Better? { get }
  /// Whether it is about classes of which exactly one holds, and means nothing for labels that may
  /// hold together.
  var needsOneClass: Bool { get }
  /// Whether it has a value for each class or label, and for several of them a mean.
  var isPerClass: Bool { get }
  /// How many sums are kept for a network with this many outputs.
  func sumCount(width: Int) -> Int
  /// Adds some rows to the sums.
  func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>)
  /// The figure from the sums over `count` rows; NaN where it is not defined.
  func figure(_ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm) -> MetricFigure
  /// For an equation of a script, the first of some rows whose value it has lost.
  func fault(_ rows: MetricRows) -> EquationFault?
}

/// Which values of a figure are better.
public enum Better: String, Sendable {
  case lower, higher
}

extension Metric {
  /// Means something also where several labels hold together.
  public var needsOneClass: Bool { false }
  /// One value for all classes and outputs.
  public var isPerClass: Bool { false }
  /// One sum is enough for a mean over rows.
  public func sumCount(width: Int) -> Int { 1 }
  /// What the engine brings along has a value for all rows.
  public func fault(_ rows: MetricRows) -> EquationFault? { nil }
}

/// The value of a metric.
public struct MetricFigure: Sendable, Equatable {
  /// The value; NaN where it is not defined.
  public var value: Double
  /// How many classes, labels or outputs the value is a mean of; `nil` where it is no such mean.
  public var parts: Int?
  /// How many there are; those for which the figure is not defined are left out of the mean.
  public var allParts: Int?

  /// A value that is no mean over parts.
  public init(_ value: Double) { self.value = value }

  /// The mean over parts, those with NaN left out; NaN where none is left.
  ///
  /// - Parameter weights: how much each part counts; all the same without.
  public init(meanOf values: [Double], weights: [Double]? = nil) {
    let known = values.indices.filter { !values[$0].isNaN }
    let weight = known.reduce(0) { $0 + (weights?[$1] ?? 1) }
    let sum = known.reduce(0) { $0 + (weights?[$1] ?? 1) * values[$1] }
    value = weight > 0 ? sum / weight : .nan
    (parts, allParts) = (known.count, values.count)
  }
}

/// A figure that needs all rows at once, such as one that puts them in order.
public protocol WholeMetric: Metric {
  /// The figure of all rows; NaN where it is not defined.
  func figure(_ rows: MetricRows) -> MetricFigure
}

extension WholeMetric {
  /// Nothing is added up: the figure comes from all rows at once.
  public func sumCount(width: Int) -> Int { 0 }
  /// Waits for all rows.
  public func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {}
  /// Nothing comes from sums.
  public func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure { MetricFigure(.nan) }
}
