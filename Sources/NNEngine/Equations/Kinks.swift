import Glibc

/// Places where a formula's slope jumps, or its value: no difference across them means anything.
public struct Kink: Sendable, Equatable {
  /// What it is where both sides of a choice meet: `a` is 0, or equal to `b`.
  public var a: Formula.Term
  /// See `a`.
  public var b: Formula.Term?
  /// Where that is, for a formula of one variable; else empty.
  public var places: [Double]
  /// Whether the value itself jumps.
  public var isJump: Bool
}

extension Formula {
  /// The kinks along a variable: of a formula of numbers found between -10 and 10, with the other
  /// variables at a few values; of one that looks at whole samples every choice it makes.
  public func kinks(by variable: Int) -> [Kink] {
    let isNeeded = needed(for: results)
    let matters = depends(on: variable)
    var kinks: [Kink] = []
    for (term, node) in nodes.enumerated() where isNeeded[term] && matters[term] {
      let sides: (Term, Term?)
      switch node {
      case .unary(.abs, let a), .unary(.sign, let a): sides = (a, nil)
      case .binary(.less, let a, let b), .binary(.lessOrEqual, let a, let b),
        .binary(.least, let a, let b), .binary(.greatest, let a, let b):
        sides = (a, b)
      default: continue
      }
      guard !kinks.contains(where: { $0.a == sides.0 && $0.b == sides.1 }) else { continue }
      let kink = Kink(a: sides.0, b: sides.1, places: [], isJump: false)
      if hasReductions {
        kinks.append(kink)
      } else if let found = located(kink, by: variable) {
        kinks.append(found)
      }
    }
    return merged(kinks)
  }

  /// One kink is often asked for twice: `x > 0` and `max(0, x)`.
  private func merged(_ kinks: [Kink]) -> [Kink] {
    var seen: Set<Double> = []
    return kinks.compactMap { kink in
      var kink = kink
      guard !kink.places.isEmpty else { return kink }
      kink.places = kink.places.filter { seen.insert($0).inserted }
      return kink.places.isEmpty ? nil : kink
    }
  }

  /// A kink with its places; `nil` where both sides go on into each other.
  private func located(_ kink: Kink, by variable: Int) -> Kink? {
    let program = ExactProgram(self)
    let others = variables.indices.filter { $0 != variable && depends(on: $0)[results[0]] }
    var graph = self
    let one = graph.number(1)
    guard
      let slope = try? graph.derivatives(of: results[0], by: [variable], seed: one)[0]
    else { return nil }
    let slopes = ExactProgram(graph)
    var found: Kink?
    // With nothing else to speak of there is one line to walk along, else some.
    for other in others.isEmpty ? [0] : [-1.0, 0, 0.3, 1] {
      func values(_ x: Double) -> [[Double]] {
        variables.indices.map { [$0 == variable ? x : other] }
      }
      func distance(_ x: Double) -> Double {
        let all = program.values(values(x), width: 1)
        return all[kink.a][0] - (kink.b.map { all[$0][0] } ?? 0)
      }
      for x in crossings(distance) {
        let (up, down) = (
          slopes.values(values(x + 1e-6), width: 1), slopes.values(values(x - 1e-6), width: 1)
        )
        let gap = up[results[0]][0] - down[results[0]][0]
        let bend = up[slope][0] - down[slope][0]
        let isJump = gap.magnitude > 1e-3
        guard isJump || bend.magnitude > 1e-4 * max(1, up[slope][0].magnitude) else { continue }
        var kink = found ?? kink
        if isJump { kink.isJump = true }
        if others.isEmpty, !kink.places.contains(x) { kink.places.append(x) }
        found = kink
      }
    }
    return found
  }

  /// Where a function of one number changes its sign, rounded to what it can be told to.
  private func crossings(_ f: (Double) -> Double) -> [Double] {
    var found: [Double] = []
    let step = 0.0625
    // Off the round numbers where kinks like to be.
    var (left, before) = (-10.0131, f(-10.0131))
    while left < 10, found.count < 20 {
      let right = left + step
      let after = f(right)
      if before.isFinite, after.isFinite, (before < 0) != (after < 0) {
        var (low, high) = (left, right)
        for _ in 0..<50 {
          let middle = (low + high) / 2
          if (f(middle) < 0) == (before < 0) { low = middle } else { high = middle }
        }
        let place = (((low + high) / 2) * 1e6).rounded() / 1e6
        found.append(place == 0 ? 0 : place)
      }
      (left, before) = (right, after)
    }
    return found
  }
}
