import Glibc
import NNEngine
import Testing

@testable import NNScript

/// Models that the exporters of PyTorch and Keras have written come in with the numbers that those
/// libraries give; the files are made by `Tests/Peers/onnx_fixtures.py`.
@Suite struct ImportedModelTests {
  private static let folder = Repository.folder + "/Tests/Imported"

  private static let names: [String] =
    ["activations", "branches", "decoder", "dense", "digits", "mobile", "norms", "resnet", "view"]
    .flatMap { ["torch_\($0)_script", "torch_\($0)_dynamo"] }
    + ["branches", "dense", "norms", "picture", "transposed"].map { "keras_\($0)" }

  private static var options: Session.Options {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    options.threads = 1
    return options
  }

  private func numbers(_ json: JSONValue, _ key: String) throws -> [[Double]] {
    try #require(json[key]?.array).map { try #require($0.array).compactMap(\.number) }
  }

  @Test(arguments: names) func givesTheNumbersOfItsLibrary(_ name: String) throws {
    let host = ScratchHost()
    let session = Session(host: host, options: Self.options)
    try session.run("load \"\(Self.folder)/\(name).onnx\"")
    var stem = name
    for end in ["_script", "_dynamo"] where stem.hasSuffix(end) { stem.removeLast(end.count) }
    let rows = try JSONValue(parsing: Repository.text(of: "Tests/Imported/\(stem).json"))
    let (inputs, outputs) = (try numbers(rows, "inputs"), try numbers(rows, "outputs"))
    let network = try #require(session.workspace.model.network)
    let examples = Examples(
      count: inputs.count, inputShape: network.inputShape,
      inputs: .floats(inputs.flatMap { $0.map { Float($0) } }),
      targets: .values(
        [Double](repeating: 0, count: inputs.count * network.outputShape.count),
        width: network.outputShape.count))
    var found = try Predictor(
      network, preprocessing: Preprocessing(inputShape: network.inputShape)
    ).values(examples)
    // The file gives logarithms, the model what they are of.
    if stem == "torch_view" { found = found.map { log($0) } }
    let expected = outputs.flatMap { $0 }
    #expect(found.count == expected.count)
    let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
    #expect(worst < 1e-5)
    // What was read is a model like any other: it is shown, saved, and comes back.
    try session.run("show model\nsave \"there.safetensors\"\nload \"there.safetensors\"")
    #expect(session.workspace.model.network?.values == network.values)
  }

  /// Layers as one would type them.
  @Test func readsAsLayers() throws {
    func lines(_ name: String) throws -> [String] {
      let session = Session(host: ScratchHost(), options: Self.options)
      try session.run("load \"\(Self.folder)/\(name).onnx\"")
      return Blueprint.lines(of: session.workspace.model.blueprint.parts)
    }
    #expect(
      try lines("torch_dense_dynamo") == [
        "layer dense 6 relu", "layer dense 5 leaky_relu slope=0.2", "layer dense 3 softmax",
      ])
    #expect(
      try lines("torch_digits_script") == [
        "layer conv 4 relu stride=2 padding=1", "layer conv 6 relu", "layer maxpool",
        "layer dense 5",
      ])
    #expect(
      try lines("torch_resnet_dynamo") == [
        "layer conv 4 relu", "residual {", "  layer conv 4 relu", "  layer conv 4", "}",
        "layer activation relu", "residual {", "  layer conv 6 relu stride=2 padding=1",
        "  layer conv 6", "} {", "  layer conv 6 1x1 stride=2 padding=valid", "}",
        "layer activation relu",
        "layer globalpool", "layer dense 3",
      ])
    #expect(
      try lines("keras_norms") == [
        "layer dense 6", "layer layernorm eps=0.001", "layer activation silu",
        "layer dense 4 elu", "layer batchnorm", "layer dense 4 selu", "layer dense 4 softplus",
        "layer dense 2 tanh",
      ])
  }

  /// Training goes on from the weights of the file.
  @Test func trainingGoesOn() throws {
    let host = ScratchHost()
    let session = Session(host: host, options: Self.options)
    try session.run(
      """
      load "\(Self.folder)/torch_dense_script.onnx"
      data iris test=20%
      let before = evaluate(on=train).loss
      train epochs=5 lr=0.01 quiet
      assert evaluate(on=train).loss < before
      """)
    #expect(!host.hasError)
  }

  /// What `save` writes as ONNX comes back: random networks of all layers, without their
  /// preprocessing.
  @Test func whatSaveWritesComesBack() throws {
    let exit = try #require(Catalog.standard.exits.first { $0.ending == ".onnx" })
    var (read, refused) = (0, 0)
    for seed in UInt64(1)...200 {
      let one = try RandomNetwork.make(seed, .small)
      let schema = Preprocessing(inputShape: one.network.inputShape)
      let model = try FinishedModel(one.network, schema, name: "random", version: "1")
      let bytes = try exit.files(
        of: model, path: "m.onnx", options: ExitOptions(isRaw: false))[0].bytes
      let session = Session(host: ScratchHost(bytes: ["m.onnx": bytes]), options: Self.options)
      do {
        try session.run("load \"m.onnx\"")
      } catch let error as ScriptError {
        // Pictures made larger, sines, means of ways, and products within rows have no layer here in
        // the form in which they went out.
        let first = error.diagnostics.first
        let message = [first?.message, first?.primary?.text].compactMap { $0 }.joined()
        #expect(
          message.contains("cannot be read: ") || message.contains("in a way that blocks do not"),
          "\(one.description): \(message)")
        refused += 1
        continue
      }
      let network = try #require(session.workspace.model.network)
      let expected = try Predictor(one.network, preprocessing: schema).values(one.examples)
      let found = try Predictor(network, preprocessing: schema).values(one.examples)
      let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
      #expect(found.count == expected.count && worst < 1e-5, "\(one.description)")
      read += 1
    }
    #expect(read > 100 && refused > 0)
  }
}
