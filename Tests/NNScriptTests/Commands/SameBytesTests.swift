import NNEngine
import Testing

@testable import NNScript

/// The same script, data and seed save the same bytes, with one thread and with several, run after
/// run.
struct SameBytesTests {
  /// A network that holds every kind of layer there is, as its entry's example writes it: a new
  /// kind is in it by being in the catalog.
  static var everyKind: String {
    let vocabulary = Vocabulary.standard
    let examples =
      vocabulary.catalog.layers.map(\.example)
      + ["residual", "branch"].compactMap { vocabulary.command($0)?.example }
    // Examples stand behind a layer of 8; the first layer makes a step large enough to share.
    return (["layer dense 400 relu"] + examples.map { "layer dense 8 relu\n\($0)" })
      .joined(separator: "\n")
  }

  static let networks = [
    "layer dense 48 relu\nlayer dropout 0.2\nlayer dense 32 tanh",
    """
    layer dense 400
    layer batchnorm
    layer activation relu
    residual { layer dense 400 relu; layer batchnorm }
    branch { layer dense 30 tanh } { layer batchnorm; layer dense 20 } { }
    layer layernorm
    """,
    everyKind,
  ]

  @Test(arguments: networks.indices)
  func threadsAndRunsMakeNoDifference(_ number: Int) throws {
    var files: [[UInt8]] = []
    for threads in [1, 2, 3, 2] {
      var options = Session.Options()
      options.dataFolders = [Repository.folder + "/scripts/models/data"]
      options.threads = threads
      let host = ScratchHost()
      try Session(host: host, options: options).run(
        """
        seed 5
        data digits test=20% validation=10%
        \(Self.networks[number])
        train epochs=3 batch=100 lr=0.01 quiet
        save "same.safetensors"
        """)
      files.append(try host.files.read("same.safetensors"))
    }
    #expect(files[0].count > 20_000)
    for file in files.dropFirst() { #expect(file == files[0]) }
  }

  @Test func everyKindOfTheCatalogIsThere() {
    let kinds = Vocabulary.standard.catalog.layers.map(\.name)
    #expect(kinds.count > 5)
    for kind in kinds { #expect(Self.everyKind.contains("layer \(kind)"), "\(kind)") }
    #expect(Self.everyKind.contains("residual {") && Self.everyKind.contains("branch {"))
  }
}
