import Glibc

extension Oracle {
  /// An element-wise function with its derivative, in 64 bits, from the formulas.
  struct Function: Sendable {
    var value: @Sendable (Double) -> Double
    var slope: @Sendable (Double) -> Double

    init(
      _ value: @escaping @Sendable (Double) -> Double,
      slope: @escaping @Sendable (Double) -> Double
    ) {
      self.value = value
      self.slope = slope
    }
  }

  /// By the words of scripts.
  static let functions: [String: Function] = [
    "linear": Function({ $0 }, slope: { _ in 1 }),
    "relu": Function({ max(0, $0) }, slope: { $0 > 0 ? 1 : 0 }),
    "leaky_relu": leakyReLU(slope: 0.01),
    "elu": elu(alpha: 1),
    "selu": Function(
      { seluScale * ($0 > 0 ? $0 : seluAlpha * (exp($0) - 1)) },
      slope: { seluScale * ($0 > 0 ? 1 : seluAlpha * exp($0)) }),
    "gelu": Function(
      { $0 * normal($0) },
      slope: { normal($0) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }),
    "silu": Function(
      { $0 * logistic($0) },
      slope: { logistic($0) * (1 + $0 * logistic(-$0)) }),
    "mish": Function(
      { $0 * tanh(softplus($0)) },
      slope: {
        let t = tanh(softplus($0))
        return t + $0 * (1 - t * t) * logistic($0)
      }),
    "sigmoid": Function(logistic, slope: { logistic($0) * logistic(-$0) }),
    "hard_sigmoid": Function(
      { min(max($0 / 6 + 0.5, 0), 1) }, slope: { abs($0) < 3 ? 1.0 / 6 : 0 }),
    "tanh": Function({ tanh($0) }, slope: { 1 / (cosh($0) * cosh($0)) }),
    "softsign": Function({ $0 / (1 + abs($0)) }, slope: { 1 / pow(1 + abs($0), 2) }),
    "softplus": Function(softplus, slope: logistic),
  ]

  /// One of them; a word without an oracle gives NaN, which no comparison lets through.
  static func function(_ name: String) -> Function {
    functions[name] ?? Function({ _ in .nan }, slope: { _ in .nan })
  }

  static func leakyReLU(slope: Double) -> Function {
    Function({ $0 > 0 ? $0 : slope * $0 }, slope: { $0 > 0 ? 1 : slope })
  }

  static func elu(alpha: Double) -> Function {
    Function({ $0 > 0 ? $0 : alpha * (exp($0) - 1) }, slope: { $0 > 0 ? 1 : alpha * exp($0) })
  }

  private static let seluScale = 1.0507009873554804934193349852946
  private static let seluAlpha = 1.6732632423543772848170429916717

  // What neither overflows nor cancels, so that huge arguments can be compared too.
  private static let logistic: @Sendable (Double) -> Double = { 1 / (1 + exp(-$0)) }
  private static let normal: @Sendable (Double) -> Double = { erfc(-$0 / 2.0.squareRoot()) / 2 }
  private static let softplus: @Sendable (Double) -> Double = { max($0, 0) + log1p(exp(-abs($0))) }
}
