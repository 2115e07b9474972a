import Glibc
import NNEngine

/// An activation in 64 bits: the vocabulary's function of the same name.
struct ExactActivation {
  let name: String
  private let function: ([Double]) throws -> [Double]

  /// `nil` where there is no function of that name.
  init?(_ name: String, _ session: Session) {
    self.name = name
    guard let entry = session.vocabulary.function(name) else { return nil }
    function = { [unowned session] z in
      try session.call(FunctionBox(.builtin(entry)), [.list(z)]).numbers ?? []
    }
  }

  func callAsFunction(_ z: [Double]) throws -> [Double] { try function(z) }

  /// Derivatives that people write down, each from input and output, as a formula and as LaTeX.
  private static let known: [String: (text: String, slope: @Sendable (Double, Double) -> Double)] =
    [
      "linear": ("1", { _, _ in 1 }),
      "relu": ("1 where z > 0, else 0", { z, _ in z > 0 ? 1 : 0 }),
      "sigmoid": ("a·(1 - a)", { _, a in a * (1 - a) }),
      "tanh": ("1 - a^2", { _, a in 1 - a * a }),
    ]

  /// How its derivative is written; `nil` where it is found by differences.
  var derivativeText: String? { Self.known[name]?.text }

  /// Whether it works on a vector as a whole.
  var isOfVector: Bool { name == "softmax" }

  /// The derivatives by what goes in, number by number; for functions of a whole vector the
  /// gradient that arrives is needed.
  func gradient(_ z: [Double], _ a: [Double], _ da: [Double]) throws -> [Double] {
    if isOfVector {
      // dz = a · (da - Σ da · a), as for every function whose outputs are shares of a sum.
      let mean = zip(da, a).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(da, a).map { $1 * ($0 - mean) }
    }
    return zip(try slopes(z, a), da).map(*)
  }

  /// The derivative for each number.
  func slopes(_ z: [Double], _ a: [Double]) throws -> [Double] {
    if let known = Self.known[name] { return zip(z, a).map(known.slope) }
    return try z.map { z in try slope(at: z) { try function([$0])[0] } }
  }
}

/// A loss of one sample in 64 bits: the vocabulary's function of the same name.
struct ExactLoss {
  let name: String
  let ownActivation: String?
  private let function: ([Double], [Double]) throws -> Double

  /// `nil` where there is no function of that name.
  init?(_ loss: any Loss, _ session: Session) {
    name = loss.name
    ownActivation = loss.ownActivation
    guard let entry = session.vocabulary.function(loss.name) else { return nil }
    function = { [unowned session] y, p in
      try session.call(FunctionBox(.builtin(entry)), [.list(y), .list(p)]).numberValue ?? .nan
    }
  }

  func callAsFunction(_ y: [Double], _ p: [Double]) throws -> Double { try function(y, p) }

  /// The derivative by each output.
  func gradient(_ y: [Double], _ p: [Double]) throws -> [Double] {
    let count = Double(p.count)
    switch name {
    case "mse": return zip(y, p).map { 2 * ($1 - $0) / count }
    case "crossentropy": return zip(y, p).map { $0 == 0 ? 0 : -$0 / $1 }
    case "binary_crossentropy":
      return zip(y, p).map { y, p in
        ((y == 1 ? 0 : (1 - y) / (1 - p)) - (y == 0 ? 0 : y / p)) / count
      }
    default:
      return try p.indices.map { index in
        try slope(at: p[index]) { moved in
          var outputs = p
          outputs[index] = moved
          return try function(y, outputs)
        }
      }
    }
  }

  /// The derivative by what stands before the activation the loss belongs to.
  func innerGradient(_ y: [Double], _ p: [Double]) -> [Double] {
    // Σ y p - y for shares; the mean over outputs for each on its own.
    if ownActivation == "softmax" {
      let sum = y.reduce(0, +)
      return zip(y, p).map { sum * $1 - $0 }
    }
    return zip(y, p).map { ($1 - $0) / Double(p.count) }
  }
}

extension Value {
  /// A list of numbers as such.
  var numbers: [Double]? {
    if let number = numberValue { return [number] }
    guard let items = listItems else { return nil }
    let numbers = items.compactMap(\.numberValue)
    return numbers.count == items.count ? numbers : nil
  }
}
