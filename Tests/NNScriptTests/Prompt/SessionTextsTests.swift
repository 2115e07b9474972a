import Testing

@testable import NNScript

/// Texts run one after the other in one session: what one says about a name may change with the next.
@Suite struct SessionTextsTests {
  private static let texts: [(texts: [String], answer: Double)] = [
    (["let n = 0", "n = n + 1", "let answer = n"], 1.0),
    (["let n = 0", "let n = 5", "let answer = n"], 5),
    (["let n = 0", "def f() = n", "n = 3", "let answer = f()"], 3),
    (["let n = 0\ndef f() = n", "n = 3", "let answer = f()"], 3),
    (["let n = 0", "def bump() { n += 1 }", "let n = 7\nbump()\nlet answer = n"], 8),
    (["let n = 0", "for i in 1..3 { n += i }", "let answer = n"], 6),
    (["def f(x) = x", "def f(x, y) = x + y", "let answer = f(1, 2)"], 3),
    (["def f(x) = x", "f = 4", "let answer = f"], 4),
  ]

  @Test(arguments: texts) func aLaterTextSeesWhatAnEarlierChanged(
    _ texts: [String], _ expected: Double
  ) throws {
    for isPrompt in [true, false] {
      let session = Session()
      for text in texts {
        try session.run(text, from: Session.Origin(name: "<text>", isPrompt: isPrompt))
      }
      #expect(session["answer"] == .number(expected), "\(texts)")
    }
  }
}
