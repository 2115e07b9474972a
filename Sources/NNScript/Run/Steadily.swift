import NNEngine

/// Goes through places in order, and asks now and then whether the work is to go on.
///
/// - Throws: what the body throws, and `EngineError.interrupted`.
@inline(__always)
func steadily(_ count: Int, _ body: (Int) throws -> Void) throws {
  var start = 0
  while start < count {
    try Allowance.proceed()
    let end = min(start + 0x4000, count)
    for index in start..<end { try body(index) }
    start = end
  }
}

/// What a function gives for each place.
///
/// - Throws: what the function throws, and `EngineError.interrupted`.
@inline(__always)
func made<Element>(_ count: Int, _ make: (Int) throws -> Element) throws -> [Element] {
  var result: [Element] = []
  result.reserveCapacity(count)
  try steadily(count) { result.append(try make($0)) }
  return result
}

extension Array where Element == Double {
  /// Adds up, or the like, in order.
  @inline(__always)
  func folded(_ start: Double, _ step: (Double, Double) -> Double) throws -> Double {
    var result = start
    try steadily(count) { result = step(result, self[$0]) }
    return result
  }

  /// In order by size.
  func steadilySorted() throws -> [Double] {
    // Runs that are sorted at once, then merged: no step takes long.
    var runs: [[Double]] = []
    for start in stride(from: 0, to: count, by: 1 << 16) {
      try Allowance.proceed()
      runs.append(self[start..<Swift.min(start + (1 << 16), count)].sorted())
    }
    while runs.count > 1 {
      var merged: [[Double]] = []
      for pair in stride(from: 0, to: runs.count, by: 2) {
        merged.append(
          pair + 1 < runs.count ? try Self.merged(runs[pair], runs[pair + 1]) : runs[pair])
      }
      runs = merged
    }
    return runs.first ?? []
  }

  private static func merged(_ a: [Double], _ b: [Double]) throws -> [Double] {
    var (i, j) = (0, 0)
    return try made(a.count + b.count) { _ in
      if j == b.count || i < a.count && !(b[j] < a[i]) {
        i += 1
        return a[i - 1]
      }
      j += 1
      return b[j - 1]
    }
  }
}
