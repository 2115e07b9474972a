import Glibc
import NNEngine
import Testing

@testable import NNEngine
@testable import NNScript

/// ONNX graphs give what nns gives, run by onnxruntime.
@Suite(.enabled(if: Peer.python != nil, "`scripts/peers` installs onnxruntime"))
struct ONNXTests {
  /// The largest difference, relative to numbers greater than 1.
  private static let most = 1e-5

  /// Runs the graphs in a folder's folders.
  private func check(_ folder: Peer.Folder, _ names: [String]) throws {
    let python = try #require(Peer.python)
    let folders = names.map { "'\(folder.path)/\($0)'" }.joined(separator: " ")
    let script = "'\(Repository.folder)/Tests/Peers/onnx_check.py'"
    let lines = try Peer.output(of: "\(python) \(script) \(folders)").split(separator: "\n")
    #expect(lines.count == names.count)
    for line in lines {
      let words = line.split(separator: " ")
      let (count, worst) = (Int(words[words.count - 2]), Double(words.last ?? ""))
      #expect(count ?? 0 > 0 && worst ?? 1 <= Self.most, "\(line)")
    }
  }

  @Test func everyWayFromATableToAnAnswer() throws {
    let folder = try Peer.Folder()
    for script in ExitScript.all {
      let host = try script.run(saving: "model.onnx")
      for name in ["model.onnx", "data.csv", "answers.csv"] {
        try folder.write(try host.files.read(name), to: name, in: script.name)
      }
    }
    try check(folder, ExitScript.all.map(\.name))
  }

  @Test func networksOfAllLayers() throws {
    let folder = try Peer.Folder()
    let seeds = Array(UInt64(1)...160)
    for seed in seeds {
      let one = try RandomNetwork.make(seed, .small)
      var schema = one.trainer.preprocessing
      schema.classNames = []
      let model = try FinishedModel(one.network, schema, name: "random", version: "1")
      let files = try ONNXExit().files(of: model, path: "model.onnx", options: ExitOptions())
      let outputs = try Predictor(one.network, preprocessing: schema).values(one.examples)
      func table(_ numbers: [Double], width: Int) -> [UInt8] {
        let rows = stride(from: 0, to: numbers.count, by: width).map {
          numbers[$0..<$0 + width].map { "\($0)" }.joined(separator: ",") + "\n"
        }
        let header = (0..<width).map { "x\($0)" }.joined(separator: ",") + "\n"
        return Array((header + rows.joined()).utf8)
      }
      guard case .floats(let inputs) = one.examples.inputs else { continue }
      let width = one.network.inputShape.count
      try folder.write(table(inputs.map(Double.init), width: width), to: "data.csv", in: "\(seed)")
      try folder.write(
        table(outputs, width: one.network.outputShape.count), to: "answers.csv", in: "\(seed)")
      try folder.write(files[0].bytes, to: "model.onnx", in: "\(seed)")
    }
    try check(folder, seeds.map { "\($0)" })
  }
}
