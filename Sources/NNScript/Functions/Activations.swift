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
        "leaky_relu", "x where it is positive, 0.01 x elsewhere.", example: "print leaky_relu(-1)"
      ) {
        $0 > 0 ? $0 : 0.01 * $0
      },
      .elementwise("elu", "x where it is positive, exp(x) - 1 elsewhere.", example: "print elu(-1)")
      {
        $0 > 0 ? $0 : expm1($0)
      },
      .elementwise("softplus", "log(1 + exp(x)), a smooth relu.", example: "print softplus(0)") {
        Swift.max($0, 0) + log1p(exp(-$0.magnitude))
      },
      .elementwise("swish", "x times sigmoid(x).", example: "print swish(1)") { $0 * sigmoid($0) },
      .elementwise("gelu", "x times the normal distribution up to x.", example: "print gelu(1)") {
        0.5 * $0 * (1 + erf($0 / 2.0.squareRoot()))
      },
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

  private static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let power = exp(x)
    return power / (1 + power)
  }
}
