import NNEngine

extension FunctionEntry {
  /// Functions that make one number of many, of everything or along an axis.
  static var statistics: [FunctionEntry] {
    [
      .reduction(
        "sum", "All numbers added up; truths count as 1.", example: "print sum([1, 2, 3])",
        emptyIs: 0
      ) {
        try $0.folded(0, +)
      },
      .reduction(
        "product", "All numbers multiplied.", example: "print product([1, 2, 3])", emptyIs: 1
      ) {
        try $0.folded(1, *)
      },
      .reduction("mean", "The arithmetic mean.", example: "print mean([1, 2, 6])") { try mean($0) },
      .reduction(
        "var", "The variance: the mean squared distance from the mean.",
        example: "print var([1, 2, 6])"
      ) {
        try variance($0)
      },
      .reduction(
        "std", "The standard deviation, dividing by the number of values.",
        example: "print std([1, 2, 6])"
      ) {
        try variance($0).squareRoot()
      },
      .reduction("median", "The value in the middle.", example: "print median([5, 1, 2])") {
        try median($0)
      },
      .extreme(
        "max", "The greatest of one list; of several values element by element.",
        example: "print max(0, [-1, 2])"
      ) {
        Swift.max($0, $1)
      },
      .extreme(
        "min", "The least of one list; of several values element by element.",
        example: "print min([3, 1, 2])"
      ) {
        Swift.min($0, $1)
      },
      .place(
        "argmax", "Where the greatest number stands, counted from 0.",
        example: "print argmax([0.1, 0.7, 0.2])"
      ) {
        $0 > $1
      },
      .place(
        "argmin", "Where the least number stands, counted from 0.",
        example: "print argmin([3, 1, 2])"
      ) {
        $0 < $1
      },
      .make("cumsum", "The sums up to each place.", "x", example: "print cumsum([1, 2, 3])") {
        call in
        let numbers = try Grid(call[0], of: "cumsum").elements
        var sum = 0.0
        return .list(
          try made(numbers.count) { index -> Double in
            sum += numbers[index]
            return sum
          })
      },
    ]
  }

  private static func mean(_ x: [Double]) throws -> Double {
    try x.folded(0, +) / Double(x.count)
  }

  private static func variance(_ x: [Double]) throws -> Double {
    let center = try mean(x)
    return try x.folded(0) { $0 + ($1 - center) * ($1 - center) } / Double(x.count)
  }

  private static func median(_ x: [Double]) throws -> Double {
    let sorted = try x.steadilySorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  private static func empty(_ name: String) -> ValueError {
    ValueError(
      code: .domainFault, message: "`\(name)` of nothing is not defined",
      label: "this list is empty", argument: 0)
  }

  private static func reduction(
    _ name: String, _ summary: String, example: String, emptyIs: Double? = nil,
    _ reduce: @escaping ([Double]) throws -> Double
  ) -> FunctionEntry {
    .make(name, summary, "x", "axis=none", example: example) { call in
      let result = try reduced(call, 0, axis: 1) { lane in
        if lane.isEmpty {
          guard let emptyIs else { throw empty(name) }
          return emptyIs
        }
        return try reduce(lane)
      }
      if case .number(let number) = result, !number.isFinite {
        throw ValueError.domain("`\(name)` is too large for a number", label: "beyond 1.8e308")
      }
      return result
    }
  }

  /// One number of a whole value, or one a lane along an axis.
  private static func reduced(
    _ call: FunctionCall, _ index: Int, axis: Int, _ reduce: ([Double]) throws -> Double
  ) throws -> Value {
    let grid = try Grid(call[index], of: call.name, argument: index)
    guard let axis = try call.axis(axis, rank: grid.sizes.count) else {
      return .number(try reduce(grid.elements))
    }
    return try grid.reduced(axis: axis, reduce).value(like: call[index])
  }

  private static func extreme(
    _ name: String, _ summary: String, example: String,
    _ better: @escaping (Double, Double) -> Double
  ) -> FunctionEntry {
    .make(name, summary, "values...", "axis=none", example: example) { call in
      let values = try call.list(0).items
      guard let first = values.first else { throw empty(name) }
      if values.count == 1 {
        let only = FunctionCall(name: name, values: [first, call.values[1]], context: call.context)
        return try reduced(only, 0, axis: 1) { lane in
          guard let start = lane.first else { throw empty(name) }
          return try lane.folded(start, better)
        }
      }
      guard !call.has(1) else {
        throw ValueError(
          code: .extraValue, message: "`axis` is for one value, \(values.count) are given",
          label: "not with several values")
      }
      return try values.dropFirst().reduce(first) { try pairs(name, $0, $1, better) }
    }
  }

  private static func place(
    _ name: String, _ summary: String, example: String,
    _ isBetter: @escaping (Double, Double) -> Bool
  ) -> FunctionEntry {
    .make(name, summary, "x", "axis=none", example: example) { call in
      try reduced(call, 0, axis: 1) { lane in
        guard !lane.isEmpty else { throw empty(name) }
        var best = 0
        try steadily(lane.count) { if isBetter(lane[$0], lane[best]) { best = $0 } }
        return Double(best)
      }
    }
  }
}
