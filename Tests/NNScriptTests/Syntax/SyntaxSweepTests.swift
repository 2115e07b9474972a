import NNScript
import Testing

/// Sweeps that need no expectations of their own: never a trap, always an answer.
@Suite struct SyntaxSweepTests {
  @Test(arguments: SampleScripts.all)
  func samplesReadWithoutMistakeAndPrintAsTheSameTree(script: String) {
    let tree = read(script)
    #expect(tree.diagnostics.map(\.message) == [])
    #expect(isComplete(script) == .complete)
    #expect(ParserProperties.violation(on: script) == nil)
  }

  /// Only at white space is it decidable that the rest would not change the last token.
  @Test(arguments: SampleScripts.all)
  func everyPrefixIsCompleteOrIncomplete(script: String) {
    let characters = Array(script)
    for length in 0...characters.count {
      let prefix = String(characters[..<length])
      let isAtSpace = length == characters.count || characters[length].isWhitespace
      if isAtSpace, isComplete(prefix) == .wrong {
        let messages = read(prefix).diagnostics.map(\.message)
        Issue.record("the rest would cure `\(prefix.suffix(60))`: \(messages)")
      }
      #expect(ParserProperties.violation(on: prefix) == nil)
    }
  }

  @Test(arguments: SampleScripts.all)
  func droppingAnyTokenGivesAnAnswer(script: String) {
    let words = script.split(separator: " ", omittingEmptySubsequences: false)
    for index in words.indices {
      var rest = words
      rest.remove(at: index)
      #expect(ParserProperties.violation(on: rest.joined(separator: " ")) == nil)
    }
    let characters = Array(script)
    for index in stride(from: 0, to: characters.count, by: 3) {
      var rest = characters
      rest.remove(at: index)
      #expect(ParserProperties.violation(on: String(rest)) == nil)
    }
  }

  @Test func randomTokensGiveAnAnswer() {
    var random = SplitMix(state: 1)
    let pieces = [
      "let ", "if ", "then ", "else ", "for ", " in ", "while ", "def ", "return ", "x", "y ", "f",
      "(", ")", "[", "]", "{", "}", ", ", ": ", ":", ";", ".", "..", " .. ", "+", " - ", " -", "*",
      "^", "==", "=", " = ", "+=", "!", "&&", "?", "1", "2.5", "20%", "3x3", "\"", "'", "\\",
      "\n", "\n  ", " ", "# c\n", "and ", "not ", "by ", "true", "none", "é", "“", "//", "/*", "@",
      "3x", "elif ", "lambda ", "var ", "--", "++", "=>", "$", "a=", "\t", "\r\n", "{{", "{x}",
    ]
    for _ in 0..<3_000 {
      let count = Int(random.next() % 24)
      let script = (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
        .joined()
      if let violation = ParserProperties.violation(on: script) {
        Issue.record("\(script.debugDescription): \(violation)")
      }
    }
  }

  @Test func randomBytesGiveAnAnswer() {
    var random = SplitMix(state: 2)
    for _ in 0..<3_000 {
      let bytes = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next())
      }
      #expect(ParserProperties.violation(on: bytes) == nil)
    }
  }

  @Test(arguments: [
    "(", "[", "{", "{a:", "f(", "a[", "-", "not ", "2^", "if x { ", "if x then ", "\"{", "{\n",
    "if a then b else ", "[x for x in ", "def f() {", "x.", "1+", "a and ", "f(1)", "x[0]", "{a: [",
    "!", "while x ", "}", ")", "a..", "'", "else ", "elif x {", "if x:\n ", "a b=", "(\n", "f {x} ",
  ])
  func deepAndLongInputGivesAnAnswer(piece: String) {
    for count in [150, 199, 400, 3_000] {
      let text = String(repeating: piece, count: count)
      for script in [text, "x" + text + "x", "let y = " + text] {
        #expect(ParserProperties.violation(on: script) == nil, "\(count) times \(piece)")
      }
    }
  }
}

/// A small generator with a fixed seed.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

func read(_ script: String) -> SyntaxTree {
  parse(SourceText(name: "test.nn", text: script), source: 0)
}
