import Testing

@testable import NNScript

/// Lines of people who know other tools: each answer offers a line that passes every check.
@Suite struct SlipTests {
  struct Line: CustomTestStringConvertible, Sendable {
    var before: String
    var typed: String
    var right: String
    var testDescription: String { typed }
  }

  /// The scripts that `@name` in `lines.tsv` stands for.
  private static let scripts = [
    "iris": "data iris test=20%\nlayer dense 16 relu\ntrain epochs=2\n",
    "layers": "data iris test=20%\n", "pictures": "data digits test=20%\n", "empty": "", "lang": "",
  ]

  private static let files = ["x.csv", "iris.csv", "new.csv"]

  static let lines: [Line] = {
    let text = (try? Repository.text(of: "Tests/Scripts/lines.tsv")) ?? ""
    var before = ""
    return text.split(separator: "\n").compactMap { row in
      if row.hasPrefix("# ") { return nil }
      if row.hasPrefix("@") {
        before = scripts[String(row.dropFirst())] ?? ""
        return nil
      }
      let parts = row.split(separator: "\t").map(String.init)
      return Line(before: before, typed: parts[0], right: parts[1])
    }
  }()

  private static func session() throws -> Session {
    let table = try Repository.text(of: "scripts/models/data/iris.csv")
    let host = ScratchHost(Dictionary(uniqueKeysWithValues: files.map { ($0, table) }))
    return Words.session(host: host)
  }

  private static func findings(_ text: String) throws -> [Diagnostic] {
    try session().check(text).filter { ![.unusedVariable, .unusedValue].contains($0.code) }
  }

  @Test func thereAreHundreds() { #expect(Self.lines.count > 500) }

  @Test(arguments: lines) func theAnswerOffersALineThatWorks(_ line: Line) throws {
    let found = try Self.session().check(line.before + line.typed + "\n")
    let offers = found.flatMap { diagnostic in
      diagnostic.help.map { $0.replacing("`", with: "") }
        + [Self.line(line.before + line.typed, fixed: diagnostic.fixes)]
    }
    #expect(
      offers.contains { $0.contains(line.right) },
      "offered: \(found.flatMap { [$0.message] + $0.help })")
    let mistakes = try Self.findings(line.before + line.right + "\n").filter {
      $0.severity == .error && $0.code != .fileNotFound
    }
    #expect(mistakes.isEmpty, "\(mistakes.map(\.message))")
  }

  /// The last line with fixes made.
  private static func line(_ text: String, fixed fixes: [Diagnostic.Fix]) -> String {
    var bytes = Array(text.utf8)
    for fix in fixes.sorted(by: { $0.range.start > $1.range.start })
    where fix.range.end <= bytes.count {
      bytes.replaceSubrange(fix.range.start..<fix.range.end, with: fix.replacement.utf8)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
  }

  /// Lines of a shell and of what does not exist here are named as what they are.
  @Test(arguments: [
    ("!ls", "this is a line for a shell"), ("cd ..", "this is a line for a shell"),
    ("import numpy as np", "there is nothing to import: all words are here"),
    ("class Net { }", "there are no classes here"),
  ]) func whatDoesNotExistIsSaidSo(_ line: String, _ message: String) throws {
    #expect(try Self.session().check(line).first?.message == message)
    #expect(isComplete(line) != .incomplete([.continuation]))
  }

  /// The names in a pattern's line all stand in its pattern.
  @Test func phrasesUseWhatTheyMatch() {
    for phrase in Phrasebook.all {
      let typed = Set(LinePiece.pieces(of: phrase.typed).map(\.text))
      for piece in LinePiece.pieces(of: phrase.line) where piece.text.first == "$" {
        #expect(typed.contains(piece.text), "\(phrase.typed) → \(phrase.line)")
      }
    }
  }

  // MARK: What needs no run to be found

  @Test(arguments: [
    ("let c = show confusion", DiagnosticCode.noResult), ("print history.best", .noResult),
    ("let p = save \"m.safetensors\"", .noResult), ("plot val_loss", .noData),
    ("plot confusion", .unknownName), ("save \"m.h5\"", .unsupported),
    ("save data \"m.xlsx\"", .unsupported), ("load \"x.csv\"", .unsupported),
    ("plot to=\"a.gif\"", .unsupported), ("model.fit()", .unknownField),
    ("print data.head", .unknownField), ("print \"a\" + 3", .wrongType),
    ("for i in 5 { print i }", .wrongType), ("train model", .wrongType),
  ]) func theCheckFinds(_ line: String, _ code: DiagnosticCode) throws {
    let found = try Self.findings((Self.scripts["iris"] ?? "") + line)
    #expect(found.first?.severity == .error)
    // A line that works is found by the phrasebook under a code of its own.
    #expect([code, .foreignSyntax].contains(found.first?.code))
  }

  /// Whether a command's result can be used is what its run shows.
  @Test func commandsWithoutValueAreKnown() throws {
    for command in Vocabulary.standard.commands where command.role == .ordinary {
      guard command.name != "quit", command.name != "undo" else { continue }
      let host = ScratchHost()
      let session = Words.session(host: host)
      var lines = command.example.split(separator: "\n").map(String.init)
      let last = lines.removeLast()
      guard last.hasPrefix(command.name), !last.contains("{") else { continue }
      let before = CommandEntry.examplePreamble + lines.joined(separator: "\n")
      let isKnown = !session.check(before + "\nlet result = \(last)").contains {
        $0.code == .noResult
      }
      #expect(isKnown == command.givesValue, "\(command.name)")
      guard command.givesValue else { continue }
      _ = try? session.run(before + "\nlet result = \(last)")
      #expect(!host.diagnostics.contains { $0.code == .noResult }, "\(command.name)")
    }
  }

  @Test(arguments: [
    ("print 3 -1", ["write `print 3 - 1` to subtract", "write `print 3 (-1)` for two values"]),
    (
      "let x = 10%-3\nprint x",
      [
        "write `let x = 10% - 3` for per cent", "write `let x = 10 % -3` for the remainder",
      ]
    ),
    (
      "let xs = [1, 2]\nfor i in 0..len(xs) { print i }",
      ["write `for i in 0..<len(xs) { print i }`"]
    ),
  ]) func twoReadingsAreShown(_ text: String, _ help: [String]) throws {
    let found = try Self.session().check(text)
    #expect(found.map(\.severity) == [.warning])
    #expect(found.first?.help == help)
  }

  @Test(arguments: ["print 3 - 1", "print 3 (-1)", "print 10% - 3", "print 100%-20%"])
  func whatIsClearIsNoWarning(_ text: String) throws {
    #expect(try Self.session().check(text).isEmpty)
  }
}
