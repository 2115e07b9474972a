import Glibc
import NNEngine

extension FunctionEntry {
  /// Functions of numbers, element by element.
  static var mathematics: [FunctionEntry] {
    [
      .elementwise(
        "exp", "e to the power of x.", example: "print exp(1)", needs: "a smaller number",
        kernel: .exponential, Glibc.exp),
      .elementwise(
        "log", "The natural logarithm.", example: "print log(10)", needs: "a number above 0",
        kernel: .logarithm, Glibc.log),
      .elementwise(
        "log2", "The logarithm to base 2.", example: "print log2(8)", needs: "a number above 0",
        Glibc.log2),
      .elementwise(
        "log10", "The logarithm to base 10.", example: "print log10(1000)",
        needs: "a number above 0", Glibc.log10),
      .elementwise(
        "sqrt", "The square root.", example: "print sqrt(2)", needs: "0 or more",
        kernel: .squareRoot
      ) { $0.squareRoot() },
      .elementwise(
        "abs", "The distance from 0.", example: "print abs(-3)", kernel: .absolute
      ) {
        $0.magnitude
      },
      .elementwise(
        "sign", "-1, 0 or 1.", example: "print sign(-3)", kernel: .sign
      ) {
        $0 > 0 ? 1 : $0 < 0 ? -1 : 0
      },
      .elementwise(
        "floor", "The greatest whole number not above x.", example: "print floor(2.7)",
        kernel: .floor
      ) { $0.rounded(.down) },
      .elementwise(
        "ceil", "The least whole number not below x.", example: "print ceil(2.1)",
        kernel: .ceiling
      ) { $0.rounded(.up) },
      .make(
        "round", "The nearest whole number, or so many digits behind the point.", "x",
        "digits=0", example: "print round(3.14159, 2)"
      ) { call in
        let digits = try call.integer(1, -300...300, default: 0)
        let scale = pow(10, Double(digits))
        return try Elementwise(name: "round") { x in
          let y = (x * scale).rounded(.toNearestOrEven) / scale
          return y.isFinite ? y : x
        }(call[0])
      },
      .elementwise(
        "sin", "The sine of an angle in radians.", example: "print sin(1)", kernel: .sine, Glibc.sin
      ),
      .elementwise(
        "cos", "The cosine of an angle in radians.", example: "print cos(1)", kernel: .cosine,
        Glibc.cos),
      .elementwise(
        "tan", "The tangent of an angle in radians.", example: "print tan(1)", kernel: .tangent,
        Glibc.tan),
      .elementwise(
        "asin", "The angle of a sine.", example: "print asin(1)", needs: "a number from -1 to 1",
        Glibc.asin),
      .elementwise(
        "acos", "The angle of a cosine.", example: "print acos(0)", needs: "a number from -1 to 1",
        Glibc.acos),
      .elementwise("atan", "The angle of a tangent.", example: "print atan(1)", Glibc.atan),
      .elementwise(
        "sinh", "The hyperbolic sine.", example: "print sinh(1)", needs: "a smaller number",
        Glibc.sinh),
      .elementwise(
        "cosh", "The hyperbolic cosine.", example: "print cosh(1)", needs: "a smaller number",
        Glibc.cosh),
      .elementwise(
        "erf", "The error function: 2 / sqrt(π) times the area under exp(-t²) from 0 to x.",
        example: "print erf(0.5)", kernel: .errorFunction, Glibc.erf),
      .pairwise(
        "atan2", "The angle of the point (x, y).", "y", "x", example: "print atan2(1, 1)",
        Glibc.atan2),
      .make("pow", "x to the power of y: the same as `x^y`.", "x", "y", example: "print pow(2, 10)")
      {
        try Operators.binary(.power, $0[0], $0[1])
      },
      .make(
        "clip", "x, moved into the range from low to high.", "x", "low", "high",
        example: "print clip([-2, 0.5, 3], 0, 1)"
      ) { call in
        let (low, high) = (try call.number(1), try call.number(2))
        guard low <= high else {
          throw ValueError(
            code: .outOfRange, message: "`clip` needs a low end below the high end",
            label: "\(Formatting.number(low)) is above \(Formatting.number(high))", argument: 1)
        }
        return try Elementwise(name: "clip") { Swift.min(Swift.max($0, low), high) }(call[0])
      },
    ]
  }

  /// A function of two numbers that goes element by element.
  static func pairwise(
    _ name: String, _ summary: String, _ first: Parameter, _ second: Parameter, example: String,
    _ function: @escaping (Double, Double) -> Double
  ) -> FunctionEntry {
    .make(name, summary, first, second, example: example) { call in
      try pairs(name, call[0], call[1], function)
    }
  }
}

/// Applies a function of two numbers element by element, as operators do.
func pairs(
  _ name: String, _ a: Value, _ b: Value, _ function: (Double, Double) -> Double
) throws -> Value {
  switch (a, b) {
  case (.number(let x), .number(let y)): return .number(function(x, y))
  case (.tensor, _), (_, .tensor):
    // Adding zeros of the other side's size repeats what has to be.
    let (x, y) = (try Operators.tensor(a, argument: 0), try Operators.tensor(b, argument: 1))
    let zero = Tensor.combine(.multiply, try TensorMath.combine(.add, x, y), 0)
    let (left, right) = (
      try TensorMath.combine(.add, x, zero), try TensorMath.combine(.add, y, zero)
    )
    return .tensor(
      Tensor(
        shape: zero.shape,
        elements: try made(left.elements.count) {
          Float(function(Double(left.elements[$0]), Double(right.elements[$0])))
        }))
  case (.list(let x), .list(let y)):
    try Operators.checkLengths(x.count, y.count, name)
    return .list(try ListBox.making(x.count) { try pairs(name, x[$0], y[$0], function) })
  case (.list(let x), _):
    return .list(try ListBox.making(x.count) { try pairs(name, x[$0], b, function) })
  case (_, .list(let y)):
    return .list(try ListBox.making(y.count) { try pairs(name, a, y[$0], function) })
  default:
    let isFirst = a.numberValue == nil
    throw ValueError.wrongType(
      name, takes: "numbers, lists or tensors", found: isFirst ? a : b, argument: isFirst ? 0 : 1)
  }
}
