import Glibc
import NNScript
import Testing

/// Runs every script of `Tests/Scripts` and compares what it does with its comments.
@Suite struct CorpusTests {
  @Test(arguments: Repository.scripts(in: "Tests/Scripts"))
  func doesWhatItsCommentsSay(_ path: String) throws {
    _ = Self.workingFolder
    let text = try Repository.text(of: path)
    let expected = Expectations(of: text)
    #expect(
      !expected.isEmpty || text.contains("assert"), "\(path) expects nothing: it could not fail")
    let file = Repository.folder + "/" + path
    let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
    let origin = Session.Origin(
      name: path, folder: folder, isPrompt: expected.isPrompt, isWhole: !expected.isPrompt)
    let outcome = CollectingHost.run(text, from: origin, parameters: expected.parameters)
    let differences = outcome.differences(from: expected)
    #expect(differences.isEmpty, "\(path):\n\(differences.joined(separator: "\n"))")
  }

  @Test func thereIsACorpus() {
    #expect(!Repository.scripts(in: "Tests/Scripts").isEmpty)
  }

  /// What scripts save goes into the working directory: a fresh folder for the whole run, so that
  /// nothing lands in the repository. Reading starts from the script's own folder.
  private static let workingFolder: Bool = {
    var template = Array("/tmp/nnscript-corpus-XXXXXX".utf8CString)
    guard let folder = mkdtemp(&template) else { return false }
    return chdir(folder) == 0
  }()
}
