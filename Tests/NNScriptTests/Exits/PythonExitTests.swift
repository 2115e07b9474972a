import Glibc
import Testing

@testable import NNEngine
@testable import NNScript

/// What exits write gives what nns gives, run by the programs that it is for.
@Suite struct PythonExitTests {
  /// An exit and what checks its files.
  struct Way: Sendable {
    var exit: any Exit
    /// A script of `Tests/Peers`.
    var script: String
    /// The largest difference, relative to numbers greater than 1.
    var most = 1e-5

    static let onnx = Way(exit: ONNXExit(), script: "onnx_check.py")
    static let pytorch = Way(exit: PythonExit(library: .pytorch), script: "python_check.py")
    static let keras = Way(exit: PythonExit(library: .keras), script: "python_check.py")
    static let numpy = Way(exit: PythonExit(library: .numpy), script: "python_check.py")
  }

  /// Runs what was written into a folder's folders.
  private func check(_ way: Way, _ folder: Peer.Folder, _ names: [String]) throws {
    let python = try #require(Peer.python)
    let folders = names.map { "'\(folder.path)/\($0)'" }.joined(separator: " ")
    let script = "'\(Repository.folder)/Tests/Peers/\(way.script)'"
    let lines = try Peer.output(of: "\(python) \(script) \(folders)").split(separator: "\n")
    #expect(lines.count == names.count)
    for line in lines {
      let words = line.split(separator: " ")
      let (count, worst) = (Int(words[words.count - 2]), Double(words.last ?? ""))
      #expect(count ?? 0 > 0 && worst ?? 1 <= way.most, "\(line)")
    }
  }

  private func checkScripts(_ way: Way) throws {
    let folder = try Peer.Folder()
    let isPython = way.exit is PythonExit
    let scripts = ExitScript.all + (isPython ? [.spelt] : [])
    for script in scripts {
      let model = "model" + way.exit.ending
      let host = try script.run(saving: model, isPython ? "as=\(way.exit.name)" : "")
      let beside = isPython ? ["model_weights.safetensors"] : []
      for name in [model, "data.csv", "answers.csv"] + beside {
        try folder.write(try host.files.read(name), to: name, in: script.name)
      }
    }
    try check(way, folder, scripts.map(\.name))
  }

  private func checkNetworks(_ way: Way, seeds: [UInt64]) throws {
    let folder = try Peer.Folder()
    for seed in seeds {
      let one = try RandomNetwork.make(seed, .small)
      try write(one.network, one.trainer.preprocessing, one.examples, way, folder, "\(seed)")
    }
    let host = try HostLayer.network()
    let schema = Preprocessing(inputShape: host.inputShape)
    try write(host, schema, HostLayer.examples, way, folder, "host")
    try check(way, folder, seeds.map { "\($0)" } + ["host"])
  }

  /// Writes a network, rows and its outputs for them.
  private func write(
    _ network: Network, _ schema: Preprocessing, _ examples: Examples, _ way: Way,
    _ folder: Peer.Folder, _ name: String
  ) throws {
    var schema = schema
    schema.classNames = []
    let model = try FinishedModel(network, schema, name: "random", version: "1")
    let path = "model" + way.exit.ending
    let files = try way.exit.files(of: model, path: path, options: ExitOptions())
    let outputs = try Predictor(network, preprocessing: schema).values(examples)
    func table(_ numbers: [Double], width: Int) -> [UInt8] {
      let rows = stride(from: 0, to: numbers.count, by: width).map {
        numbers[$0..<$0 + width].map { "\($0)" }.joined(separator: ",") + "\n"
      }
      let header = (0..<width).map { "x\($0)" }.joined(separator: ",") + "\n"
      return Array((header + rows.joined()).utf8)
    }
    guard case .floats(let inputs) = examples.inputs else { return }
    let numbers = inputs.map(Double.init)
    try folder.write(table(numbers, width: network.inputShape.count), to: "data.csv", in: name)
    try folder.write(
      table(outputs, width: network.outputShape.count), to: "answers.csv", in: name)
    for file in files { try folder.write(file.bytes, to: file.path, in: name) }
  }

  /// Whoever goes on learning there has what learns here.
  @Test(arguments: [("pytorch", "nn.Dropout(0.2)"), ("keras", "layers.Dropout(0.2, name=")])
  func dropoutGoesOut(_ library: String, _ call: String) throws {
    let script = ExitScript(
      "dropout", "data iris\nlayer dense 8 relu\nlayer dropout 20%\ntrain epochs=1 quiet")
    let host = try script.run(saving: "model.py", "as=\(library)")
    let text = String(decoding: try host.files.read("model.py"), as: UTF8.self)
    #expect(text.contains(call) && text.contains("dropout1"))
  }

  @Test(.enabled(if: Peer.python != nil, "`scripts/peers` installs onnxruntime"))
  func onnxOfEveryWay() throws { try checkScripts(.onnx) }

  @Test(.enabled(if: Peer.python != nil, "`scripts/peers` installs onnxruntime"))
  func onnxOfAllLayers() throws { try checkNetworks(.onnx, seeds: Array(1...160)) }

  @Test(.enabled(if: Peer.hasTorch, "`scripts/peers long` installs PyTorch"))
  func pytorchOfEveryWay() throws { try checkScripts(.pytorch) }

  @Test(.enabled(if: Peer.hasTorch, "`scripts/peers long` installs PyTorch"))
  func pytorchOfAllLayers() throws { try checkNetworks(.pytorch, seeds: Array(1...160)) }

  @Test(.enabled(if: Peer.hasKeras, "`scripts/peers long` installs Keras"))
  func kerasOfEveryWay() throws { try checkScripts(.keras) }

  @Test(.enabled(if: Peer.hasKeras, "`scripts/peers long` installs Keras"))
  func kerasOfAllLayers() throws { try checkNetworks(.keras, seeds: Array(1...160)) }

  @Test(.enabled(if: Peer.python != nil, "`scripts/peers` installs NumPy"))
  func numpyOfEveryWay() throws { try checkScripts(.numpy) }

  @Test(.enabled(if: Peer.python != nil, "`scripts/peers` installs NumPy"))
  func numpyOfAllLayers() throws { try checkNetworks(.numpy, seeds: Array(1...160)) }
}
