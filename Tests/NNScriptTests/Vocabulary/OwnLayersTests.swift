// Two layers made with what the libraries offer to everyone: no `@testable` here, and no operation
// of their own.

import NNEngine
import NNScript
import Testing

/// Each feature times a weight of its own: `y = x · w`.
private struct Gain: Layer {
  let kind = "gain"

  func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  func parameters(for input: Shape) -> [ParameterDeclaration] {
    [
      ParameterDeclaration(
        "weights", .weights, [input.sizes.last ?? 1], fanIn: 1, fanOut: 1, initializer: LeCun())
    ]
  }

  func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    operations.formula(inputs[0], parameters["weights"]) { $0 * $1 }
  }
}

/// Adds normal noise while training: `y = x + deviation · chance`.
private struct Noise: Layer {
  let kind = "noise"
  var deviation: Double

  func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    guard operations.isTraining else { return inputs[0] }
    let chance = operations.normal(operations.shape(inputs[0]))
    return operations.formula(inputs[0], chance) { $0 + deviation * $1 }
  }
}

extension Catalog {
  /// One file and one line each.
  fileprivate static var withOwnLayers: Catalog {
    var catalog = Catalog.standard
    catalog.layers.append(
      Spec("gain", "Multiplies each feature by a weight.", example: "layer gain") { Gain() })
    catalog.layers.append(
      Spec(
        "noise", "Adds normal noise while training.",
        .number("deviation", 0...10, default: 0.1, "How strong it is."),
        example: "layer noise 0.2"
      ) { Noise(deviation: $0) })
    return catalog
  }
}

/// What a layer says of itself is enough for everything.
@Suite struct OwnLayersTests {
  private let vocabulary = Vocabulary(.withOwnLayers)

  private func session(_ host: ScratchHost = ScratchHost()) -> Session {
    Words.session(vocabulary, host: host)
  }

  private let data = """
    seed 4
    data [[0.1, -0.4], [0.8, 0.3], [-0.6, 0.9], [0.2, 0.7], [-0.9, -0.2]] \
    target=[0.2, 0.9, 0.4, 0.7, 0.1] normalize=none

    """
  private let model = """
    layer gain
    layer dense 6 tanh
    layer noise 0.05
    layer gain init=normal
    layer dense 1
    loss mse

    """

  @Test func trains() throws {
    let session = session()
    try session.run(
      data + model
        + """
        let before = evaluate on=train
        optimizer adam lr=0.02
        train epochs=300 batch=5 quiet
        let after = evaluate on=train
        """)
    let losses = [session["before"], session["after"]].map { value in
      value?.recordFields?.first { $0.name == "loss" }?.value.numberValue ?? .nan
    }
    #expect(losses[1] < losses[0] / 4, "\(losses)")
  }

  @Test func trainsTheSameTwice() throws {
    func trained() throws -> String {
      let host = ScratchHost()
      try session(host).run(
        data + model + "train epochs=20 batch=2 quiet\nprint predict([0.3, 0.3])")
      return host.lines.joined()
    }
    let first = try trained()
    #expect(!first.isEmpty)
    #expect(try trained() == first)
  }

  @Test func noiseIsAddedInTrainingAlone() throws {
    let host = ScratchHost()
    try session(host).run(
      data + "layer noise 10\nlayer dense 1 weights=[[1], [1]]\nloss mse\n"
        + "print predict([0.25, 0.5])")
    #expect(host.lines == ["{value: 0.75}"])
    // With the targets' own noise of 0, what noise adds is all the loss there is in training.
    let quiet = session()
    try quiet.run(
      data + "layer noise 0\nlayer dense 1\nloss mse\nlet a = train epochs=1 lr=1e-9 quiet")
    let loud = session()
    try loud.run(
      data + "layer noise 10\nlayer dense 1\nloss mse\nlet a = train epochs=1 lr=1e-9 quiet")
    func loss(_ session: Session) throws -> Double {
      let value = try #require(session["a"]?.recordFields?.first { $0.name == "loss" })
      return try #require(value.value.numberValue)
    }
    #expect(try loss(loud) > 10 * loss(quiet))
  }

  @Test(arguments: [
    ("layer gain", "layer gian", "gain"), ("layer noise 0.2", "layer niose 0.2", "noise"),
  ]) func isKnownEverywhere(_ line: String, _ slip: String, _ word: String) throws {
    #expect(Words.mistakes(line, vocabulary).isEmpty)
    #expect(!Words.mistakes(line).isEmpty)
    #expect(
      try #require(Words.mistakes(slip, vocabulary).first).help.contains { $0.contains(word) })
    let help = try session().help(word).get()
    #expect(help.contains(line) && help.contains("example:"))
    #expect(GrammarTables(vocabulary).all.contains { $0.text.contains("`\(word)") })
    #expect(session().complete("layer \(word.prefix(3))").items.map(\.text).contains(word))
  }

  @Test(arguments: [
    ("layer noise 11", DiagnosticCode.outOfRange), ("layer noise deviaton=1", .unknownOption),
    ("layer gain 3", .extraValue),
  ]) func bindingRefuses(_ line: String, _ code: DiagnosticCode) {
    #expect(Words.mistakes(line, vocabulary).map(\.code) == [code])
  }

  @Test func isSavedAndLoaded() throws {
    let host = ScratchHost()
    try session(host).run(
      data + model + "train epochs=5 quiet\nlet a = predict([0.3, 0.3])\nsave \"own.safetensors\"\n"
        + "reset\nload \"own.safetensors\"\nprint predict([0.3, 0.3]) == a\nshow model")
    #expect(host.lines.first == "true")
    #expect(host.lines.joined(separator: "\n").contains("noise1"))
  }

  @Test func isExplainedIn64Bits() throws {
    let host = ScratchHost()
    let session = session(host)
    try session.run(data + model + "explain 1 row\nlet e = explain 1 row")
    let fields = try #require(session["e"]?.recordFields)
    #expect(fields.first { $0.name == "bits" }?.value.numberValue == 64)
    let text = host.lines.joined(separator: "\n")
    #expect(text.contains("gain1") && text.contains("noise1"))
    #expect(!text.contains("cannot be spelled out"))
    #expect(text.contains("as in `predict`: noise leaves nothing to chance"))
  }

  @Test func isCheckedIn64Bits() throws {
    let session = session()
    try session.run(data + model + "let g = gradcheck")
    let fields = try #require(session["g"]?.recordFields)
    #expect(fields.first { $0.name == "bits" }?.value.numberValue == 64)
  }
}
