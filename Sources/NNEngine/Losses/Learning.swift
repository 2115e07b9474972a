/// What changes how a loss is learnt and nothing in what is reported: reports stay comparable.
public struct Learning: Sendable {
  /// What is added to the loss for the weights themselves.
  public var penalties: [any Penalty]
  /// The share of each target that is spread evenly over all classes, so that no probability has to
  /// become 1.
  public var smoothing: Double
  /// How often a row counts, by its class; empty where all count once. The gradient is still
  /// divided by the number of rows.
  public var classWeights: [Double]

  /// Settings; everything may be left out.
  public init(
    penalties: [any Penalty] = [], smoothing: Double = 0, classWeights: [Double] = []
  ) {
    self.penalties = penalties
    self.smoothing = smoothing
    self.classWeights = classWeights
  }

  /// Weights by which every class counts the same in all, and the average row once:
  /// rows / (classes · rows of the class). A class without rows gets 0.
  public static func balancedWeights(rowsOfClasses counts: [Int]) -> [Double] {
    let there = counts.filter { $0 > 0 }
    let rows = Double(there.reduce(0, +))
    return counts.map { $0 == 0 ? 0 : rows / (Double(there.count) * Double($0)) }
  }
}
