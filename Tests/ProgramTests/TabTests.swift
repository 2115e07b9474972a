import Testing

/// The Tab key, in one session that has seen data, a model and names of its own.
@Suite struct TabTests {
  /// What is typed before Tab, and the line after it; `…` where the menu must hold words instead.
  private static let cases: [(typed: String, line: String)] = [
    // Commands, whatever their case, at each place where a statement may begin
    ("tr", "train"), ("eva", "evaluate"), ("opt", "optimizer"), ("TRA", "train"),
    ("let q = 1; tr", "let q = 1; train"), ("if true { tr", "if true { train"),
    ("let e = eva", "let e = evaluate"),
    // Words of the families
    ("layer den", "layer dense"), ("layer drop", "layer dropout"), ("layer fl", "layer flatten"),
    ("layer dense 4 sigm", "layer dense 4 sigmoid"),
    ("layer dense 4 softm", "layer dense 4 softmax"),
    ("layer DEN", "layer dense"), ("loss cross", "loss crossentropy"), ("loss ms", "loss mse"),
    ("optimizer sg", "optimizer sgd"), ("optimizer adag", "optimizer adagrad"),
    ("metric acc", "metric accuracy"),
    // Options and their values
    ("train ep", "train epochs="), ("train epochs=3 ba", "train epochs=3 batch="),
    ("train epochs=3 qui", "train epochs=3 quiet"), ("train pat", "train patience="),
    ("optimizer sgd mom", "optimizer sgd momentum="),
    ("optimizer sgd nest", "optimizer sgd nesterov"),
    ("layer dense 4 init=glo", "layer dense 4 init=glorot"),
    ("layer dense 4 frozen=wei", "layer dense 4 frozen=weights"),
    ("evaluate on=te", "evaluate on=test"), ("evaluate on=val", "evaluate on=validation"),
    ("train until=(accu", "train until=(accuracy"),
    ("print sum([1, 2], ax", "print sum([1, 2], axis="),
    // Files in quotes
    ("data \"flo", "data \"flowers.csv\""), ("data 'flo", "data 'flowers.csv'"),
    ("load \"mod", "load \"models/"), ("include \"models/he", "include \"models/helper.nn\""),
    // Columns of the data at hand
    ("data iris target=spe", "data iris target=species"),
    ("data iris drop=[petal_w", "data iris drop=[petal_width"),
    // Own names and fields
    ("print my_ra", "print my_rate"), ("my_fu", "my_function"), ("use sma", "use small"),
    ("my_result.ins", "my_result.inside"), ("my_result.inside.dep", "my_result.inside.depth"),
    ("data.cla", "data.classes"),
    ("print evaluate(on=test).accu", "print evaluate(on=test).accuracy"),
    ("help laye", "help layer"), ("print sq", "print sqrt("),
  ]

  private func begin() throws -> Terminal {
    let folder = try TemporaryFolder()
    try folder.write("a,b,kind\n1,2,x\n3,4,y\n", to: "flowers.csv")
    try folder.makeFolder("models")
    try folder.write("print 1\n", to: "models/helper.nn")
    let terminal = try Terminal(home: folder, rows: 40, columns: 100)
    try terminal.wait(forLine: "nns>")
    for line in [
      "data iris test=20%", "let my_rate = 0.1", "let my_result = {inside: {depth: 2}}",
      "def my_function(x) = x", "model small { layer dense 3 }",
    ] {
      terminal.enter(line)
    }
    try terminal.wait(for: "model small { layer dense 3 }\nnns>")
    return terminal
  }

  @Test func fortyPlacesAreKnown() throws {
    #expect(Self.cases.count >= 40)
    let terminal = try begin()
    for (typed, line) in Self.cases {
      terminal.type(typed)
      try terminal.wait(forLine: "nns> " + typed)
      terminal.type("\t")
      do {
        try terminal.wait(forLine: "nns> " + line, within: 5)
      } catch {
        Issue.record("`\(typed)` did not become `\(line)`: \(error)")
      }
      terminal.type("\u{3}")
      try terminal.wait(forLine: "nns>")
    }
  }

  @Test func aSureWordIsFollowedByASpaceAndAnOptionIsNot() throws {
    let terminal = try begin()
    terminal.type("tr")
    try terminal.wait(forLine: "nns> tr")
    terminal.type("\t")
    try terminal.wait(forLine: "nns> train")
    terminal.type("ep")
    try terminal.wait(forLine: "nns> train ep")
    terminal.type("\t")
    try terminal.wait(forLine: "nns> train epochs=")
    terminal.type("2")
    try terminal.wait(forLine: "nns> train epochs=2")
  }

  @Test func severalOffersAreShown() throws {
    let terminal = try begin()
    terminal.type("optimizer ad")
    try terminal.wait(forLine: "nns> optimizer ad")
    terminal.type("\t")
    try terminal.wait(forLine: "nns> optimizer ada")
    terminal.type("\t")
    try terminal.wait(for: "the menu and the line again") {
      $0.cursorLine == "nns> optimizer ada"
        && $0.lines.contains { $0.hasPrefix("adam ") }
        && $0.lines.contains { $0.hasPrefix("adagrad ") }
    }
  }

  @Test func anEmptyLineShowsTheCommands() throws {
    let terminal = try begin()
    terminal.type("\t")
    try terminal.wait(for: "the commands") { screen in
      screen.cursorLine == "nns>"
        && ["train", "layer", "evaluate", "my_rate"].allSatisfy(screen.description.contains)
    }
  }

  @Test func aLineThatGoesOnIsIndented() throws {
    let terminal = try begin()
    terminal.enter("for i in 1..2 {")
    try terminal.wait(forLine: "{..>")
    terminal.type("\tpr")
    // Keys that arrive together count as pasted: then the tab stays one, to the next column of 8.
    try terminal.wait(for: "two spaces or a tab") {
      $0.cursorLine.hasSuffix(">   pr") || $0.cursorLine.hasSuffix(">    pr")
    }
    terminal.type("\u{15}")
    try terminal.wait(forLine: "{..>")
    terminal.type("\t")
    try terminal.wait(for: "two spaces") { $0.cursorColumn == 7 }
    terminal.type("let inner = i; print inn")
    try terminal.wait(for: "inn")
    terminal.type("\t")
    // The block's own names count, from the lines before too.
    try terminal.wait(forLine: "{..>   let inner = i; print inner")
  }
}
