import Glibc
import NNEngine

extension FunctionEntry {
  /// Losses as functions of targets and predictions, as training reports them: one number.
  static var losses: [FunctionEntry] {
    [
      .loss("mse", "The mean squared error.", example: "print mse([1, 0], [0.9, 0.2])") { y, p in
        (p - y) * (p - y)
      },
      .loss("mae", "The mean absolute error.", example: "print mae([1, 0], [0.9, 0.2])") { y, p in
        (p - y).magnitude
      },
      .make(
        "huber", "Squared for errors below delta, straight beyond.", "y", "p", "delta=1",
        example: "print huber([1, 0], [0.9, 3])"
      ) { call in
        let delta = try call.number(2, default: 1)
        guard delta > 0 else {
          throw ValueError(
            code: .outOfRange,
            message: "`huber` takes a delta above 0, not \(Formatting.number(delta))",
            label: "out of range", argument: 2)
        }
        return try mean(call) { y, p in
          let error = (p - y).magnitude
          return error < delta ? 0.5 * error * error : delta * (error - 0.5 * delta)
        }
      },
      .loss(
        "hinge", "max(0, 1 - y p) for targets -1 and 1; 0 counts as -1.",
        example: "print hinge([1, -1], [0.3, -2])"
      ) { y, p in
        Swift.max(0, 1 - (y > 0 ? p : -p))
      },
      .loss(
        "poisson", "p - y log(p) for counts y and expected counts p, the mean over outputs.",
        example: "print poisson([2, 0], [1.5, 0.2])"
      ) { y, p in
        p - term(y, p)
      },
      .loss(
        "binary_crossentropy", "-y log(p) - (1 - y) log(1 - p), the mean over outputs.",
        example: "print binary_crossentropy([1, 0], [0.9, 0.2])", isProbability: true
      ) { y, p in
        -term(y, p) - term(1 - y, 1 - p)
      },
      .make(
        "crossentropy",
        "-y log(p) summed over the classes, the mean over rows; y may be class numbers.", "y", "p",
        example: "print crossentropy([0, 1], [0.2, 0.8])"
      ) { call in
        try perRow(call) { y, p in -term(y, p) }
      },
      .make(
        "kl", "y log(y / p) summed over the classes, the mean over rows.", "y", "p",
        example: "print kl([0.5, 0.5], [0.2, 0.8])"
      ) { call in
        try perRow(call) { y, p in term(y, y) - term(y, p) }
      },
    ]
  }

  /// `y log(p)`, where nothing times anything is nothing.
  private static func term(_ y: Double, _ p: Double) -> Double { y == 0 ? 0 : y * log(p) }

  private static func loss(
    _ name: String, _ summary: String, example: String, isProbability: Bool = false,
    _ function: @escaping (Double, Double) -> Double
  ) -> FunctionEntry {
    .make(name, summary, "y", "p", example: example) { call in
      try mean(call, isProbability: isProbability, function)
    }
  }

  private static func mean(
    _ call: FunctionCall, isProbability: Bool = false, _ function: (Double, Double) -> Double
  ) throws -> Value {
    let y = try Grid(call[0], of: call.name)
    let p = try Grid(call[1], of: call.name, argument: 1)
    try checkSizes(call, y, p)
    if isProbability { try checkProbabilities(call, p) }
    guard !p.elements.isEmpty else { throw call.wrong(1, "at least one number") }
    let sum = zip(y.elements, p.elements).reduce(0) { $0 + function($1.0, $1.1) }
    return .number(try finite(call, sum / Double(p.elements.count)))
  }

  private static func perRow(
    _ call: FunctionCall, _ function: (Double, Double) -> Double
  ) throws -> Value {
    var y = try Grid(call[0], of: call.name)
    let p = try Grid(call[1], of: call.name, argument: 1)
    guard let classes = p.sizes.last, classes > 0, !p.elements.isEmpty else {
      throw call.wrong(1, "one number a class")
    }
    let rows = p.elements.count / classes
    if y.elements.count == rows, y.sizes == Array(p.sizes.dropLast()) {
      // Class numbers instead of one number a class.
      var hot = Grid(sizes: p.sizes, elements: Array(repeating: 0, count: p.elements.count))
      for (row, number) in y.elements.enumerated() {
        guard number == number.rounded(), number >= 0, number < Double(classes) else {
          throw ValueError(
            code: .outOfRange,
            message: "class \(Formatting.number(number)) is not one of \(classes), counted from 0",
            label: "not a class number", argument: 0)
        }
        hot.elements[row * classes + Int(number)] = 1
      }
      y = hot
    }
    try checkSizes(call, y, p)
    try checkProbabilities(call, p)
    let sum = zip(y.elements, p.elements).reduce(0) { $0 + function($1.0, $1.1) }
    return .number(try finite(call, sum / Double(rows)))
  }

  private static func checkSizes(_ call: FunctionCall, _ y: Grid, _ p: Grid) throws {
    guard y.sizes != p.sizes else { return }
    throw ValueError(
      code: .shapeMismatch,
      message:
        "`\(call.name)` needs as many predictions as targets: \(Shape(y.sizes)) and \(Shape(p.sizes))",
      label: "\(Shape(p.sizes))", argument: 1)
  }

  private static func checkProbabilities(_ call: FunctionCall, _ p: Grid) throws {
    guard let wrong = p.elements.first(where: { !(0...1).contains($0) }) else { return }
    throw ValueError(
      code: .outOfRange,
      message: "`\(call.name)` takes probabilities from 0 to 1, not \(Formatting.number(wrong))",
      label: "not a probability", argument: 1)
  }

  private static func finite(_ call: FunctionCall, _ number: Double) throws -> Double {
    if number.isFinite { return number }
    throw ValueError(
      code: .domainFault, message: "`\(call.name)` has no finite value here",
      label: "a probability of 0 for what is true", argument: 1)
  }
}
