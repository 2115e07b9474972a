import Testing

@testable import NNScript

/// What may stand at the cursor, which is `|` here and else the end of the text.
@Suite struct CompletionTests {
  private func offers(_ text: String, in session: Session = Words.session()) -> [String] {
    let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts.joined()
    return session.complete(String(whole), at: parts[0].utf8.count).items.map(\.text)
  }

  /// Text before the cursor, what must be offered, what must not.
  static let places: [(String, [String], [String])] = [
    ("", ["train", "layer", "let", "for", "data"], ["dense", "sqrt(", "epochs="]),
    ("layer dense 4\ntr", ["train"], ["layer"]),
    ("layer ", ["dense", "dropout", "flatten"], ["relu", "name=", "train"]),
    ("layer dense 4 ", ["relu", "softmax", "name=", "frozen="], ["dense", "units=", "glorot"]),
    ("layer dense 4 relu ", ["name=", "init="], ["relu", "activation="]),
    ("layer dense 4 name=h ", ["init=", "relu"], ["name="]),
    ("layer dense 4 init=", ["glorot", "he"], ["relu", "true"]),
    ("layer dense 4 bias=", ["true", "false"], ["relu"]),
    ("layer dense 4 frozen=", ["true", "false", "bias", "weights"], ["relu"]),
    ("loss ", ["mse", "crossentropy"], ["relu", "adam"]),
    ("optimizer ", ["adam", "sgd"], ["mse"]),
    ("optimizer sgd ", ["lr=", "momentum=", "nesterov"], ["bias_correction="]),
    ("metric accuracy ", ["r2", "mae"], ["mse"]),
    ("show ", ["data", "model", "weights"], ["dense"]),
    ("train ", ["epochs=", "lr=", "until=", "quiet"], ["quiet=", "train", "dense"]),
    ("train epochs=3 quiet ", ["lr="], ["epochs=", "quiet"]),
    ("train epochs=3 lr=", ["epoch", "val_loss"], ["epochs=", "sqrt("]),
    ("train lr=0.1 * 0.95^", ["epoch"], ["quiet", "sqrt("]),
    ("train until=(loss < 1 and ", ["val_loss"], []),
    ("train until=(", ["accuracy", "val_accuracy"], []),
    ("data ", ["iris", "digits", "target="], ["dense"]),
    ("data iris test=20% ", ["validation=", "shuffle=", "header="], ["test=", "iris"]),
    ("data iris target=", ["species", "petal_width"], ["iris"]),
    ("data iris only=[", ["sepal_length"], ["sqrt("]),
    ("data iris only=[petal_width, ", ["sepal_length"], []),
    ("data iris normalize=", ["auto", "standard", "minmax", "none"], ["true"]),
    ("evaluate ", ["test", "train", "on="], ["dense"]),
    ("evaluate on=", ["test", "validation", "train"], ["epochs="]),
    ("evaluate(on=", ["test", "validation", "train"], []),
    ("print evaluate(on=test).", ["loss", "accuracy"], ["train"]),
    ("let e = evaluate\nprint e.", ["loss", "accuracy", "rows"], ["epochs"]),
    ("let t = train epochs=2\nprint t.", ["best_epoch", "history"], ["on"]),
    ("let e = ", ["evaluate", "predict"], ["layer", "sqrt("]),
    ("let width = 3\nlayer dense ", ["width"], []),
    ("let width = 3\nprint 2 * wi", ["width"], ["while"]),
    ("let width = 3\nwidth = wi", ["width"], []),
    ("def square(x) = x^2\nprint sq", ["square", "sqrt("], []),
    ("def stage(filters, size=3) {\n  layer dense fi", ["filters"], []),
    ("def stage(filters, size=3) { print size }\nlet y = stage(1, ", ["size="], ["axis="]),
    ("print sum([1, 2], ", ["axis="], []),
    ("print \"value {sq", ["sqrt("], []),
    ("param rate = 0.1 \"step\"\ntrain lr=ra", ["rate"], []),
    ("model small { layer dense 4 }\nuse ", ["small"], ["dense"]),
    ("model small { la", ["layer"], []),
    ("for x in r", ["range("], ["train"]),
    ("for x ", ["in"], ["train"]),
    ("if a", ["abs(", "all("], ["assert"]),
    ("[x^2 for x in ra", ["range("], []),
    ("help ", ["train", "layer", "for", "sqrt", "iris"], ["epochs="]),
    ("help layer ", ["dense", "name"], ["train"]),
    ("data.", ["rows", "classes", "train"], ["loss"]),
    ("print 1 + ", ["none"], ["train", "sqrt("]),
    ("sweep lr=[0.1, 0.01] { tr", ["train"], []),
    ("let x = 1; tr", ["train"], []),
    // What a closed block introduced is gone, what an open one did is there.
    ("for item in [1] { let inside = 1 }\nprint ", ["model"], ["item", "inside", "sqrt("]),
    ("for item in [1] { let inside = 1; print ", ["item", "inside"], []),
    ("for item in [1] {\n  let inside = 1\n  print ", ["item", "inside"], []),
    ("def area(width, height) = width * height\nprint ", ["area"], ["width", "height"]),
    ("def area(width, height=2) = wid", ["width"], []),
    ("def area(width) {\n  let twice = 2\n  return tw", ["twice"], []),
    ("def area(width) {\n  let twice = 2\n}\nprint ", ["area"], ["width", "twice"]),
    ("if true { let inside = 1 }\nlet outside = 2\nprint ", ["outside"], ["inside"]),
    ("let list = [item for item in [1]]\nprint ", ["list"], ["item"]),
    ("let list = [it + 1 for it in [1]]; let r = {a: 1}; print ", ["list", "r"], ["it"]),
    ("if true { model small { layer dense 4 } }\nuse ", ["small"], []),
    ("tr|\nlayer dense 4", ["train"], ["let"]),
    ("train epochs=3 ba| lr=0.1", ["batch="], ["by="]),
  ]

  @Test(arguments: places) func offersWhatMayStandThere(
    _ text: String, _ expected: [String], _ refused: [String]
  ) {
    let offered = offers(text)
    for word in expected { #expect(offered.contains(word), "\(text): \(word)") }
    for word in refused { #expect(!offered.contains(word), "\(text): \(word)") }
    #expect(Set(offered).count == offered.count)
  }

  @Test(
    arguments: [
      "let ", "def ", "# tr", "train # ep", "print 12", "print \"tr", "param ", "break ",
      "train epochs=10",
    ]) func offersNothing(_ text: String)
  {
    #expect(offers(text).isEmpty)
  }

  @Test func offersTheSessionsNamesAndTheirFields() throws {
    let session = Words.session()
    try session.run(
      """
      data iris
      layer dense 5 relu
      model small { layer dense 3 tanh name=hidden; layer dense 3 }
      train epochs=1 quiet
      let result = {loss: 0.25, inner: {depth: 2}}
      let grid = tensor([[1, 2], [3, 4]])
      def twice(x, times=2) = x * times
      """)
    #expect(offers("print resu", in: session) == ["result"])
    #expect(offers("result.", in: session) == ["loss", "inner"])
    #expect(offers("result.inner.d", in: session) == ["depth"])
    #expect(offers("print grid.", in: session) == ["shape", "T"])
    #expect(offers("print tw", in: session) == ["twice"])
    #expect(offers("print twice(1, t", in: session).first == "times=")
    #expect(offers("use ", in: session) == ["small"])
    #expect(offers("print model.hid", in: session) == ["hidden"])
    #expect(offers("model.hidden.w", in: session) == ["weights"])
    #expect(offers("data iris drop=pe", in: session) == ["petal_length", "petal_width"])
    #expect(offers("show weights hi", in: session) == ["hidden"])
    let item = session.complete("print result").items.first
    #expect(item?.summary == "{loss: 0.25, inner: {depth: 2}}")
  }

  @Test func offersFilesInTextsThatNameOne() {
    let session = Words.session(host: ScratchHost(["iris.csv": "a,b\n1,2\n", "notes.txt": ""]))
    #expect(offers("data \"ir", in: session) == ["iris.csv"])
    #expect(offers("data 'ir", in: session) == ["iris.csv"])
    #expect(offers("load \"", in: session).contains("notes.txt"))
    #expect(offers("include \"no", in: session) == ["notes.txt"])
    #expect(offers("data iris test=\"ir", in: session) == ["iris.csv"])
    #expect(offers("print \"ir", in: session).isEmpty)
    #expect(offers("data \"iris.csv\" target=", in: session).prefix(2) == ["a", "b"])
  }

  @Test func replacesTheWordAtTheCursor() {
    let text = "π = 1\ntrain ep"
    let completions = Words.session().complete(text)
    let bytes = Array(text.utf8)
    #expect(String(decoding: bytes[completions.range], as: UTF8.self) == "ep")
    #expect(completions.items.map(\.text) == ["epochs="])
  }

  @Test func tellsAboutEachOffer() {
    let items = Words.session().complete("train ").items
    #expect(items.first { $0.text == "batch=" }?.summary.contains("Default: 32") == true)
    let kinds = Words.session().complete("layer ").items
    #expect(kinds.first?.kind == .word)
    #expect(kinds.allSatisfy { !$0.summary.isEmpty })
  }

  /// Any cursor in any text gets an answer, and what is offered fits the word at the cursor.
  @Test func neverFailsWhereverTheCursorStands() {
    let session = Words.session()
    for (text, _, _) in Self.places {
      for cursor in 0...text.utf8.count + 1 {
        let completions = session.complete(text, at: cursor)
        #expect(completions.range.upperBound <= text.utf8.count)
        #expect(completions.range.lowerBound <= min(cursor, text.utf8.count))
        #expect(completions.items.allSatisfy { !$0.text.isEmpty })
      }
    }
  }

  @Test func theColumnsOfARecordToPredictAreOffered() throws {
    let session = Words.session()
    try session.run("data iris test=20%\nlayer dense 4 relu\ntrain epochs=1 quiet")
    #expect(session.complete("predict {").items.first?.text == "sepal_length:")
    #expect(
      session.complete("predict {sepal_length: 5, pe").items.map(\.text)
        == ["petal_length:", "petal_width:"])
  }

  @Test func whatIsExpectedIsSaid() {
    #expect(Words.session().complete("optimizer adam lr=").expected == "a number above 0")
    #expect(Words.session().complete("plot va").items.contains { $0.text == "val_loss" })
  }
}
