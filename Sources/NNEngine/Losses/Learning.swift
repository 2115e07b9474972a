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

  /// How often a row of a class counts.
  public func weight(ofClass code: Int) -> Double {
    classWeights.indices.contains(code) ? classWeights[code] : 1
  }

  /// One row's target as the gradient sees it: a share of what it holds spread evenly, over all
  /// outputs where these are shares of one whole, else over yes and no of each.
  public func smoothed(_ target: [Double], for loss: any Loss) -> [Double] {
    guard smoothing > 0 else { return target }
    let whole = loss.ownActivation == "softmax"
    let even = whole ? target.reduce(0, +) / Double(max(1, target.count)) : 0.5
    return target.map { (1 - smoothing) * $0 + smoothing * even }
  }

  /// Weights by which every class counts the same in all, and the average row once:
  /// rows / (classes · rows of the class). A class without rows gets 0.
  public static func balancedWeights(rowsOfClasses counts: [Int]) -> [Double] {
    let there = counts.filter { $0 > 0 }
    let rows = Double(there.reduce(0, +))
    return counts.map { $0 == 0 ? 0 : rows / (Double(there.count) * Double($0)) }
  }
}
