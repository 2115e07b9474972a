import Testing

@testable import NNEngine

/// The triangle: the oracle's gradient against central differences, and the engine's numbers
/// against the oracle's.
struct GradientTests {
  /// One network with rows to learn from.
  struct Case: CustomTestStringConvertible, Sendable {
    var inputs: Int
    var units: [Int]
    var activations: [String]
    var loss: String
    var rows: Int
    /// Rows the plan has room for; more than `rows` is a ragged last batch.
    var room: Int
    var classes = false
    /// Further changes of the gradient.
    var learning = Setup()

    struct Setup: Sendable, Equatable {
      var smoothing = 0.0
      var classWeights: [Double] = []
      var l1 = 0.0
      var l2 = 0.0

      /// The same as the engine takes it.
      var learning: Learning {
        Learning(
          penalties: [L1Penalty(l1), L2Penalty(l2)], smoothing: smoothing,
          classWeights: classWeights)
      }
    }

    var testDescription: String {
      "\(inputs)-\(units) \(activations) \(loss) \(rows)/\(room)"
        + (classes ? " classes" : "") + " \(learning)"
    }
  }

  static let all: [Case] =
    [
      Case(inputs: 1, units: [1], activations: ["linear"], loss: "mse", rows: 1, room: 1),
      Case(inputs: 5, units: [3], activations: ["sigmoid"], loss: "mse", rows: 7, room: 7),
      Case(
        inputs: 2, units: [3, 2], activations: ["tanh", "tanh"], loss: "mse", rows: 4, room: 32),
      Case(
        inputs: 17, units: [11, 7], activations: ["relu", "linear"], loss: "mse", rows: 13, room: 13
      ),
      Case(
        inputs: 3, units: [4, 3], activations: ["tanh", "softmax"], loss: "mse", rows: 5, room: 5),
      Case(
        inputs: 7, units: [5, 4], activations: ["relu", "softmax"], loss: "crossentropy", rows: 11,
        room: 16, classes: true),
      Case(
        inputs: 7, units: [5, 4], activations: ["tanh", "softmax"], loss: "crossentropy", rows: 11,
        room: 16),
      Case(
        inputs: 4, units: [6, 3], activations: ["tanh", "sigmoid"], loss: "crossentropy", rows: 9,
        room: 9, classes: true),
      Case(
        inputs: 4, units: [6, 3], activations: ["tanh", "sigmoid"], loss: "crossentropy", rows: 9,
        room: 9),
      Case(
        inputs: 3, units: [5, 1], activations: ["relu", "sigmoid"], loss: "binary_crossentropy",
        rows: 19, room: 19, classes: true),
      Case(
        inputs: 3, units: [5, 3], activations: ["tanh", "sigmoid"], loss: "binary_crossentropy",
        rows: 19, room: 20),
      Case(
        inputs: 3, units: [4, 2], activations: ["tanh", "softmax"], loss: "binary_crossentropy",
        rows: 6, room: 6),
      // Larger than any tile: rows, units, inputs, and more than one panel of a product.
      Case(
        inputs: 277, units: [67, 10], activations: ["relu", "softmax"], loss: "crossentropy",
        rows: 131, room: 150, classes: true),
      Case(
        inputs: 31, units: [300, 3], activations: ["tanh", "linear"], loss: "mse", rows: 67,
        room: 67),
      // Many weights for the rows: cut by inputs, of which the last block has fewer.
      Case(
        inputs: 277, units: [67, 10], activations: ["gelu", "softmax"], loss: "crossentropy",
        rows: 31, room: 32, classes: true),
      Case(
        inputs: 131, units: [130, 140, 3], activations: ["tanh", "sigmoid", "linear"],
        loss: "mse", rows: 41, room: 41),
      Case(
        inputs: 131, units: [130, 140, 5, 3], activations: ["tanh", "tanh", "tanh", "tanh"],
        loss: "mse", rows: 41, room: 41),
    ] + everyActivation + everyLoss + everyChange

  /// Each activation of the catalog inside a network and at its end, in a ragged batch.
  private static let everyActivation = Catalog.standard.activations.map { entry in
    Case(
      inputs: 5, units: [7, 3], activations: [entry.name, entry.name], loss: "mse", rows: 19,
      room: 23)
  }

  /// Each loss of the catalog behind an activation that gives what it takes: behind its own, both
  /// computed together, and behind another; with numbers and, where it is for them, with classes.
  private static let everyLoss = Catalog.standard.losses.flatMap { entry -> [Case] in
    guard let loss = try? entry.makeWithDefaults() else { return [] }
    let ends = [loss.ownActivation ?? "linear", loss.targetRange == nil ? "tanh" : "sigmoid"]
    return ends.flatMap { end in
      (loss.isForClasses ? [false, true] : [false]).map { classes in
        Case(
          inputs: 6, units: [5, 3], activations: ["tanh", end], loss: entry.name, rows: 37,
          room: 41, classes: classes)
      }
    }
  }

  /// Smoothing, class weights and penalties, alone and together.
  private static let everyChange =
    [
      Case(
        inputs: 5, units: [7, 3], activations: ["tanh", "linear"], loss: "mse", rows: 9, room: 9,
        learning: Case.Setup(l1: 0.03)),
      Case(
        inputs: 131, units: [67, 3], activations: ["relu", "softmax"], loss: "crossentropy",
        rows: 9,
        room: 9, classes: true, learning: Case.Setup(l2: 0.02)),
      Case(
        inputs: 4, units: [3], activations: ["linear"], loss: "hinge", rows: 33, room: 40,
        classes: true, learning: Case.Setup(classWeights: [0.5, 3, 0])),
    ]
    + Catalog.standard.losses.filter { (try? $0.makeWithDefaults().takesSmoothing) ?? false }
    .flatMap { entry in
      // Together with the loss and apart from it.
      ["softmax", "sigmoid"].flatMap { end in
        [false, true].map { classes in
          Case(
            inputs: 4, units: [6, 3], activations: ["tanh", end], loss: entry.name, rows: 21,
            room: 21, classes: classes,
            learning: Case.Setup(
              smoothing: 0.2, classWeights: classes ? [0.5, 2, 1.5] : [], l1: 0.01, l2: 0.02))
        }
      }
    }

  struct Setting {
    var oracle: Oracle
    var rows: [[Double]]
    var targets: [Oracle.Target]
    var network: Network
    var examples: Examples
  }

  /// Numbers that 32 bits hold exactly, so that both sides start alike.
  func make(_ one: Case) throws -> Setting {
    var stream = RandomStream(seed: 11, stream: .random)
    func numbers(_ count: Int, _ scale: Double) -> [Double] {
      (0..<count).map { _ in Double(Float(stream.normal() * scale)) }
    }
    var layers: [Oracle.Layer] = []
    var built: [(any Layer, LayerOptions)] = []
    var width = one.inputs
    for (units, name) in zip(one.units, one.activations) {
      let w = (0..<width).map { _ in numbers(units, 1 / Double(width).squareRoot()) }
      let b = numbers(units, 0.1)
      layers.append(Oracle.Layer(w: w, b: b, activation: name))
      let entry = try #require(Catalog.standard.activations.first { $0.name == name })
      built.append(
        (
          Dense(units: units, activation: try entry.makeWithDefaults()),
          LayerOptions(
            bias: .values(Tensor(b.map { Float($0) })),
            weights: Tensor(shape: [width, units], elements: w.flatMap { $0.map { Float($0) } }))
        ))
      width = units
    }
    let rows = (0..<one.rows).map { _ in numbers(one.inputs, 1) }
    let inputs = Examples.Inputs.floats(rows.flatMap { $0.map { Float($0) } })
    let targets: [Oracle.Target]
    let raw: Examples.Targets
    if one.classes {
      let labels = (0..<one.rows).map { _ in stream.below(max(2, width)) }
      targets = labels.map { .label($0) }
      raw = .classes(labels.map { Int32($0) })
    } else {
      let values = (0..<one.rows).map { _ in
        (0..<width).map { _ in Double(Float(stream.uniform())) }
      }
      targets = values.map { .values($0) }
      raw = .values(values.flatMap { $0 }, width: width)
    }
    let learning = one.learning
    return Setting(
      oracle: Oracle(
        layers: layers, loss: one.loss, smoothing: learning.smoothing,
        classWeights: learning.classWeights, l1: learning.l1, l2: learning.l2), rows: rows,
      targets: targets,
      network: try Network(built, inputShape: [one.inputs]),
      examples: Examples(
        count: one.rows, inputShape: [one.inputs], inputs: inputs, targets: raw))
  }

  @Test(arguments: all.filter { $0.inputs < 30 })
  func oracleMatchesCentralDifferences(_ one: Case) throws {
    let setting = try make(one)
    let found = setting.oracle.gradient(setting.rows, setting.targets)
    let expected = setting.oracle.centralDifferences(setting.rows, setting.targets)
    #expect(Tolerance.differences.firstDifference(found, expected) == nil)
  }

  @Test(arguments: all)
  func engineMatchesTheOracle(_ one: Case) throws {
    let setting = try make(one)
    let loss = try #require(Catalog.standard.losses.first { $0.name == one.loss })
      .makeWithDefaults()
    let parameters = WorkingParameters(setting.network, trains: true)
    // What is not written shows.
    parameters.gradients.start.update(repeating: .nan, count: parameters.gradients.count)
    let plan = try Plan(
      setting.network, parameters: parameters, maxRows: one.room, trains: true, loss: loss,
      learning: one.learning.learning,
      preprocessing: Preprocessing(inputShape: [one.inputs]), workers: Workers(count: 2))
    try setting.examples.withSource { try plan.run($0, order: nil, rows: one.rows) }
    try plan.follow(nil, UpdateFactors(rate: 0))

    let steps = setting.rows.map { setting.oracle.forward($0) }
    for layer in one.units.indices {
      let expected = steps.flatMap { $0[layer].y }
      let found = (0..<expected.count).map { Double(plan.layout.outputs[layer][$0]) }
      let difference = Tolerance.single.firstDifference(found, expected)
      #expect(difference == nil, "outputs of layer \(layer)")
    }
    let meanLoss = setting.oracle.meanLoss(setting.rows, setting.targets)
    #expect(
      Tolerance.single.firstDifference([plan.lossSum / Double(one.rows)], [meanLoss]) == nil)
    let expected = setting.oracle.gradient(setting.rows, setting.targets)
    let found = parameters.gradients.array.map { Double($0) }
    #expect(Tolerance.single.firstDifference(found, expected) == nil)
  }

  // MARK: The testers' tests

  @Test func wrongGradientsAreCaught() throws {
    let setting = try make(Self.all[2])
    let expected = setting.oracle.centralDifferences(setting.rows, setting.targets)
    let right = setting.oracle.gradient(setting.rows, setting.targets)
    #expect(Tolerance.differences.firstDifference(right, expected) == nil)
    let wrongSign = right.map { -$0 }
    let missingFactor = right.map { $0 / 2 }
    // The first layer's W of 2 by 3, read as 3 by 2.
    var transposed = right
    for i in 0..<2 { for j in 0..<3 { transposed[j * 2 + i] = right[i * 3 + j] } }
    for wrong in [wrongSign, missingFactor, transposed] {
      #expect(Tolerance.differences.firstDifference(wrong, expected) != nil)
      #expect(Tolerance.single.firstDifference(wrong, expected) != nil)
    }
    #expect(Tolerance.single.firstDifference([.nan], [0]) != nil)
    #expect(Tolerance.single.firstDifference([0], [0, 0]) != nil)
  }

  @Test func transposedWeightsAreCaught() throws {
    var setting = try make(
      Case(inputs: 3, units: [3], activations: ["tanh"], loss: "mse", rows: 5, room: 5))
    let before = setting.oracle.meanLoss(setting.rows, setting.targets)
    let w = setting.oracle.layers[0].w
    setting.oracle.layers[0].w = (0..<3).map { i in (0..<3).map { w[$0][i] } }
    let after = setting.oracle.meanLoss(setting.rows, setting.targets)
    #expect(Tolerance.single.firstDifference([before], [after]) != nil)
  }
}
