import NNEngine
import Testing

@testable import NNScript

/// A saved model is data: it comes back the same, and whatever else stands in a file is refused.
@Suite struct ModelFileTests {
  private static var options: Session.Options {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    options.threads = 1
    return options
  }

  // MARK: There and back

  /// Models that between them use every word a model is made of, with its example.
  private static let models: [String] = {
    let catalog = Catalog.standard
    let preamble = "input 4\nlayer dense 16 relu\n"
    return catalog.layers.map { preamble + $0.example }
      + catalog.activations.map { "\(preamble)layer dense 8 \($0.name)" }
      + catalog.initializers.map { "\(preamble)layer dense 8 init=\($0.name)" }
      + ["\(preamble)layer dense 8 init=normal stddev=0.3"]
      + catalog.losses.map { preamble + "loss \($0.name)" }
      + catalog.optimizers.map { preamble + $0.example }
      + catalog.metrics.map { preamble + "metric \($0.name) average=weighted" }
      + [
        """
        data iris
        def wave(x) = x * sigmoid(2 * x)
        def own(y, p) = sum(-y * log(p))
        def small(w) = 0.01 * w^2
        def share(y, p) = mean(y * p)
        def descend(w, g, lr=0.1, keep=0.5) { state m=0; m = keep * m + g; return w - lr * m }
        layer dense 8 wave name=first bias=false frozen=weights
        residual name=around {
          layer dense 8 leaky_relu slope=0.2
          branch { layer dense 4 } { layer dropout 0.1; layer dense 4 tanh }
        }
        layer dense 3 softmax
        loss own regularize=small class_weights={setosa: 2, "versicolor": 1.5}
        optimizer descend keep=0.9 lr=0.05
        metric share accuracy
        """,
        "input 2x3\nlayer reshape 3x2x1\nlayer flatten\nlayer dense 1 weights=[[1], [2], [3], [4], [5], [6]]",
      ]
  }()

  @Test(arguments: models) func comesBackTheSame(_ script: String) throws {
    let host = ScratchHost()
    let session = Session(host: host, options: Self.options)
    try session.run(script)
    if script.hasPrefix("data") { try session.run("train epochs=2 quiet") }
    try session.run("save \"a.safetensors\"\nload \"a.safetensors\"\nsave \"b.safetensors\"")
    #expect(try host.files.read("a.safetensors") == host.files.read("b.safetensors"))
    let other = Session(host: host, options: Self.options)
    try other.run("load \"b.safetensors\"\nsave \"c.safetensors\"")
    #expect(try host.files.read("a.safetensors") == host.files.read("c.safetensors"))
  }

  @Test(arguments: [
    ("data iris\nlayer dense 3", "[5.1, 3.5, 1.4, 0.2]"),
    ("data iris\nlayer dense 3 bias=false name=last\nloss crossentropy", "[5.1, 3.5, 1.4, 0.2]"),
    ("data iris\nlayer dense 8 relu", "[5.1, 3.5, 1.4, 0.2]"),
    ("data iris\nlayer dense 3\nloss hinge", "[5.1, 3.5, 1.4, 0.2]"),
    ("data iris\nensemble 2 { layer dense 3 softmax }", "[5.1, 3.5, 1.4, 0.2]"),
    ("data iris target=petal_width\nlayer dense 1", "[5.1, 3.5, 1.4, \"setosa\"]"),
    (
      "data [[0, 0], [0, 1], [1, 0], [1, 1]] target=[0, 1, 1, 0]\nlayer dense 1\n"
        + "loss binary_crossentropy", "[0, 1]"
    ),
    (
      "data [[0, 0], [0, 1], [1, 0]] target=[[0, 1], [1, 1], [1, 0]]\nlayer dense 2\n"
        + "loss binary_crossentropy", "[0, 1]"
    ),
    ("data digits limit=200\nlayer conv 4 relu\nlayer globalpool\nlayer dense 10", "ones(64)"),
  ])
  func predictsAsBeforeWithoutItsData(_ script: String, _ row: String) throws {
    let host = ScratchHost()
    let session = Session(host: host, options: Self.options)
    try session.run("\(script)\ntrain epochs=2 quiet\nsave \"a.safetensors\"")
    let before = try session.run("predict \(row)")
    let after = try Session(host: host, options: Self.options)
      .run("load \"a.safetensors\"\npredict \(row)")
    #expect(before != .none && after == before)

    // Files written before left the activation out that the loss had added.
    var file = try Safetensors(decoding: host.files.read("a.safetensors"), path: "a")
    file.metadata["nnscript.format"] = "2"
    file.metadata["nnscript.check"] = nil
    for name in script.contains("ensemble") ? [] : ["softmax", "sigmoid"] {
      file.metadata["nnscript.model"]?.replace(
        "\"units\":3,\"activation\":\"\(name)\"", with: "\"units\":3")
      file.metadata["nnscript.model"]?.replace(
        "\"units\":1,\"activation\":\"\(name)\"", with: "\"units\":1")
      file.metadata["nnscript.model"]?.replace(
        "\"units\":2,\"activation\":\"\(name)\"", with: "\"units\":2")
    }
    try host.files.write(file.encoded(), to: "old.safetensors")
    let old = try Session(host: host, options: Self.options)
      .run("load \"old.safetensors\"\npredict \(row)")
    #expect(old == before)
  }

  // MARK: What is refused

  /// A saved model with one thing changed.
  private struct Change {
    var metadata: [String: String] = [:]
    var tensors: [String: Tensor?] = [:]
    var problem: String
  }

  private static let iris = "input 4\nlayer dense 3 softmax"

  private static func lines(_ text: String, _ problem: String) -> Change {
    Change(metadata: ["nnscript.format": "1", "nnscript.model": text], problem: problem)
  }

  private static func items(_ json: String, _ problem: String) -> Change {
    Change(metadata: ["nnscript.model": json], problem: problem)
  }

  private static let changes: [Change] = [
    Change(metadata: ["nnscript.format": "4"], problem: "format 4"),
    Change(metadata: ["nnscript.format": "3"], problem: "damaged"),
    Change(metadata: ["nnscript.format": ""], problem: "format"),
    // More than declarations.
    lines("while true {}", "declares no model"),
    lines("print 1\n" + iris, "declares no model"),
    lines("let n = 3\n" + iris, "declares no model"),
    lines("for i in 1..9 { layer dense 3 }", "declares no model"),
    lines("if true { input 4 }\n" + iris, "declares no model"),
    lines("input 4\nlayer dense 1 + 2", "declares no model"),
    lines("input 4\nlayer dense len([1, 2, 3])", "declares no model"),
    lines("input 4\nlayer dense 3 name=\"{1 + 1}\"", "declares no model"),
    lines("def f(x, a=exp(9)) = a * x\ninput 4\nlayer dense 3 f", "declares no model"),
    lines("data iris\n" + iris, "declares no model"),
    lines("include \"other.nn\"\n" + iris, "declares no model"),
    lines("quit", "declares no model"),
    lines("residual { print 1 }", "declares no model"),
    lines("input 4 (", "declares no model"),
    // Items that declare nothing.
    items("{}", "declares no model"),
    items("[", "cannot be read"),
    items("[3]", "declares no model"),
    items("[{\"print\":1}]", "declares no model"),
    items("[{\"def\":\"print 1\"}]", "declares no model"),
    items("[{\"def\":\"def f(x) = x; print 1\"}]", "declares no model"),
    items("[{\"input\":4},{\"layer\":3}]", "declares no model"),
    items("[{\"input\":4},{\"layer\":\"dense\",\"units\":3,\"print\":1}]", "cannot be built"),
    items("[{\"input\":4},{\"layer\":\"lstm\",\"units\":3}]", "cannot be built"),
    items("[{\"input\":4},{\"layer\":\"dense\",\"units\":-3}]", "cannot be built"),
    items(
      "[{\"input\":4},{\"layer\":\"dense\",\"units\":3},{\"optimizer\":\"adam2\"}]", "be built"),
    items("[{\"layer\":\"dense\",\"units\":3}]", "no input size"),
    // Sizes that nothing in the file stands for: nothing is allocated for them.
    items("[{\"input\":65536},{\"layer\":\"dense\",\"units\":65536}]", "too large"),
    items(
      "[{\"input\":4},{\"layer\":\"dense\",\"units\":4}]", "`dense1.weights` has the shape 4x3"),
    // Weights.
    Change(tensors: ["dense1.bias": Tensor?.none], problem: "no values for `dense1.bias`"),
    Change(tensors: ["dense2.bias": Tensor([1])], problem: "`dense2.bias`"),
    Change(tensors: ["dense1.bias": Tensor([0, .nan, 0])], problem: "finite"),
    Change(tensors: ["dense1.bias": Tensor([0, .infinity, 0])], problem: "finite"),
    Change(tensors: ["dense1.bias": Tensor([0, 1])], problem: "shape"),
    Change(tensors: ["training.slots": Tensor([0, 1])], problem: "training"),
    // How rows are prepared.
    Change(metadata: ["nnscript.preprocessing": "[]"], problem: "preprocessing"),
    Change(metadata: ["nnscript.training": "{}"], problem: "training"),
  ]

  /// A saved model without the sum over its bytes, as whoever changes it on purpose leaves it.
  private static func saved() throws -> Safetensors {
    var file = try Safetensors(decoding: savedBytes(), path: "m.safetensors")
    (file.metadata["nnscript.check"], file.metadata["nnscript.format"]) = (nil, "2")
    return file
  }

  private static func savedBytes() throws -> [UInt8] {
    let host = ScratchHost()
    let session = Session(host: host, options: Self.options)
    try session.run(
      "data iris\nlayer dense 3 softmax\noptimizer adam\ntrain epochs=1 quiet\nsave \"m.safetensors\""
    )
    return try host.files.read("m.safetensors")
  }

  /// Loads bytes; gives what the error says, or `nil` where there is none.
  private static func complaint(_ file: Safetensors) -> String? { complaint(file.encoded()) }

  private static func complaint(_ bytes: [UInt8]) -> String? {
    let host = ScratchHost(bytes: ["m.safetensors": bytes])
    let session = Session(host: host, options: Self.options)
    #expect(throws: Never.self) { try session.run("input 2\nlayer dense 1") }
    let before = session.workspace.model.items.count
    defer {
      #expect(host.lines.isEmpty, "a file printed something")
      if host.hasError { #expect(session.workspace.model.items.count == before) }
    }
    do {
      try session.run("load \"m.safetensors\"")
      return nil
    } catch {
      return (host.diagnostics.map(\.message) + host.diagnostics.flatMap(\.notes))
        .joined(separator: "\n")
    }
  }

  @Test func damageIsFound() throws {
    let saved = try Self.savedBytes()
    #expect(Self.complaint(saved) == nil)
    // Bits of the numbers, which any value of theirs would fit, and of the texts.
    for place in stride(from: 8, to: saved.count, by: 7) {
      var bytes = saved
      bytes[place] ^= 1 << UInt8(place % 8)
      #expect(Self.complaint(bytes) != nil, "byte \(place)")
    }
    var bytes = saved
    bytes[saved.count - 2] ^= 1
    #expect(Self.complaint(bytes)?.contains("it is damaged") == true)
    #expect(Self.complaint(Array(saved.dropLast(4))) != nil)
  }

  @Test func aLoadedModelTellsWhereItComesFrom() throws {
    let host = ScratchHost(bytes: ["m.safetensors": try Self.savedBytes()])
    let session = Session(host: host, options: Self.options)
    try session.run("load \"m.safetensors\"\nshow model")
    let told = host.lines.joined(separator: "\n")
    #expect(told.contains("learnt from iris, 150 training rows: loss "), "\(told)")
    #expect(told.contains("saved by nns \(Release.version)"), "\(told)")
  }

  @Test func filesWithoutASumAreRead() throws {
    #expect(try Self.complaint(Self.saved()) == nil)
    var file = try Self.saved()
    file.metadata["nnscript.check"] = "12345678"
    #expect(Self.complaint(file)?.contains("it is damaged") == true)
    file.metadata["nnscript.check"] = ""
    #expect(Self.complaint(file)?.contains("it is damaged") == true)
  }

  @Test func whatDoesNotFitTogetherIsNamed() throws {
    let saved = try Self.saved()
    #expect(Self.complaint(saved) == nil)
    for change in Self.changes {
      var file = saved
      file.metadata.merge(change.metadata) { $1 }
      for (name, tensor) in change.tensors { file.tensors[name] = tensor }
      let said = Self.complaint(file)
      #expect(
        said?.contains(change.problem) == true,
        "\(change.metadata) \(change.tensors): \(said ?? "loaded")")
    }
  }

  /// Every number and name of the preprocessing, changed so that it contradicts the rest.
  @Test func preprocessingThatContradictsTheNetworkIsNamed() throws {
    let saved = try Self.saved()
    let text = try #require(saved.metadata["nnscript.preprocessing"])
    let changes = [
      ("[\"setosa\",\"versicolor\",\"virginica\"]", "[\"setosa\",\"versicolor\"]"),
      ("[\"setosa\",\"versicolor\",\"virginica\"]", "[\"a\",\"a\",\"b\"]"),
      ("\"input_shape\":[4]", "\"input_shape\":[5]"),
      ("\"input_shape\":[4]", "\"input_shape\":[3000000,3000000,3000000]"),
      ("\"input_shape\":[4]", "\"input_shape\":[-4]"),
      ("\"petal_width\"]", "\"petal_width\",\"more\"]"),
      ("\"center\":[", "\"center\":[1,"),
      ("\"scale\":[", "\"scale\":[0,"),
    ]
    for (old, new) in changes {
      let changed = text.replacing(old, with: new)
      #expect(changed != text, "nothing changed: \(old)")
      var file = saved
      file.metadata["nnscript.preprocessing"] = changed
      #expect(Self.complaint(file) != nil, "\(new)")
    }
  }

  /// A file that says it is of the first format, whose lines only declare.
  @Test func theFirstFormatIsRead() throws {
    var file = try Self.saved()
    file.metadata["nnscript.format"] = "1"
    file.metadata["nnscript.model"] =
      "input 4\ndef twice(x) = 2 * x\nlayer dense 3 softmax\noptimizer adam\nmetric accuracy"
    #expect(Self.complaint(file) == nil)
    // Options of no use to their layers were taken in silence.
    file.metadata["nnscript.model"] =
      "input 4\nlayer dropout 0.2 bias=false\nbranch { layer flatten frozen=true } "
      + "{ layer dropout 0.1 }\nlayer dense 3 softmax\noptimizer adam"
    file.tensors["dense1.weights"] = Tensor(repeating: 0.5, shape: [8, 3])
    file.metadata["nnscript.training"] = nil
    file.tensors = file.tensors.filter { $0.key.hasPrefix("dense1") }
    #expect(Self.complaint(file) == nil)
  }
}
