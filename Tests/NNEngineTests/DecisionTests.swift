import Testing

@testable import NNEngine

/// What becomes of targets, last layer and loss: how they are read, how the network ends, and what
/// is said where they cannot belong together.
struct DecisionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var targets: TargetFacts
    /// `relu 8`, or `relu 8 dropout` with what follows it.
    var layer: String
    var loss: String?
    /// `crossentropy: softmax, probabilities`, or `message: lines`.
    var outcome: String

    init(_ targets: TargetFacts, _ layer: String, _ loss: String?, _ outcome: String) {
      (self.targets, self.layer, self.loss, self.outcome) = (targets, layer, loss, outcome)
    }

    var testDescription: String {
      "\(targets.kind) \(targets.width), \(layer), \(loss ?? "no loss")"
    }
  }

  private static let classes = TargetFacts(.classes(3), name: "kind")
  private static let two = TargetFacts(.classes(2))
  private static let whole = TargetFacts(.wholeNumbers(3), range: 0...2, name: "count")
  private static let wholeTwo = TargetFacts(.wholeNumbers(2), range: 0...1, isBinary: true)

  private static func numbers(
    _ range: ClosedRange<Double>, width: Int = 1, deviation: Double = 2, isBinary: Bool = false,
    areShares: Bool = false
  ) -> TargetFacts {
    TargetFacts(
      .numbers, width: width, range: range, deviation: deviation, isBinary: isBinary,
      areShares: areShares, name: width == 1 ? "y" : nil)
  }

  static let forClasses: [Case] = [
    Case(classes, "linear 3", nil, "crossentropy: softmax, probabilities"),
    Case(classes, "softmax 3", nil, "crossentropy: as it is, probabilities"),
    Case(classes, "relu 8", nil, "crossentropy: layer 3 softmax, probabilities"),
    // An activation of hidden layers is no output, even where the sizes match.
    Case(classes, "relu 3", nil, "crossentropy: layer 3 softmax, probabilities"),
    Case(classes, "sigmoid 5", nil, "crossentropy: layer 3 softmax, probabilities"),
    Case(
      classes, "linear 8", nil,
      "the network ends in 8 values, the labels have 3 classes: write `layer dense 3 softmax`"),
    Case(
      classes, "softmax 8", nil,
      "the network ends in 8 values, the labels have 3 classes: write `layer dense 3 softmax`"),
    Case(
      classes, "sigmoid 1", nil,
      "the network ends in 1 value, the labels have 3 classes: write `layer dense 3 softmax`"),
    Case(
      classes, "softmax 1", nil,
      "one unit of `softmax` is always 1, the labels have 3 classes: write `layer dense 3 softmax`"
    ),
    Case(
      two, "softmax 1", nil,
      "one unit of `softmax` is always 1, the labels have 2 classes: "
        + "write `layer dense 1 sigmoid` or `layer dense 2 softmax`"),
    Case(
      classes, "sigmoid 3", nil,
      "`sigmoid` gives numbers from 0 to 1, `crossentropy` needs numbers that add up to 1: "
        + "write `layer dense 3 softmax`; "
        + "or keep 3 units of `sigmoid` and write `loss binary_crossentropy`"),
    Case(two, "sigmoid 1", nil, "binary_crossentropy: as it is, probabilities"),
    Case(two, "sigmoid 1", "mse", "mse: as it is, probabilities"),
    Case(
      two, "sigmoid 1", "crossentropy",
      "the network ends in 1 value, the labels have 2 classes: "
        + "write `layer dense 2 softmax`, or keep one unit and write `loss binary_crossentropy`"),
    Case(
      two, "linear 1", nil,
      "the network ends in 1 value, the labels have 2 classes: "
        + "write `layer dense 2 softmax`, or keep one unit and write `loss binary_crossentropy`"),
    Case(two, "linear 2", nil, "crossentropy: softmax, probabilities"),
    Case(two, "linear 1", "binary_crossentropy", "binary_crossentropy: sigmoid, probabilities"),
    Case(two, "linear 2", "binary_crossentropy", "binary_crossentropy: sigmoid, likelihoods"),
    Case(two, "softmax 2", "binary_crossentropy", "binary_crossentropy: as it is, probabilities"),
    Case(
      two, "relu 8", "binary_crossentropy", "binary_crossentropy: layer 1 sigmoid, probabilities"),
    Case(
      classes, "relu 8", "binary_crossentropy", "binary_crossentropy: layer 3 sigmoid, likelihoods"),
    Case(classes, "sigmoid 3", "binary_crossentropy", "binary_crossentropy: as it is, likelihoods"),
    Case(classes, "sigmoid 3", "mse", "mse: as it is, likelihoods"),
    Case(classes, "linear 3", "hinge", "hinge: as it is, scores"),
    Case(classes, "relu 8", "hinge", "hinge: layer 3 linear, scores"),
    Case(two, "relu 8", "hinge", "hinge: layer 1 linear, scores"),
    Case(
      TargetFacts(.classes(1)), "relu 8", nil,
      "`crossentropy` needs at least two classes, the target holds one: "
        + "give rows of another class too"),
    Case(
      classes, "relu 8", "poisson",
      "`poisson` is for counts, `kind` holds classes: write `loss crossentropy`"),
    Case(
      classes, "softmax 3 dropout", nil,
      "`dropout` stands behind the output layer and changes what it gives: "
        + "move `layer dropout` above the layer it follows"),
    Case(
      classes, "linear 3 dropout", nil,
      "`dropout` stands behind the output layer and changes what it gives: "
        + "move `layer dropout` above the layer it follows"),
    Case(
      classes, "softmax 3 batchnorm", nil,
      "`batchnorm` stands behind the output layer and changes what it gives: "
        + "move `layer batchnorm` above the layer it follows"),
    Case(classes, "linear 3 batchnorm", nil, "crossentropy: softmax, probabilities"),
    Case(classes, "relu 3 dropout", nil, "crossentropy: layer 3 softmax, probabilities"),
  ]

  static let forWholeNumbers: [Case] = [
    Case(
      whole, "relu 8", nil,
      "`count` holds whole numbers, which can be classes or quantities: "
        + "for classes write `loss crossentropy`; for a quantity write `loss mse`; "
        + "or decide in `data`: `category=count` or `number=count`"),
    Case(
      TargetFacts(.wholeNumbers(5)), "linear 2", nil,
      "the target holds whole numbers, which can be classes or quantities: "
        + "for classes write `loss crossentropy`; for a quantity write `loss mse`"),
    Case(whole, "linear 1", nil, "mse: as it is, numbers, normalized"),
    Case(whole, "linear 3", nil, "crossentropy: softmax, probabilities"),
    Case(whole, "softmax 3", nil, "crossentropy: as it is, probabilities"),
    Case(
      whole, "softmax 4", nil,
      "the network ends in 4 values, the labels have 3 classes: write `layer dense 3 softmax`"),
    Case(
      whole, "sigmoid 1", nil,
      "the network ends in 1 value, the labels have 3 classes: write `layer dense 3 softmax`"),
    Case(whole, "relu 8", "crossentropy", "crossentropy: layer 3 softmax, probabilities"),
    Case(whole, "relu 8", "mse", "mse: layer 1 linear, numbers, normalized"),
    Case(whole, "sigmoid 3", "mse", "mse: as it is, likelihoods"),
    Case(wholeTwo, "relu 8", nil, "crossentropy: layer 2 softmax, probabilities"),
    Case(wholeTwo, "linear 1", nil, "mse: as it is, numbers, normalized"),
    Case(wholeTwo, "sigmoid 1", nil, "binary_crossentropy: as it is, probabilities"),
  ]

  static let forNumbers: [Case] = [
    Case(numbers(-3...5), "linear 1", nil, "mse: as it is, numbers, normalized"),
    Case(numbers(-3...5), "relu 8", nil, "mse: layer 1 linear, numbers, normalized"),
    Case(numbers(-3...5), "sigmoid 8", nil, "mse: layer 1 linear, numbers, normalized"),
    Case(numbers(-3...5, width: 2), "relu 8", nil, "mse: layer 2 linear, numbers, normalized"),
    Case(
      numbers(-3...5), "linear 2", nil,
      "the network ends in 2 values, the targets have 1 value: write `layer dense 1`"),
    Case(
      numbers(-3...5, width: 2), "linear 1", nil,
      "the network ends in 1 value, the targets have 2 values: write `layer dense 2`"),
    Case(numbers(0...5), "relu 1", nil, "mse: as it is, numbers, divided"),
    Case(
      numbers(-3...5), "relu 1", nil,
      "`relu` gives no number below 0, `y` holds -3: write `layer dense 1`"),
    // An output with both ends keeps the targets as they are.
    Case(numbers(-1...1), "tanh 1", nil, "mse: as it is, numbers, own"),
    Case(
      numbers(-1...1.5), "tanh 1", nil,
      "`tanh` gives numbers from -1 to 1, `y` holds 1.5: write `layer dense 1`"),
    Case(
      numbers(-2...1), "tanh 1", nil,
      "`tanh` gives numbers from -1 to 1, `y` holds -2: write `layer dense 1`"),
    Case(numbers(0...1), "sigmoid 1", nil, "mse: as it is, numbers, own"),
    Case(
      numbers(0...2), "sigmoid 1", nil,
      "`sigmoid` gives numbers from 0 to 1, `y` holds 2: write `layer dense 1`"),
    Case(
      numbers(0...1), "softmax 1", nil,
      "`softmax` gives shares of one whole, `y` is a number: write `layer dense 1`"),
    Case(
      numbers(0...1, width: 2), "softmax 2", nil,
      "`softmax` gives shares of one whole, the target is 2 numbers: write `layer dense 2`"),
    Case(numbers(0...1, width: 2, areShares: true), "softmax 2", "kl", "kl: as it is, shares, own"),
    Case(
      numbers(0...1, width: 2, areShares: true), "relu 8", "kl", "kl: layer 2 softmax, shares, own"),
    Case(
      numbers(0...3, width: 2), "relu 8", "kl",
      "`kl` needs targets that add up to 1 in each row: write `loss mse`"),
    Case(
      numbers(0...1, width: 2, isBinary: true), "relu 8", "crossentropy",
      "`crossentropy` needs targets that add up to 1 in each row: "
        + "for labels that can hold together write `loss binary_crossentropy`"),
    Case(
      numbers(0...3), "relu 8", "crossentropy",
      "`crossentropy` needs classes, `y` holds numbers: write `loss mse`"),
    Case(
      numbers(0...1, width: 3, isBinary: true), "relu 8", "binary_crossentropy",
      "binary_crossentropy: layer 3 sigmoid, labels, own"),
    Case(
      numbers(0...1, width: 3), "relu 8", "binary_crossentropy",
      "binary_crossentropy: layer 3 sigmoid, numbers, own"),
    Case(
      numbers(0...2, width: 3), "relu 8", "binary_crossentropy",
      "`binary_crossentropy` needs targets from 0 to 1, the target holds 2: write `loss mse`"),
    Case(
      numbers(-1...3), "relu 8", "poisson",
      "`poisson` needs targets of 0 or more, `y` holds -1: write `loss mse`"),
    Case(
      numbers(0...3), "relu 8", "hinge",
      "`hinge` needs classes, `y` holds numbers: write `loss mse`"),
    Case(numbers(-1...1), "relu 8", "hinge", "hinge: layer 1 linear, numbers, own"),
    Case(
      numbers(-3...5), "linear 1 layernorm", nil,
      "`layernorm` makes the same number of every row that has only one: leave out `layer layernorm`"
    ),
    Case(
      numbers(-3...5), "linear 1 dropout", nil,
      "`dropout` stands behind the output layer and changes what it gives: "
        + "move `layer dropout` above the layer it follows"),
    Case(numbers(0...5), "relu 1 dropout", nil, "mse: layer 1 linear, numbers, normalized"),
    Case(numbers(-3...5), "linear 1 batchnorm", nil, "mse: as it is, numbers, normalized"),
  ]

  @Test(arguments: forClasses + forWholeNumbers + forNumbers)
  func targetsLayerAndLossBelongTogether(_ one: Case) throws {
    let catalog = Catalog.standard
    func loss(_ name: String) -> (any Loss)? {
      try? catalog.losses.first { $0.name == name }?.makeWithDefaults()
    }
    let words = one.layer.split(separator: " ").map(String.init)
    let entry = try #require(catalog.activations.first { $0.name == words[0] })
    let activation = try entry.makeWithDefaults()
    let role: Head.Role =
      switch words[0] {
      case "linear": .plain
      case "softmax", "sigmoid": .probabilities
      default: .hidden
      }
    let head = Head(
      role, units: try #require(Int(words[1])), range: activation.range,
      activation: role == .plain ? nil : words[0], follower: words.count > 2 ? words[2] : nil)
    var found: String
    do {
      let decision = try Decision(one.targets, head, one.loss.flatMap(loss), losses: loss)
      found = decision.loss.name + ": "
      switch decision.ending {
      case .asItIs: found += "as it is"
      case .activation(let name): found += name
      case .layer(let units, let name): found += "layer \(units) \(name)"
      }
      found += ", \(decision.answer)"
      if decision.reading == .values { found += ", \(decision.units)" }
    } catch {
      found = error.message + ": " + error.help.joined(separator: "; ")
    }
    #expect(found == one.outcome)
  }

  /// The first model files did not say what outputs mean: the end of the network and the loss do.
  @Test(arguments: [
    ("softmax", 3, "crossentropy", 3, Answer.probabilities),
    ("sigmoid", 1, "binary_crossentropy", 2, .probabilities),
    ("sigmoid", 3, "binary_crossentropy", 3, .likelihoods), ("linear", 3, "hinge", 3, .scores),
    ("linear", 1, "hinge", 2, .scores), ("tanh", 1, "mse", 2, .scores),
    ("linear", 2, "mse", 0, .numbers), ("sigmoid", 1, "binary_crossentropy", 0, .numbers),
    ("sigmoid", 2, "binary_crossentropy", 0, .labels), ("softmax", 3, "kl", 0, .shares),
    ("softmax", 3, "crossentropy", 0, .shares), ("softmax", 3, "mse", 0, .numbers),
  ])
  func whatOutputsMeanIsFoundByTheEnd(
    _ word: String, _ units: Int, _ loss: String, _ classes: Int, _ expected: Answer
  ) throws {
    let catalog = Catalog.standard
    let activation = try #require(catalog.activations.first { $0.name == word })
    let entry = try #require(catalog.losses.first { $0.name == loss })
    let network = try Network(
      [(Dense(units: units, activation: try activation.makeWithDefaults()), LayerOptions())],
      inputShape: [1])
    let plain = Preprocessing(inputShape: [1], classNames: (0..<classes).map(String.init))
    #expect(try plain.withAnswer(of: network, under: entry.makeWithDefaults()).answer == expected)
    var decided = plain
    decided.answer = .scores
    #expect(try decided.withAnswer(of: network, under: entry.makeWithDefaults()) == decided)
  }

  @Test(
    arguments: [
      (Answer.probabilities, [0.3], 2, 0.5, [0.7, 0.3]), (.probabilities, [0.3], 1, 0.5, [1]),
      (.probabilities, [0.2, 0.8], 2, 0.5, [0.2, 0.8]), (.probabilities, [0.2, 0.8], 3, 0.5, nil),
      (.probabilities, [0.3], 3, 0.5, nil), (.probabilities, [0.3], 0, 0.5, nil),
      (.scores, [0.25], 2, 0, [-0.25, 0.25]), (.scores, [0.25], 2, 0.5, [0.75, 0.25]),
      (.scores, [0.25], 1, 0, [0.25]), (.scores, [3, -1, 2], 3, 0, [3, -1, 2]),
      (.likelihoods, [0.25, 0.75, 1], 3, 0.5, [0.125, 0.375, 0.5]),
      (.likelihoods, [0, 0, 0, 0], 4, 0.5, [0.25, 0.25, 0.25, 0.25]),
      (.numbers, [0.3], 2, 0.5, nil), (.labels, [0.3, 0.4], 2, 0.5, nil),
      (.shares, [0.3, 0.7], 2, 0.5, nil),
    ] as [(Answer, [Double], Int, Double, [Double]?)])
  func outputsSpeakForEachClass(
    _ answer: Answer, _ outputs: [Double], _ classes: Int, _ boundary: Double,
    _ expected: [Double]?
  ) {
    #expect(answer.chances(outputs, classes: classes, boundary: boundary) == expected)
  }

  @Test func misfitsAreEqualWhereTheySayTheSame() {
    let one = Misfit("a", at: .loss, "b", help: ["c"], units: (1, 2))
    #expect(one == Misfit("a", at: .loss, "b", help: ["c"]))
    for other in [
      Misfit("x", at: .loss, "b", help: ["c"]), Misfit("a", at: .targets, "b", help: ["c"]),
      Misfit("a", at: .loss, "x", help: ["c"]), Misfit("a", at: .loss, "b", help: []),
    ] { #expect(one != other) }
  }
}
