import NNScript
import Testing

@testable import nns

/// What the prompt does without a terminal.
@Suite struct PromptPartsTests {
  @Test(arguments: [
    ("1 + 1", "1 + 1"), ("nns> 1 + 1", "1 + 1"), ("nns>", ""), ("a nns> b", "a nns> b"),
    ("nns> let x = 1\nnns> x\n1", "let x = 1\nx"),
    ("nns> if x {\n{..>   y\n{..> }\nresult", "if x {\n  y\n}"),
    // A recalled block stands on the screen without prompts.
    ("nns> if x {\n  y\n}\nresult", "if x {\n  y\n}"),
    ("\nnns> x +\n...> 1\n2", "x +\n1"),
    ("let x = 1\nnns> y", "let x = 1\nnns> y"),
  ]) func aTranscriptLosesPromptsAndResults(_ pasted: String, _ code: String) {
    #expect(Transcript.code(in: pasted) == code)
  }

  @Test(arguments: ["", "a", "a\nb", "\\n", "\\", "print \"a\\nb\"\n\\\n", "é\t\u{1F600}"])
  func anEntrySurvivesItsLine(_ entry: String) {
    let line = HistoryFile.line(entry)
    #expect(!line.contains("\n"))
    #expect(HistoryFile.entry(line) == entry)
  }

  @Test func aLargeHistoryIsReadFromItsEnd() throws {
    let folder = try TemporaryFolder()
    let entries = (1...200_000).map { "print \($0)" }
    try folder.write(entries.joined(separator: "\n") + "\n", to: "history")
    let read = HistoryFile(path: folder.path + "/history").entries
    #expect(read.last == "print 200000")
    #expect(read.count > 10_000 && read.count < entries.count)
    #expect(read.allSatisfy { $0.hasPrefix("print ") })
  }

  @Test func aMenuFitsItsTerminal() {
    let items = Session().complete("").items
    for columns in [20, 40, 80, 200] {
      for rows in [5, 24, 50] {
        let text = CompletionMenu(items, size: (rows, columns)).text
        let lines = text.split(separator: "\n")
        #expect(lines.count <= max(4, rows - 2))
        #expect(lines.allSatisfy { $0.count < max(columns, 21) })
      }
    }
    let few = CompletionMenu(Session().complete("optimizer sg").items, size: (24, 80)).text
    #expect(few.hasPrefix("sgd  "))
  }

  @Test func whatOffersShareIsPutIn() {
    let session = Session()
    func tab(_ line: String) -> TabAnswer {
      TabAnswer(session.complete(line), in: Array(line.utf8), offset: 0, size: (24, 80))
    }
    #expect(tab("optimizer a").text == "ada")
    #expect(tab("optimizer ada").text == nil)
    #expect(tab("optimizer ada").menu?.contains("adagrad") == true)
    #expect(
      tab("optimizer adam")
        == TabAnswer(range: 10..<14, text: nil, menu: tab("optimizer adam").menu))
    #expect(tab("zzz") == TabAnswer(range: 0..<3, text: nil, menu: nil))
  }
}
