import Testing

@testable import NNEngine
@testable import NNScript

/// Model files are read by what Grammar.md says of them.
@Suite struct ModelFileReadingTests {
  /// The lines of Python in the section about model files.
  private func lines() throws -> String {
    let manual = String(
      decoding: try DiskFiles().read(Repository.folder + "/Grammar.md"), as: UTF8.self)
    let section = try #require(manual.split(separator: "\n## Model files\n").last)
    let code = try #require(section.split(separator: "```python\n").dropFirst().first)
    return String(try #require(code.split(separator: "```").first))
  }

  @Test(.enabled(if: Peer.python != nil, "`scripts/peers` installs safetensors"))
  func theLinesOfTheManualGiveTheSameNumbers() throws {
    let host = ScratchHost()
    let session = Words.session(host: host)
    try session.run(
      """
      data iris
      layer dense 16 relu
      layer dense 3 softmax
      train epochs=30 quiet
      save "model.safetensors"
      """)
    let network = try #require(session.workspace.model.network)
    let schema = try #require(session.workspace.model.preprocessing)
    let flower = Examples(
      count: 1, inputShape: [4], inputs: .doubles([5.1, 3.5, 1.4, 0.2]), targets: .none)
    let wanted = try Predictor(network, preprocessing: schema).values(flower)
    let folder = try Peer.Folder()
    try folder.write(host.files.read("model.safetensors"), to: "model.safetensors", in: "own")
    let code = try lines() + "\nprint(*(shares / shares.sum()))\n"
    try folder.write(Array(code.utf8), to: "read.py", in: "own")
    let python = try #require(Peer.python)
    let text = try Peer.output(of: "cd '\(folder.path)/own' && \(python) read.py")
    let printed = try #require(text.split(separator: "\n").last)
    let numbers = printed.split(separator: " ").compactMap { Double($0) }
    #expect(numbers.count == 3 && text.contains("setosa"))
    for (own, theirs) in zip(wanted, numbers) { #expect(abs(own - theirs) < 1e-6) }
  }
}
