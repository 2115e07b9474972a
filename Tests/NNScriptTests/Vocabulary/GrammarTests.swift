import Glibc
import NNEngine
import Testing

@testable import NNScript

/// `Grammar.md` is true: its examples run, its productions hang together, its tables are current.
@Suite struct GrammarTests {
  private static let path = "Grammar.md"

  /// A fenced block of the document.
  struct Block: Sendable, CustomTestStringConvertible {
    var language: String
    var text: String
    /// Where it starts, from 1.
    var line: Int
    var testDescription: String { "line \(line)" }
  }

  static let blocks: [Block] = {
    guard let document = try? Repository.text(of: path) else { return [] }
    var blocks: [Block] = []
    var open: Block?
    for (index, line) in document.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if var block = open {
        if line == "```" {
          blocks.append(block)
          open = nil
        } else {
          block.text += line + "\n"
          open = block
        }
      } else if line.hasPrefix("```") {
        open = Block(language: String(line.dropFirst(3)), text: "", line: index + 2)
      }
    }
    return blocks
  }()

  static func blocks(of language: String) -> [Block] { blocks.filter { $0.language == language } }

  @Test func hasExamplesOfEachSort() {
    #expect(Self.blocks(of: "nn").count >= 15)
    #expect(Self.blocks(of: "nn wrong").count >= 2)
    #expect(Self.blocks(of: "ebnf").count >= 10)
    let sorts: Set = ["nn", "nn wrong", "ebnf", "text", "sh", "python"]
    for block in Self.blocks { #expect(sorts.contains(block.language), "line \(block.line)") }
  }

  @Test(arguments: blocks(of: "nn")) func exampleParsesAndRuns(_ block: Block) {
    let tree = parse(SourceText(name: "", text: block.text), source: 0)
    #expect(tree.diagnostics.isEmpty)
    #expect(isComplete(block.text) == .complete)
    let host = ScratchHost(["blocks.nn": "def block(n) { layer dense n relu }\n"])
    do {
      try Words.session(host: host).run(CommandEntry.examplePreamble + block.text)
    } catch {
      Issue.record("line \(block.line): \(error)")
    }
  }

  @Test(arguments: blocks(of: "nn wrong")) func wrongExampleIsRefusedLineByLine(_ block: Block) {
    for line in block.text.split(separator: "\n") {
      let text = CommandEntry.examplePreamble + "let x = 2\nlet xs = [1, 2]\nprint x xs\n" + line
      let found = Words.session().check(text)
      #expect(!found.isEmpty, "line \(block.line): \(line)")
    }
  }

  // MARK: Productions

  /// Productions by name: `name = …` at a line's start, going on in indented lines.
  static let productions: [(name: String, body: String)] = {
    var found: [(name: String, body: String)] = []
    for block in blocks(of: "ebnf") {
      for line in block.text.split(separator: "\n") {
        if let sign = line.firstIndex(of: "="), !line.hasPrefix(" ") {
          let name = line[..<sign].split(separator: " ").joined()
          found.append((name, String(line[line.index(after: sign)...])))
        } else if !found.isEmpty {
          found[found.count - 1].body += " " + line
        }
      }
    }
    return found
  }()

  /// The names a production uses; what stands in quotes or between `?` is not one.
  private func names(in body: String) -> [String] {
    var names: [String] = []
    var word = ""
    var quote: Character?
    for character in body + " " {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" || character == "?" {
        quote = character
      } else if character.isLetter || character == "_" {
        word.append(character)
      } else {
        if !word.isEmpty { names.append(word) }
        word = ""
      }
    }
    return names
  }

  @Test func productionsAreDefinedOnceAndUsed() {
    let defined = Self.productions.map(\.name)
    #expect(Set(defined).count == defined.count)
    let used = Set(Self.productions.flatMap { names(in: $0.body) })
    for name in used { #expect(defined.contains(name), "`\(name)` is used and not defined") }
    for name in defined where name != "script" {
      #expect(used.contains(name), "`\(name)` is never used")
    }
  }

  /// Reserved words and operators of the grammar are those of the lexer.
  @Test func everyReservedWordAndOperatorStandsInAProduction() {
    let bodies = Self.productions.map(\.body).joined(separator: " ")
    let words = SyntaxForm.all.map(\.word)
    let symbols =
      BinaryOperator.allCases.map(\.rawValue) + BinaryOperator.allCases.map { $0.rawValue + "=" }
      + ComparisonOperator.allCases.flatMap { $0.rawValue.split(separator: " ").map(String.init) }
      + ["..", "..<", "by", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "="]
    for text in words + symbols { #expect(bodies.contains("\"\(text)\""), "\(text)") }
  }

  /// The productions promise nothing that the parser refuses.
  @Test(arguments: ["script", "statement", "expression", "command", "assignment", "define"])
  func whatTheProductionsAllowIsRead(_ production: String) throws {
    var sentences = try GrammarSentences(Self.productions, seed: 7)
    var lengths = 0
    for _ in 0..<100 {
      let text = sentences.sentence(of: production)
      lengths += text.count
      let tree = parse(SourceText(name: "", text: text), source: 0)
      let mistake = tree.diagnostics.first?.message
      #expect(mistake == nil, "\(text)")
      #expect(mistake != nil || isComplete(text) == .complete, "\(text)")
    }
    #expect(lengths > 100 * 10, "the sentences are too short to tell anything")
  }

  @Test func everyProductionHasAnExampleNearby() {
    var waiting: Block?
    for block in Self.blocks {
      if block.language == "ebnf" {
        #expect(waiting == nil, "no example follows line \(waiting?.line ?? 0)")
        waiting = block
      } else if block.language == "nn" {
        waiting = nil
      }
    }
    #expect(waiting == nil)
  }

  // MARK: Tables

  /// With `NNS_WRITE_GRAMMAR` set, as `scripts/grammar` does, the tables are written instead.
  @Test func tablesAreUpToDate() throws {
    let document = try Repository.text(of: Self.path)
    let current = try GrammarTables().refreshed(document)
    if getenv("NNS_WRITE_GRAMMAR") != nil {
      try DiskFiles().write(Array(current.utf8), to: Repository.folder + "/" + Self.path)
    } else {
      #expect(document == current, "the tables of Grammar.md are stale: run scripts/grammar")
    }
  }

  @Test func aDocumentWithoutMarkersIsRefused() {
    #expect(throws: GrammarTables.Mismatch.self) { _ = try GrammarTables().refreshed("# Grammar") }
    #expect(throws: GrammarTables.Mismatch.self) {
      _ = try GrammarTables().refreshed("<!-- begin nonsense -->\n<!-- end nonsense -->")
    }
    #expect(throws: GrammarTables.Mismatch.self) {
      _ = try GrammarTables().refreshed("<!-- begin commands -->")
    }
  }
}
