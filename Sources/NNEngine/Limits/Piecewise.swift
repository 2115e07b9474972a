// Passes over many numbers that ask between pieces whether the work of the thread is to go on.

extension Allowance {
  /// Goes through `0..<count` in pieces of about a millisecond of simple work.
  ///
  /// - Throws: what the body throws, and `EngineError.interrupted`.
  @inline(__always)
  static func piecewise(
    _ count: Int, by size: Int = 1 << 18, _ body: (Range<Int>) throws(EngineError) -> Void
  ) throws(EngineError) {
    for start in stride(from: 0, to: count, by: max(1, size)) {
      try proceed()
      try body(start..<min(start + max(1, size), count))
    }
  }

  /// The same where nothing can be thrown: the rest is left out once the work is to end, and
  /// `proceed`, asked later, says why.
  @inline(__always)
  static func piecewiseUntilHalted(
    _ count: Int, by size: Int = 1 << 18, _ body: (Range<Int>) -> Void
  ) {
    for start in stride(from: 0, to: count, by: max(1, size)) {
      if isHalted { return }
      body(start..<min(start + max(1, size), count))
    }
  }
}

extension Array {
  /// Appends many elements.
  ///
  /// - Throws: `EngineError.interrupted`.
  mutating func appendPiecewise(_ elements: [Element]) throws(EngineError) {
    reserveCapacity(count + elements.count)
    try Allowance.piecewise(elements.count) { append(contentsOf: elements[$0]) }
  }

  /// Whether all of many elements satisfy a condition.
  ///
  /// - Throws: `EngineError.interrupted`.
  func allSatisfyPiecewise(_ condition: (Element) -> Bool) throws(EngineError) -> Bool {
    var holds = true
    try Allowance.piecewise(count) { piece in
      if holds { holds = self[piece].allSatisfy(condition) }
    }
    return holds
  }
}
