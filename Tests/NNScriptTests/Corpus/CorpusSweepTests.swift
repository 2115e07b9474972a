import NNScript
import Testing

/// What must hold for all scripts of the corpus, whatever they expect.
@Suite struct CorpusSweepTests {
  private static let scripts = Repository.scripts(in: "Tests/Scripts")
  private static let gallery = Repository.scripts(in: "scripts/models")

  /// The code of a script: what stands in its comments alone is of no interest to the parser.
  private static func code(of path: String) throws -> String {
    let lines = try Repository.text(of: path).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.filter { !$0.trimmingSpaces.hasPrefix("#") }.joined(separator: "\n") + "\n"
  }

  @Test func wellFormedScriptsPrintAsTheSameTree() throws {
    var count = 0
    for path in Self.scripts + Self.gallery {
      let tree = read(try Self.code(of: path))
      guard tree.diagnostics.isEmpty else { continue }
      count += 1
      let printed = Printer.print(tree)
      let again = read(printed)
      #expect(again.outline == tree.outline, "\(path)")
      // What is printed is in the printer's form already.
      #expect(Printer.print(again) == printed, "\(path)")
    }
    #expect(count > 200)
  }

  @Test func everyPrefixGivesAnAnswer() throws {
    for path in Self.scripts + Self.gallery {
      let code = try Self.code(of: path)
      let isWellFormed = read(code).diagnostics.isEmpty
      let bytes = Array(code.utf8)
      for length in bytes.indices {
        // Only at white space is it sure that the rest would not change the last token. Inside of
        // words every seventh place has to do: there are many scripts.
        let isAtSpace = bytes[length] == 0x20 || bytes[length] == 0x0A
        guard isAtSpace || length % 7 == 0 else { continue }
        let prefix = Array(bytes[..<length])
        #expect(ParserProperties.violation(on: prefix) == nil, "\(path), \(length) bytes")
        guard isWellFormed, isAtSpace else { continue }
        let text = String(decoding: prefix, as: UTF8.self)
        #expect(isComplete(text) != .wrong, "\(path): the rest would cure `\(text.suffix(60))`")
      }
    }
  }

  /// Codes that no script can produce by itself, with the reason.
  private static let fromOutside: Set<DiagnosticCode> = [
    .interrupted  // A host cancels.
  ]

  /// `CorpusTests` proves that the scripts do what their comments say: the comments name the codes.
  @Test func everyDiagnosticCodeIsProducedByAScript() throws {
    var produced: Set<String> = []
    for path in Self.scripts {
      let expected = Expectations(of: try Repository.text(of: path))
      produced.formUnion(expected.problems.compactMap(\.code))
    }
    for code in DiagnosticCode.allCases where !Self.fromOutside.contains(code) {
      #expect(produced.contains(code.rawValue), "no script of Tests/Scripts produces `\(code)`")
    }
    for name in produced {
      #expect(DiagnosticCode(rawValue: name) != nil, "there is no code `\(name)`")
    }
  }

  /// A script with one mistake gives one error: what follows from it is not told.
  @Test func scriptsWithOneMistakeExpectOneError() throws {
    let mistakes = Repository.scripts(in: "Tests/Scripts/mistakes")
    #expect(mistakes.count > 40)
    for path in mistakes {
      let problems = Expectations(of: try Repository.text(of: path)).problems
      #expect(problems.count == (path.hasSuffix("/five_mistakes.nn") ? 5 : 1), "\(path)")
      for problem in problems {
        #expect(problem.code != nil && !problem.message.isEmpty, "\(path) pins too little")
      }
    }
  }
}
