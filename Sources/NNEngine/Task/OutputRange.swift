/// The values that an activation's outputs can have, whatever comes in.
///
/// The last layer is judged by it: a loss needs outputs of a certain range, and a target outside the
/// range could never be reached.
public struct OutputRange: Sendable, Equatable {
  /// The least value of an output, `-infinity` where there is none.
  public var lowest: Double
  /// The greatest value of an output, `infinity` where there is none.
  public var highest: Double
  /// Whether outputs come near `lowest` but never reach it, as those of softplus.
  public var excludesLowest: Bool
  /// Whether the outputs of a row are positive and add up to 1.
  public var sumsToOne: Bool

  /// Makes a range; everything may be left out.
  public init(
    _ lowest: Double = -.infinity, _ highest: Double = .infinity, excludesLowest: Bool = false,
    sumsToOne: Bool = false
  ) {
    self.lowest = lowest
    self.highest = highest
    self.excludesLowest = excludesLowest
    self.sumsToOne = sumsToOne
  }

  /// All numbers, without bounds.
  public static let any = OutputRange()
  /// 0 and more.
  public static let nonNegative = OutputRange(0)
  /// More than 0.
  public static let positive = OutputRange(0, excludesLowest: true)
  /// From 0 to 1, each output for itself.
  public static let probability = OutputRange(0, 1)
  /// From -1 to 1.
  public static let symmetric = OutputRange(-1, 1)
  /// From 0 to 1, the outputs of a row adding up to 1.
  public static let distribution = OutputRange(0, 1, sumsToOne: true)

  /// Whether outputs can be taken for probabilities.
  public var isOfProbabilities: Bool { lowest >= 0 && highest <= 1 }

  /// Whether it ends on both sides.
  public var isBounded: Bool { lowest > -.infinity && highest < .infinity }

  /// Whether a target could be reached: rounding of a last digit forgiven.
  public func holds(_ target: Double) -> Bool {
    let margin = 1e-6 * max(1, abs(target))
    return target >= lowest - margin && target <= highest + margin
  }
}

/// What a loss needs of the network's outputs.
public enum OutputNeed: Sendable, Equatable {
  /// Outputs may be any number.
  case any
  /// Scores of either sign, one a class or one for two classes.
  case scores
  /// Numbers above 0.
  case positive
  /// Numbers from 0 to 1, each for itself.
  case probability
  /// Numbers from 0 to 1 that add up to 1.
  case distribution

  /// Whether outputs of a range satisfy it.
  public func isMet(by range: OutputRange) -> Bool {
    switch self {
    case .any: true
    case .scores: range.lowest < 0 && range.highest > 0 || range.sumsToOne
    case .positive: range.lowest > 0 || range.lowest == 0 && range.excludesLowest || range.sumsToOne
    case .probability: range.lowest >= 0 && range.highest <= 1
    case .distribution: range.sumsToOne
    }
  }
}

extension OutputRange {
  /// The range of a formula, found by trying it: over numbers of all sizes, or over rows of them
  /// where the formula looks at a whole row.
  ///
  /// A function counts as bounded where numbers up to 1e30 lead no further than those up to 1e3.
  init(measuring formula: Formula) {
    // From 0.001 to 1e30, four to a power of ten.
    var sizes = [0.001]
    while let size = sizes.last, size < 1e30 { sizes.append(size * 1.778279410038923) }
    func outputs(_ row: [Double]) -> [Double] {
      let values: [Double] = formula.evaluate([row], width: row.count)[formula.results[0]]
      return values.filter { !$0.isNaN }
    }
    var near = Ends()
    var far = Ends()
    var areShares = formula.hasReductions
    if formula.hasReductions {
      // Four numbers of mixed sign and size, turned over for both directions.
      let patterns: [[Double]] = [
        [1, -1, 0.5, 0], [-1, -0.2, -3, -2], [0, 0, 0, 0], [2, 1, 3, 0.1],
      ]
      for size in sizes {
        for pattern in patterns {
          let row = outputs(pattern.map { $0 * size })
          if size <= 1_000 {
            near.take(row)
            // Beyond, a typed exponential overflows, which says nothing about its range.
            let sum: Double = row.reduce(0, +)
            if size <= 100, row.count < 4 || abs(sum - 1) > 1e-6 { areShares = false }
          }
          far.take(row)
        }
      }
    } else {
      for size in sizes {
        let row = outputs([size]) + outputs([-size])
        if size <= 1_000 { near.take(row) }
        // What underflows has not reached 0.
        if size <= 30, row.contains(0) { near.hasZero = true }
        far.take(row)
      }
      near.take(outputs([0]))
      if outputs([0]).contains(0) { near.hasZero = true }
    }
    far.take([near.lowest, near.highest])
    let size: Double = max(abs(near.lowest), abs(near.highest))
    let margin = 1e-6 * (1 + size)
    guard near.lowest.isFinite || near.highest.isFinite else {
      self = .any
      return
    }
    let hasLowest = far.lowest >= near.lowest - margin
    let hasHighest = far.highest <= near.highest + margin
    self.init(
      hasLowest ? Self.rounded(near.lowest) : -Double.infinity,
      hasHighest ? Self.rounded(near.highest) : Double.infinity)
    excludesLowest = lowest == 0 && !near.hasZero
    // Numbers of 0 and more that add up to 1 are none above 1.
    sumsToOne = areShares && lowest >= 0
  }

  private struct Ends {
    var lowest = Double.infinity
    var highest = -Double.infinity
    var hasZero = false

    mutating func take(_ values: [Double]) {
      for value in values {
        lowest = min(lowest, value)
        highest = max(highest, value)
      }
    }
  }

  /// An end such as 0.9999999999 is meant as 1.
  private static func rounded(_ end: Double) -> Double {
    abs(end - end.rounded()) < 1e-6 ? end.rounded() : end
  }
}
