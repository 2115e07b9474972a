import Testing

@testable import NNScript

/// Help has something on every word, as a reader at 80 columns wants it.
@Suite struct HelpTests {
  static let topics = Help(.standard).topics

  @Test(arguments: topics) func everyTopicHasAPage(_ topic: String) throws {
    let text = try Words.session().help(topic).get()
    #expect(text.lowercased().contains(topic.lowercased()))
    #expect(text.split(separator: "\n").count >= 2)
  }

  @Test func pagesAreAtMostEightyColumnsWide() throws {
    var pages = [("", try Words.session().help("").get())]
    for topic in Self.topics { pages.append((topic, try Words.session().help(topic).get())) }
    for command in Vocabulary.standard.commands {
      for word in (command.members ?? []).map(\.name) + command.parameters.map(\.name) {
        let topic = "\(command.name) \(word)"
        pages.append((topic, try Words.session().help(topic).get()))
      }
    }
    for (topic, page) in pages {
      for line in page.split(separator: "\n") {
        #expect(line.count <= 80, "help \(topic): \(line)")
        #expect(line.last != " ", "help \(topic): blanks at the end of `\(line)`")
      }
    }
  }

  @Test func aPageTellsUsageMeaningParametersAndExample() throws {
    let page = try Words.session().help("layer dense").get()
    #expect(page.hasPrefix("layer dense UNITS [ACTIVATION] [name=…]"))
    #expect(page.contains("  UNITS       The number of outputs."))
    #expect(page.contains("Expects a whole number from 1 to"))
    #expect(page.contains("options of every layer:"))
    #expect(page.hasSuffix("example:\n  layer dense 64 relu"))
  }

  @Test func whatIsTypedStaysInOnePiece() {
    let text = Paragraphs.wrapped(
      "Some words that fill the line nearly to its end, and then `lr=0.1 * 0.95^epoch` follows")
    #expect(text.split(separator: "\n").contains { $0.contains("`lr=0.1 * 0.95^epoch`") })
  }

  @Test(arguments: [
    ("trian", "train"), ("layer dens", "dense"), ("train epoch", "epochs"), ("sqr", "sqrt"),
    ("unknown-nam", "unknown-name"), ("iriss", "iris"), ("whlie", "while"),
  ]) func aMisspeltTopicIsSuggested(_ topic: String, _ meant: String) throws {
    guard case .failure(let error) = Words.session().help(topic) else {
      Issue.record("there is help on \(topic)")
      return
    }
    #expect(error.diagnostics.first?.code == .unknownTopic)
    #expect(error.diagnostics.first?.help == ["did you mean `\(meant)`?"])
  }

  @Test func theScriptsHelpIsTheSame() throws {
    let host = ScratchHost()
    let session = Words.session(host: host)
    try session.run("help layer dense\nhelp for\nhelp")
    #expect(
      host.lines == [
        try session.help("layer dense").get(), try session.help("for").get(),
        try session.help("").get(),
      ])
  }

  @Test func everyReservedWordHasItsForm() {
    let words = [
      "let", "if", "then", "else", "for", "in", "while", "def", "return", "break", "continue",
      "and", "or", "not", "true", "false", "none",
    ]
    #expect(Set(SyntaxForm.all.map(\.word)) == Set(words))
    for word in words {
      let tokens = Lexer.tokens(of: SourceText(name: "", text: word)).tokens
      #expect(tokens.first?.kind.isReserved == true)
    }
  }

  // MARK: Examples of options

  @Test func everyOptionHasAnExampleThatGivesIt() {
    let examples = Help(.standard).optionExamples
    #expect(examples.count > 100)
    for example in examples {
      #expect(example.isGiven, "help \(example.topic): \(example.example)")
    }
  }

  @Test(
    arguments: Help(.standard).optionExamples.map { VocabularyTests.Example($0.topic, $0.example) })
  func theExampleOfAnOptionRuns(_ example: VocabularyTests.Example) throws {
    let page = try Words.session().help(example.title).get()
    let lines = example.text.split(separator: "\n").map { "  \($0)" }
    #expect(page.contains("example:\n" + lines.joined(separator: "\n")))
    VocabularyTests.run(example)
  }

  /// A line that gives an option is told from one that does not.
  @Test func whatAnExampleGivesIsSeen() throws {
    let train = try #require(Vocabulary.standard.command("train"))
    let maker = OptionExample(
      title: "train", parameters: train.parameters, entryExample: "train 3 lr=0.1",
      vocabulary: .standard)
    let given = train.parameters.filter { maker.gives($0, in: "train 3 lr=0.1 quiet\nprint 2") }
    #expect(given.map(\.name) == ["epochs", "lr", "quiet"])
    let batch = try #require(train.parameters.first { $0.name == "batch" })
    #expect(!maker.gives(batch, in: "print batch=3\ntrain 3"))
  }

  @Test(arguments: [
    ("missing values", "help data missing"), ("csv", "CSV"), ("own loss", "help loss"),
    ("skip connection", "help residual"), ("cross-validation", "help evaluate folds"),
  ]) func anyWordsCanBeSearchedFor(_ words: String, _ topic: String) throws {
    #expect(try Words.session().help(words).get().contains(topic))
  }

  @Test(arguments: ["help unknown-name", "explain unknown-name"])
  func codesAreExplainedInScripts(_ line: String) throws {
    let host = ScratchHost()
    try Words.session(host: host).run(line)
    #expect(host.lines == [try Words.session().help("unknown-name").get()])
  }

  /// The lines of a page, as they are indented.
  private static func scripts(of page: String) -> [String] {
    page.split(separator: "\n\n").map(String.init).filter { $0.hasPrefix("  ") }.map { block in
      block.split(separator: "\n").map { $0.dropFirst(2) }.joined(separator: "\n")
    }
  }

  @Test func theTutorialAndTheExamplesRun() throws {
    let pages = HelpPages.all.map(\.text)
    let tutorial = Self.scripts(of: pages[0])
    try Words.session().run(tutorial.joined(separator: "\n"))
    for script in Self.scripts(of: pages[1]) {
      #expect(Words.mistakes(script).isEmpty, "\(script)")
    }
  }

  @Test(arguments: [
    ("loss", "loss halved"), ("optimizer", "optimizer plain"), ("layer dense", "16 wave"),
  ])
  func pagesShowThatADefServes(_ topic: String, _ line: String) throws {
    #expect(try Words.session().help(topic).get().contains(line))
  }

  @Test(arguments: [
    ("optimizer adam b1", "optimizer adam b1="), ("adam b1", "optimizer adam b1="),
    ("optimizer b1", "optimizer adam b1="), ("layer dense name", "layer name="),
    ("leaky_relu slope", "leaky_relu slope="), ("slope", "leaky_relu slope="),
    ("layer dense units", "layer dense units="),
  ]) func anOptionIsFoundUnderItsOwner(_ topic: String, _ title: String) throws {
    #expect(try Words.session().help(topic).get().hasPrefix(title))
  }

  @Test func anOptionOfManyNamesTheOthers() throws {
    #expect(try Words.session().help("batch").get().contains("more: `help lrfind batch`"))
    // A live value may be an option too.
    #expect(try Words.session().help("lr").get().contains("`help train lr`"))
  }
}
