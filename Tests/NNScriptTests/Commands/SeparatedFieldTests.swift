import Testing

@testable import NNScript

/// Fields of a written table: quotes stand where a reader would not give the same text back.
struct SeparatedFieldTests {
  @Test(arguments: [
    "", "a", "1.50", "two words", "é", "naïve café", "a'b", "-", "#", "日本",
  ])
  func plainTextsStandAsTheyAre(_ text: String) {
    #expect(SeparatedText.field(text) == text)
  }

  @Test(arguments: [
    "a,b", "a;b", "a|b", "a\tb", "a\nb", "a\rb", "a\u{0B}b", " a", "a ", "\ta", "é,", "é;b",
    "a\u{2028}b", "a,\u{301}b",
    "\u{A0}a", "a\u{3000}", "\r\n",
  ])
  func whatAReaderWouldCutStandsInQuotes(_ text: String) {
    #expect(SeparatedText.field(text) == "\"\(text)\"")
  }

  @Test func quotesAreDoubled() {
    #expect(SeparatedText.field("say \"é\"") == "\"say \"\"é\"\"\"")
    #expect(Array(SeparatedText.field("\"\u{301}").utf8) == Array("\"\"\"\u{301}\"".utf8))
  }
}
