import Glibc
import NNEngine

extension FunctionEntry {
  /// Activations as functions of numbers; softmax goes along the last axis.
  static var activations: [FunctionEntry] {
    [
      .elementwise("linear", "x as it is.", example: "print linear(2)") { $0 },
      .elementwise(
        "relu", "Rectified linear unit: max(0, x).", example: "print relu([-1, 2])", kernel: .relu
      ) {
        $0 > 0 ? $0 : 0
      },
      .elementwise(
        "sigmoid", "1 / (1 + exp(-x)), between 0 and 1.", example: "print sigmoid(0)",
        kernel: .sigmoid
      ) {
        sigmoid($0)
      },
      .elementwise(
        "tanh", "The hyperbolic tangent, between -1 and 1.", example: "print tanh(1)",
        kernel: .tanh, Glibc.tanh),
      .elementwise(
        "leaky_relu", "x where it is positive, slope times x elsewhere.", option: ("slope", 0.01),
        example: "print leaky_relu(-1, slope=0.2)"
      ) { x, slope in
        x > 0 ? x : slope * x
      },
      .elementwise(
        "elu", "x where it is positive, alpha (exp(x) - 1) elsewhere.", option: ("alpha", 1),
        example: "print elu(-1)"
      ) { x, alpha in
        x > 0 ? x : alpha * expm1(x)
      },
      .elementwise(
        "selu", "elu with the two constants that keep mean 0 and deviation 1.",
        example: "print selu(-1)"
      ) {
        1.0507009873554804934 * ($0 > 0 ? $0 : 1.6732632423543772848 * expm1($0))
      },
      .elementwise("gelu", "x times the normal distribution up to x.", example: "print gelu(1)") {
        0.5 * $0 * erfc(-$0 / 2.0.squareRoot())
      },
      .elementwise(
        "silu", "x times sigmoid(x), also called swish.", example: "print silu(1)"
      ) { $0 * sigmoid($0) },
      .elementwise("mish", "x times tanh(softplus(x)).", example: "print mish(1)") {
        $0 * Glibc.tanh(softplus($0))
      },
      .elementwise(
        "hard_sigmoid", "x / 6 + 0.5, kept between 0 and 1.", example: "print hard_sigmoid(1)"
      ) {
        Swift.min(Swift.max($0 / 6 + 0.5, 0), 1)
      },
      .elementwise(
        "softsign", "x / (1 + |x|), between -1 and 1.", example: "print softsign(1)"
      ) { $0 / (1 + $0.magnitude) },
      .elementwise(
        "softplus", "log(1 + exp(x)), a smooth relu.", example: "print softplus(0)", softplus),
      .make(
        "softmax", "exp(x) as shares of their sum, along the last axis.", "x",
        example: "print softmax([1, 2, 3])"
      ) { call in
        let grid = try Grid(call[0], of: "softmax")
        guard let length = grid.sizes.last, length > 0 else {
          throw call.wrong(0, "a list or tensor")
        }
        return grid.mapped(axis: grid.sizes.count - 1) { lane in
          let greatest = lane.max() ?? 0
          let powers = lane.map { exp($0 - greatest) }
          let sum = powers.reduce(0, +)
          return powers.map { $0 / sum }
        }.value(like: call[0])
      },
    ]
  }

  private static func softplus(_ x: Double) -> Double {
    Swift.max(x, 0) + log1p(exp(-x.magnitude))
  }

  private static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let power = exp(x)
    return power / (1 + power)
  }
}
