import NNScript
import Testing

/// The text form against the pages users read, to the letter.
@Suite struct RenderingTests {
  /// A text with marks: what stands in `«…»` is the next range, without the marks.
  private struct Marked {
    var sources = SourceMap()
    var ranges: [SourceRange] = []

    init(_ name: String, firstLine: Int = 1, _ text: String) {
      var plain = String(repeating: "\n", count: firstLine - 1)
      var start = 0
      for character in text {
        switch character {
        case "«": start = plain.utf8.count
        case "»": ranges.append(SourceRange(source: 0, start: start, end: plain.utf8.count))
        default: plain.append(character)
        }
      }
      _ = sources.add(SourceText(name: name, text: plain))
    }

    func render(_ diagnostic: Diagnostic) -> String {
      DiagnosticRenderer().render(diagnostic, in: sources)
    }
  }

  @Test func oneLabel() {
    let script = Marked("train.nn", firstLine: 3, "layer dense 64 «rleu»")
    let diagnostic = Diagnostic(
      .unknownName, "there is no activation named `rleu`", at: script.ranges[0],
      "not an activation", help: ["did you mean `relu`?"])
    #expect(
      script.render(diagnostic) == """
        error[unknown-name]: there is no activation named `rleu`
         --> train.nn:3:16
          |
        3 | layer dense 64 rleu
          |                ^^^^ not an activation
          = help: did you mean `relu`?

        """)
  }

  /// Of a line of megabytes only what stands around the mark is looked at.
  @Test(arguments: [0, 3_000, 1_000_000]) func aMarkInAVeryLongLine(before: Int) {
    let (front, back) = (
      String(repeating: "é ", count: before), String(repeating: " ü", count: 1_000_000)
    )
    let script = Marked("long.nn", front + "«rleu»" + back)
    let start = ContinuousClock.now
    let lines = script.render(
      Diagnostic(.unknownName, "there is no `rleu`", at: script.ranges[0], "not known")
    ).split(separator: "\n")
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(lines[1] == " --> long.nn:1:\(2 * before + 1)")
    #expect(lines[3].count < 200 && lines[3].contains("rleu ü ü") && lines[3].hasSuffix("…"))
    let mark = lines[4].prefix { $0 != "^" }.count
    #expect(lines[3].dropFirst(mark).hasPrefix("rleu"))
  }

  /// A message that quotes a text of megabytes shows its beginning.
  @Test func aVeryLongMessage() {
    let name = String(repeating: "name", count: 1_000_000)
    let message = Diagnostic(.unknownName, "there is no `\(name)`", at: nil).message
    #expect(message.count < 2_000)
    #expect(message.hasPrefix("there is no `namename") && message.hasSuffix("name`"))
  }

  @Test func labelsOnSeveralLinesWithAGap() {
    let script = Marked(
      "digits.nn", firstLine: 2,
      """
      data "digits.csv" target=«digit»



      layer dense «8» softmax
      loss «crossentropy»
      """)
    let diagnostic = Diagnostic(
      .shapeMismatch, "the network ends in 8 values, the labels have 10 classes",
      at: script.ranges[1], "8 values per example",
      secondary: [
        .init(script.ranges[0], "column `digit` holds 10 different values"),
        .init(script.ranges[2], "needs one value per class"),
      ], help: ["write `layer dense 10 softmax`"],
      notes: ["shapes per example: data 64 -> dense1 32 -> dense2 8"])
    #expect(
      script.render(diagnostic) == """
        error[shape-mismatch]: the network ends in 8 values, the labels have 10 classes
         --> digits.nn:6:13
          |
        2 | data "digits.csv" target=digit
          |                          ----- column `digit` holds 10 different values
          :
        6 | layer dense 8 softmax
          |             ^ 8 values per example
        7 | loss crossentropy
          |      ------------ needs one value per class
          = help: write `layer dense 10 softmax`
          = note: shapes per example: data 64 -> dense1 32 -> dense2 8

        """)
  }

  @Test func twoLabelsOnOneLineAndNotesThatLeadToTheHint() {
    let script = Marked("iris.nn", firstLine: 8, "«train» epochs=10 «lr=5.0»")
    let diagnostic = Diagnostic(
      .lossNotFinite, "the loss became NaN in epoch 3, batch 41 of 118", at: script.ranges[0],
      secondary: [.init(script.ranges[1], "the largest step size the run used")],
      help: ["try `lr=0.05`, or limit gradients with `clip=1.0`"],
      notes: [
        "stopped; the weights are those of the end of epoch 2",
        "the data holds no NaN and no infinity",
      ])
    #expect(
      script.render(diagnostic) == """
        error[loss-not-finite]: the loss became NaN in epoch 3, batch 41 of 118
         --> iris.nn:8:1
          |
        8 | train epochs=10 lr=5.0
          | ^^^^^           ------ the largest step size the run used
          = note: stopped; the weights are those of the end of epoch 2
          = note: the data holds no NaN and no infinity
          = help: try `lr=0.05`, or limit gradients with `clip=1.0`

        """)
  }

  @Test func twoTextsOnOneLineStandBelowEachOther() {
    let script = Marked("a.nn", "assert «a» == «b»")
    let diagnostic = Diagnostic(
      .assertion, "not equal", at: script.ranges[0], "is 1",
      secondary: [.init(script.ranges[1], "is 2")])
    #expect(
      script.render(diagnostic) == """
        error[assertion]: not equal
         --> a.nn:1:8
          |
        1 | assert a == b
          |        ^    - is 2
          |        |
          |        is 1

        """)
  }

  @Test func neighbouringLinesHaveNoGap() {
    let script = Marked(
      "iris.nn", firstLine: 5, "«train» epochs=10\n«data» \"iris.csv\" target=species")
    let diagnostic = Diagnostic(
      .noData, "`train` has nothing to learn from yet", at: script.ranges[0],
      "no data has been loaded at this point",
      secondary: [.init(script.ranges[1], "this comes too late")],
      help: ["move line 6 above line 5"])
    #expect(
      script.render(diagnostic) == """
        error[no-data]: `train` has nothing to learn from yet
         --> iris.nn:5:1
          |
        5 | train epochs=10
          | ^^^^^ no data has been loaded at this point
        6 | data "iris.csv" target=species
          | ---- this comes too late
          = help: move line 6 above line 5

        """)
  }

  @Test func theUnclosedBlockIsFoundByIndentation() {
    let text = """
      data "digits.csv" target=digit

      model digits {
        layer dense 32 relu
        layer dense 10 softmax
        loss crossentropy
        optimizer adam

      train epochs=10 lr=0.01

      """
    var sources = SourceMap()
    let number = sources.add(SourceText(name: "digits.nn", text: text))
    let tree = parse(sources.texts[number], source: number)
    #expect(
      DiagnosticRenderer().render(tree.diagnostics, in: sources) == """
        error[unclosed-block]: the block of `model digits` is never closed
         --> digits.nn:3:14
          |
        3 | model digits {
          |              ^ opened here
          :
        9 | train epochs=10 lr=0.01
          | ----- the block probably ends above this line
          = help: add a line `}` after line 7

        """)
  }

  @Test(arguments: [
    ("\tx «bad»", "    x bad", "      ^^^"),
    ("a\t«bad»", "a   bad", "    ^^^"),
    ("\"😀\" «bad»", "\"😀\" bad", "     ^^^"),
    ("\"表示\" «表»", "\"表示\" 表", "       ^^"),
    ("\"e\u{301}\" «bad»", "\"e\u{301}\" bad", "    ^^^"),
    ("\"👨‍👩‍👧\" «bad»", "\"👨‍👩‍👧\" bad", "     ^^^"),
    ("\"\u{1B}[2J\" «bad»", "\"\u{FFFD}[2J\" bad", "       ^^^"),
  ])
  func marksStandRightUnderWhatTheyMark(line: String, shown: String, marks: String) {
    let script = Marked("a.nn", line)
    let lines = script.render(Diagnostic(.unknownName, "m", at: script.ranges[0]))
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[3] == "1 | \(shown)")
    #expect(lines[4] == "  | \(marks)")
  }

  @Test func columnsCountCharacters() {
    let script = Marked("a.nn", "\"e\u{301}😀\" «bad»")
    let text = DiagnosticRenderer(style: .short).render(
      Diagnostic(.unknownName, "m", at: script.ranges[0]), in: script.sources)
    #expect(text == "a.nn:1:6: error[unknown-name]: m\n")
  }

  @Test func longLinesAreCutAroundTheLabel() {
    let script = Marked(
      "a.nn", String(repeating: "a ", count: 200) + "«bad»" + String(repeating: " b", count: 200))
    let lines = script.render(Diagnostic(.unknownName, "m", at: script.ranges[0], "here"))
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[3].displayWidth <= 110)
    #expect(lines[3].contains("bad") && lines[3].contains("…"))
    let column = lines[3].range(of: "bad")
    let mark = lines[4].range(of: "^^^ here")
    #expect(column != nil && column == mark)
  }

  @Test func rangesOverSeveralLinesAreMarkedToTheLinesEnd() {
    let script = Marked("a.nn", "print «(1 +\n  2»)")
    #expect(
      script.render(Diagnostic(.wrongType, "m", at: script.ranges[0], "this")).contains(
        """
        1 | print (1 +
          |       ^^^^ this

        """))
  }

  @Test func withoutAPlaceOnlyTheMessageAndItsHints() {
    let diagnostic = Diagnostic(
      .unknownParameter, "there is no parameter `x`", at: nil, help: ["see --help"])
    #expect(
      DiagnosticRenderer().render(diagnostic, in: SourceMap()) == """
        error[unknown-parameter]: there is no parameter `x`
          = help: see --help

        """)
    #expect(
      DiagnosticRenderer(style: .short).render(diagnostic, in: SourceMap())
        == "error[unknown-parameter]: there is no parameter `x`\n")
  }

  @Test func jsonHoldsEverythingOnOneLine() {
    let script = Marked("a \"b\".nn", "x «bad»")
    let range = script.ranges[0]
    let diagnostic = Diagnostic(
      .unknownName, "no \"name\"", at: range, "here", severity: .warning,
      help: ["help\n2"], notes: ["n"], fixes: [.init(range, "good")])
    let text = DiagnosticRenderer(style: .json).render(diagnostic, in: script.sources)
    #expect(
      text == #"{"code":"unknown-name","severity":"warning","message":"no \"name\"","#
        + #""file":"a \"b\".nn","line":1,"column":3,"endLine":1,"endColumn":6,"#
        + #""labels":[{"file":"a \"b\".nn","line":1,"column":3,"endLine":1,"endColumn":6,"#
        + #""primary":true,"text":"here"}],"help":["help\n2"],"notes":["n"],"#
        + #""fixes":[{"file":"a \"b\".nn","line":1,"column":3,"endLine":1,"endColumn":6,"#
        + #""replacement":"good"}]}"# + "\n")
  }

  @Test func moreThanTheLimitAreCounted() {
    let diagnostics = (0..<25).map { Diagnostic(.unknownName, "name \($0)", at: nil) }
    let text = DiagnosticRenderer().render(diagnostics, in: SourceMap())
    #expect(text.contains("name 19\n") && !text.contains("name 20"))
    #expect(text.hasSuffix("… and 5 more\n"))
  }

  @Test func warningsHideNoErrors() {
    let warning = Diagnostic(.unusedVariable, "never used", at: nil, severity: .warning)
    let error = Diagnostic(.tooDeep, "too deep", at: nil)
    let text = DiagnosticRenderer(limit: 3).render(
      Array(repeating: warning, count: 10) + [error], in: SourceMap())
    #expect(text.ranges(of: "never used").count == 3)
    #expect(text.contains("too deep"))
    #expect(text.hasSuffix("… and 7 more\n"))
  }

  @Test func colourIsForTheTextFormOnly() {
    let script = Marked("a.nn", "x «bad»")
    let diagnostic = Diagnostic(.unknownName, "m", at: script.ranges[0], "here")
    let colored = DiagnosticRenderer(isColored: true).render(diagnostic, in: script.sources)
    #expect(colored.contains("\u{1B}[1;31m^^^"))
    #expect(!script.render(diagnostic).contains("\u{1B}"))
  }
}

extension Substring {
  fileprivate var displayWidth: Int { String(self).displayWidth }

  /// Where a text stands, in columns.
  fileprivate func range(of text: String) -> Int? {
    let characters = Array(self)
    let wanted = Array(text.prefix(3))
    guard characters.count >= 3 else { return nil }
    return (0...characters.count - 3).first { index in
      Array(characters[index..<index + 3]) == wanted
    }
  }

  fileprivate func contains(_ text: String) -> Bool { String(self).contains(text) }

  @Test func longMessagesAreCutAndControlCharactersShown() {
    let message = "a\u{1B}[2J" + String(repeating: "x", count: 5_000)
    let text = DiagnosticRenderer().render(Diagnostic(.badData, message, at: nil), in: SourceMap())
    #expect(text.count < 500 && text.contains(" … ") && !text.contains("\u{1B}"))
  }
}
