import NNScript
import Testing

@Suite struct ExplanationTests {
  @Test(arguments: DiagnosticCode.allCases)
  func everyCodeIsExplainedWithExamplesThatHoldGood(code: DiagnosticCode) {
    let lines = code.explanation.split(separator: "\n", omittingEmptySubsequences: false)
    #expect((3...14).contains(lines.count))
    #expect(lines.allSatisfy { $0.count <= 100 })
    let right = example(behind: "right:", lines)
    #expect(!right.isEmpty)
    #expect(read(right).diagnostics.map(\.message) == [])
    let wrong = example(behind: "wrong:", lines)
    #expect(!wrong.isEmpty && wrong != right)
    // A mistake of form shows when the example is read; any other kind must at least be readable.
    let found = read(wrong).diagnostics.map(\.code)
    if !found.isEmpty { #expect(found == [code]) }
    if Self.formCodes.contains(code) { #expect(found == [code]) }
  }

  /// Codes the reader itself gives, but `too-deep`, whose example would fill a page.
  private static let formCodes: [DiagnosticCode] = [
    .invalidCharacter, .invalidNumber, .invalidText, .unclosedText, .unclosedBracket,
    .unclosedBlock, .unexpectedToken, .foreignSyntax, .ambiguousSpacing, .misplacedStatement,
  ]

  private func example(behind head: Substring, _ lines: [Substring]) -> String {
    guard let start = lines.firstIndex(of: head) else { return "" }
    return lines[(start + 1)...].prefix { $0.hasPrefix("    ") }
      .map { String($0.dropFirst(4)) }.joined(separator: "\n")
  }
}
