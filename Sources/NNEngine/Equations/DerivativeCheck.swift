import Glibc

/// A derived gradient held against central differences in 64 bits, at fixed points.
///
/// Points near a kink (where a choice, an extreme or a distance changes its mind) are left out: the
/// difference across it belongs to neither side.
public struct DerivativeCheck {
  /// Which numbers the formula will meet.
  public enum Domain: Sendable {
    /// Whatever a layer gives.
    case anyNumber
    /// Targets of 0 and 1, predictions between; where that fails, any numbers.
    case targets
  }

  /// What came of it.
  public enum Outcome: Sendable, Equatable {
    /// The largest relative difference at the points that were compared.
    case agrees(worst: Double, points: Int)
    case leavesDomain(Formula.Fault)
    case differs(at: Double, derived: Double, measured: Double)
  }

  /// What came of it.
  public let outcome: Outcome

  /// Compares.
  ///
  /// - Parameter variable: the variable of the derivative.
  public init(_ formula: Formula, by variable: Int, _ domain: Domain) {
    let outcome = Self.compare(formula, variable, domain)
    if case .leavesDomain = outcome, domain == .targets {
      let wider = Self.compare(formula, variable, .anyNumber)
      if case .leavesDomain = wider { self.outcome = outcome } else { self.outcome = wider }
    } else {
      self.outcome = outcome
    }
  }

  /// Numbers in a sample, where a formula looks at all of them.
  private static let width = 5
  private static let samples = 60
  private static let step = 1e-5
  /// Differences of functions of moderate curvature are good to about the square of the step.
  private static let tolerance = 1e-5

  private static func compare(_ formula: Formula, _ variable: Int, _ domain: Domain) -> Outcome {
    let plain = formula.stabilised()
    let value = plain.results[0]
    var graph = plain
    let weights = graph.addVariable("weights", .element)
    // A vector's elements are weighed differently, so that none hides behind another.
    let total =
      graph.extent(value) == .element ? graph.reduce(.sum, graph.multiply(weights, value)) : value
    guard
      let slope = try? graph.derivatives(of: total, by: [variable], seed: graph.number(1))[0]
    else { return .agrees(worst: 0, points: 0) }
    graph.results = [total, slope]
    let program = ExactProgram(graph)
    var stream = RandomStream(seed: 20_26, stream: .random)
    var worst = 0.0
    var points = 0
    func number(_ range: ClosedRange<Double>) -> Double {
      let unit = Double(stream.next() >> 11) * 0x1p-53
      return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }
    for sample in 0..<samples {
      var values = plain.variables.enumerated().map { index, _ in
        (0..<width).map { place -> Double in
          if domain == .targets, index != variable { return place == sample % width ? 1 : 0 }
          if domain == .targets { return number(0.02...0.98) }
          // Near 0 first, where kinks and curvature are, then far out.
          return number(sample < samples / 2 ? -2...2 : -8...8)
        }
      }
      values.append((0..<width).map { 0.5 + 0.25 * Double($0) })
      let all = program.values(values, width: width)
      if let fault = graph.fault(in: all, width: width) { return .leavesDomain(fault) }
      for place in 0..<width {
        let x = values[variable][place]
        if isNearKink(graph, all, place) { continue }
        func moved(_ by: Double) -> Double {
          var copy = values
          copy[variable][place] += by
          return program.values(copy, width: width)[total][0]
        }
        let (up, down) = (moved(step), moved(-step))
        let measured = (up - down) / (2 * step)
        let slopes = all[slope]
        let derived = slopes[slopes.count == 1 ? 0 : place]
        // What rounding takes from a difference grows with the values themselves.
        let noise = max(up.magnitude, down.magnitude) * 1e-15 / step
        let scale = max(1, measured.magnitude, derived.magnitude)
        let difference = ((measured - derived).magnitude - 4 * noise) / scale
        guard difference <= tolerance else {
          return .differs(at: x, derived: derived, measured: measured)
        }
        worst = max(worst, difference)
        points += 1
      }
    }
    return .agrees(worst: worst, points: points)
  }

  /// Whether something in the formula changes its mind within a few steps of these values.
  private static func isNearKink(_ formula: Formula, _ all: [[Double]], _ place: Int) -> Bool {
    let isNeeded = formula.needed(for: formula.results)
    let near = 100 * step
    for (term, node) in formula.nodes.enumerated() where isNeeded[term] {
      func close(_ a: Formula.Term, _ b: Formula.Term) -> Bool {
        let (x, y) = (all[a], all[b])
        return (0..<max(x.count, y.count)).contains {
          let (p, q) = (x[x.count == 1 ? 0 : $0], y[y.count == 1 ? 0 : $0])
          return (p - q).magnitude < near * max(1, p.magnitude)
        }
      }
      switch node {
      case .unary(.abs, let a), .unary(.sign, let a):
        if all[a].contains(where: { $0.magnitude < near }) { return true }
      case .unary(.floor, let a), .unary(.ceil, let a):
        if all[a].contains(where: { ($0 - $0.rounded()).magnitude < near }) { return true }
      case .unary(.round, let a):
        if all[a].contains(where: { ($0 + 0.5 - ($0 + 0.5).rounded()).magnitude < near }) {
          return true
        }
      case .binary(.less, let a, let b), .binary(.lessOrEqual, let a, let b),
        .binary(.least, let a, let b), .binary(.greatest, let a, let b):
        if close(a, b) { return true }
      case .reduce(.max, let a), .reduce(.min, let a):
        let sorted = all[a].sorted()
        let gaps = zip(sorted, sorted.dropFirst()).map { $1 - $0 }
        if gaps.contains(where: { $0 < near }) { return true }
      default: break
      }
    }
    return false
  }
}
