import Testing

@testable import NNScript

@Suite struct FormattingTests {
  @Test(arguments: [
    (0.1 + 0.2, "0.3"), (1, "1"), (-0.0, "0"), (1e15, "1000000000000000"), (0x1p53, "9.007199e+15"),
    (1.0 / 3, "0.3333333"), (1e-5, "1e-05"), (123456.789, "123456.8"), (1e300, "1e+300"),
    (3.510188e-05, "3.510188e-05"), (-2.5, "-2.5"),
  ])
  func numberIsWritten(number: Double, expected: String) {
    #expect(Formatting.number(number) == expected)
  }

  @Test(arguments: [
    ("[1, \"a\", none, true]", "[1, \"a\", none, true]"),
    ("{loss: 0.3, accuracy: 0.9}", "{loss: 0.3, accuracy: 0.9}"),
    ("sqrt", "sqrt"), ("[]", "[]"), ("{}", "{}"),
    ("[{n: 1, name: \"a\"}, {n: 10, name: \"bc\"}]", " n  name\n 1  a\n10  bc"),
    ("tensor([0.1, 0.25])", "tensor 2 [0.1, 0.25]"),
    ("\"{1234567.891:,.2f}\"", "1,234,567.89"), ("\"{0.98765:.1%}\"", "98.8%"),
    ("\"{5:>4}|{5:<4}|{5:^4}|\"", "   5|5   | 5  |"), ("\"{\"ab\":>4}|\"", "  ab|"),
    ("\"{-5:06}\"", "-00005"), ("\"{255:x} {5:b} {3:d}\"", "ff 101 3"),
    ("\"{12345.678:.3e}\"", "1.235e+04"),
    ("\"{2:+}\"", "+2"), ("\"{[1, 2.5]:.2f}\"", "[1.00, 2.50]"), ("\"{3.14159:.2}\"", "3.14"),
  ])
  func valueIsWritten(expression: String, expected: String) throws {
    let session = Session()
    try session.run("let result = \(expression)")
    #expect(session["result"]?.description == expected)
  }

  @Test func longTensorIsCut() throws {
    let session = Session()
    try session.run("let result = tensor(1..100)")
    #expect(session["result"]?.description == "tensor 100 [1, 2, 3, …, 98, 99, 100]")
  }
}
