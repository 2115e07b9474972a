import NNEngine
import Testing

@testable import NNScript

/// Walks every entry of the vocabulary: what it says of itself is true.
@Suite struct VocabularyTests {
  /// A word with lines that are to run.
  struct Example: Sendable, CustomTestStringConvertible {
    var title: String
    var text: String
    var testDescription: String { title }

    init(title: String, text: String) { (self.title, self.text) = (title, text) }
    init(_ title: String, _ text: String) { self.init(title: title, text: text) }
  }

  private static var vocabulary: Vocabulary { .standard }

  static let examples: [Example] = {
    let catalog = vocabulary.catalog
    var all: [Example] = []
    for command in vocabulary.commands {
      all.append(Example(title: command.name, text: command.example))
      for member in command.members ?? [] {
        all.append(Example(title: "\(command.name) \(member.name)", text: member.example))
      }
    }
    all += catalog.activations.map { Example(title: $0.name, text: $0.example) }
    all += catalog.initializers.map { Example(title: $0.name, text: $0.example) }
    all += catalog.metrics.map { Example(title: $0.name, text: $0.example) }
    all += catalog.schedules.map { Example(title: $0.name, text: $0.example) }
    all += vocabulary.constants.map { Example(title: $0.name, text: $0.example) }
    all += SyntaxForm.all.map { Example(title: $0.word, text: $0.example) }
    return all
  }()

  /// What examples read: a script, a table, and two small pictures with their labels.
  static let files: [String: [UInt8]] = [
    "blocks.nn": Array("def block(n) { layer dense n relu }\n".utf8),
    "flowers.csv": Array(
      ("sepal_length,sepal_width,petal_length,petal_width,species\n"
        + "5.1,3.5,1.4,0.2,setosa\n6.4,3.2,4.5,1.5,versicolor\n").utf8),
    "iris.csv": Array("a,b,kind\n1,2,x\n2,1,y\n3,4,x\n4,3,y\n5,6,x\n".utf8),
    "all.csv": Array("a,b,kind\n1,2,x\n2,1,y\n3,4,x\n4,3,y\n5,6,x\n".utf8),
    "broken.csv": Array("a,b,kind\n1,2,x\n2,y\n3,4,x\n4,,y\n".utf8),
    "pictures.idx3": [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 9, 9, 0, 9, 0, 0, 9],
    "labels.idx1": [0, 0, 8, 1, 0, 0, 0, 2, 1, 0],
    "arrays.npz": archive,
    "pets.csv": Array("file,kind\npets/cat/1.pgm,cat\npets/dog/1.pgm,dog\n".utf8),
    "pets/cat/1.pgm": Array("P2 2 2 255 0 255 255 0".utf8),
    "pets/cat/2.pgm": Array("P2 2 2 255 9 255 255 9".utf8),
    "pets/dog/1.pgm": Array("P2 2 2 255 255 0 0 255".utf8),
    "pets/dog/2.pgm": Array("P2 2 2 255 255 9 9 255".utf8),
    "shop.db": (try? DiskFiles().read("\(Repository.folder)/Tests/Scripts/files/shop.db")) ?? [],
  ]

  private static let archive = try! NumPyWriter.archive([
    (name: "x", content: NumPyWriter.array(.numbers([1, 2, 3, 4]), shape: [2, 2])),
    (name: "y", content: NumPyWriter.array(.numbers([0, 1]), shape: [2])),
  ])

  /// Runs an example where it is meant to be typed: behind a `data` and a `layer`.
  static func run(_ example: Example) {
    #expect(!example.text.isEmpty)
    weak var ended: Session?
    do {
      let session = Words.session(host: ScratchHost(bytes: files))
      #expect(throws: Never.self) {
        try session.run(CommandEntry.examplePreamble + example.text)
      }
      ended = session
    }
    #expect(ended == nil, "what a session holds must not hold it")
  }

  @Test(arguments: examples) func exampleRuns(_ example: Example) { Self.run(example) }

  /// What a word makes has to be usable, not only known: a step of training with each of them.
  @Test(arguments: examples.filter { $0.text.hasPrefix("layer") || $0.text.hasPrefix("optimizer") })
  func exampleTrains(_ example: Example) {
    #expect(throws: Never.self) {
      try Words.session().run("data iris\n\(example.text)\nlayer dense 3\ntrain epochs=1 quiet")
    }
  }

  @Test(arguments: vocabulary.functions.map(\.name)) func functionExampleRuns(_ name: String) throws
  {
    let function = try #require(Self.vocabulary.function(name))
    let host = ScratchHost()
    #expect(throws: Never.self) { try Words.session(host: host).run(function.example) }
    #expect(!host.lines.isEmpty, "the example shows nothing")
    #expect(function.example.contains(name))
  }

  // MARK: Bounds

  /// A parameter with bounds, in a line that binds but for it.
  struct Bound: Sendable, CustomTestStringConvertible {
    var command: String
    /// Other values the line needs.
    var before: [String]
    var parameter: ParameterInfo
    var testDescription: String { "\(command) \(parameter.name)=" }
  }

  static let bounds: [Bound] = commandBounds + wordBounds

  /// Options that words bring along.
  private static let wordBounds = vocabulary.catalog.activations.flatMap { spec in
    spec.parameters.filter { $0.kind.bounds != nil }.map {
      Bound(command: "layer activation \(spec.name)", before: [], parameter: $0)
    }
  }

  private static let commandBounds: [Bound] = vocabulary.commands.flatMap { command -> [Bound] in
    let forms =
      command.members.map { $0.map { ("\(command.name) \($0.name)", $0.parameters) } }
      ?? [(command.name, command.parameters)]
    return forms.flatMap { title, parameters in
      parameters.filter { $0.kind.bounds != nil }.map { parameter in
        Bound(
          command: title,
          before: parameters.filter { $0.isRequired && $0.name != parameter.name }
            .map { "\($0.name)=\($0.kind.sample)" },
          parameter: parameter)
      }
    }
  }

  /// Binds one value to a parameter of a command, as the checker and the session do.
  private func bind(_ bound: Bound, _ value: Double) throws {
    let words = bound.command.split(separator: " ").map(String.init)
    let command = try #require(Self.vocabulary.command(words[0]))
    let parameters =
      words.count > 2
      ? [bound.parameter]
      : words.count > 1 ? command.member(words[1])?.parameters : command.parameters
    let range = SourceRange(source: 0, start: 0, end: 1)
    var info = bound.parameter
    info.isPositional = true
    _ = try Binder(
      title: bound.command, wordRange: range, parameters: [info],
      words: KnownWords(vocabulary: Self.vocabulary, models: [])
    ).bind([
      Offer(name: Name(info.name, range), content: .value(.number(value)), range: range)
    ])
    #expect(parameters?.contains { $0.name == info.name } == true)
  }

  @Test(arguments: bounds) func boundsAreTaken(_ bound: Bound) throws {
    let (least, greatest, isOpen) = try #require(bound.parameter.kind.bounds)
    if isOpen {
      #expect(throws: Diagnostic.self) { try bind(bound, least) }
      try bind(bound, least + (greatest - least) * 1e-6)
    } else {
      try bind(bound, least)
    }
    try bind(bound, greatest)
  }

  @Test(arguments: bounds) func oneBeyondIsRefused(_ bound: Bound) throws {
    let (least, greatest, _) = try #require(bound.parameter.kind.bounds)
    for value in [least - max(1, least.magnitude), greatest + max(1, greatest.magnitude)] {
      let refusal = #expect(throws: Diagnostic.self) { try bind(bound, value) }
      #expect(refusal?.code == .outOfRange || refusal?.code == .wrongType)
      #expect(refusal?.message.contains("`\(bound.parameter.name)`") == true)
    }
  }

  /// The same through a script: the checker knows before anything runs.
  @Test(arguments: bounds) func theCheckerRefusesWhatIsBelow(_ bound: Bound) throws {
    let (least, _, _) = try #require(bound.parameter.kind.bounds)
    let value = Formatting.text(of: .number(least - 1))
    let line = ([bound.command] + bound.before + ["\(bound.parameter.name)=\(value)"])
      .joined(separator: " ")
    let mistakes = Words.mistakes("data iris\nlayer dense 4\n" + line)
    #expect(mistakes.map(\.code) == [.outOfRange], "\(line): \(mistakes.map(\.message))")
  }

  // MARK: Slips

  /// The word with two neighbours changed, which is one slip; `nil` for a word too short for it.
  private static func slip(of word: String, among others: [String]) -> String? {
    var letters = Array(word)
    guard letters.count > 2 else { return nil }
    for index in stride(from: letters.count - 2, through: 0, by: -1)
    where letters[index] != letters[index + 1] {
      letters.swapAt(index, index + 1)
      let slip = String(letters)
      if !others.contains(slip) { return slip }
      letters.swapAt(index, index + 1)
    }
    return nil
  }

  /// The word is suggested, or one that is as near to the slip.
  private func expect(_ word: String, suggestedFor slip: String, in line: String) {
    let mistakes = Words.mistakes("data iris\nmodel small { layer dense 4 }\n" + line)
    let suggested = mistakes.flatMap(\.help).compactMap { help in
      help.hasPrefix("did you mean `") ? String(help.dropFirst(14).prefix { $0 != "`" }) : nil
    }
    func distance(_ other: String) -> Int { Suggestion.distance(Array(other), Array(slip)) }
    #expect(
      suggested.contains { distance($0) <= distance(word) },
      "\(line): \(mistakes.map(\.message)) \(mistakes.flatMap(\.help))")
  }

  @Test(arguments: vocabulary.commands.map(\.name)) func aMisspeltCommandIsSuggested(
    _ name: String
  ) throws {
    let slip = try #require(Self.slip(of: name, among: Self.vocabulary.commands.map(\.name)))
    expect(name, suggestedFor: slip, in: "\(slip) 1")
  }

  @Test(arguments: vocabulary.commands.filter { $0.members != nil }.map(\.name))
  func aMisspeltMemberIsSuggested(_ name: String) throws {
    let command = try #require(Self.vocabulary.command(name))
    let members = (command.members ?? []).map(\.name)
    var tried = 0
    for member in members {
      guard let slip = Self.slip(of: member, among: members) else { continue }
      expect(member, suggestedFor: slip, in: "\(name) \(slip)")
      tried += 1
    }
    #expect(tried > members.count / 2)
  }

  /// Commands whose options are their own, and not those of what stands in their block.
  private static let withOptions = vocabulary.commands.filter {
    $0.role == .ordinary && $0.blocks?.definesOptions != true
      && !($0.parameters.isEmpty && ($0.members ?? []).allSatisfy(\.parameters.isEmpty))
  }.map(\.name)

  @Test(arguments: withOptions) func aMisspeltOptionIsSuggested(_ name: String) throws {
    let command = try #require(Self.vocabulary.command(name))
    let forms =
      command.members.map { $0.map { ("\(name) \($0.name)", $0.parameters) } }
      ?? [(name, command.parameters)]
    for (title, parameters) in forms {
      let names = parameters.map(\.name)
      for parameter in parameters {
        guard let slip = Self.slip(of: parameter.name, among: names) else { continue }
        let needed = parameters.filter(\.isRequired).map { "\($0.name)=\($0.kind.sample)" }
        expect(
          parameter.name, suggestedFor: slip,
          in: ([title] + needed + ["\(slip)=1"]).joined(separator: " "))
      }
    }
  }

  @Test func aMisspeltFunctionIsSuggested() {
    let names = Self.vocabulary.functions.map(\.name)
    var tried = 0
    for name in names {
      guard let slip = Self.slip(of: name, among: names + ["model", "data"]) else { continue }
      expect(name, suggestedFor: slip, in: "print \(slip)(1)")
      tried += 1
    }
    #expect(tried > names.count / 2)
  }

  @Test func noWordStandsTwiceInItsList() {
    let catalog = Self.vocabulary.catalog
    let lists = [
      Self.vocabulary.commands.map(\.name), Self.vocabulary.functions.map(\.name),
      catalog.layers.map(\.name), catalog.activations.map(\.name), catalog.losses.map(\.name),
      catalog.optimizers.map(\.name), catalog.metrics.map(\.name), catalog.sets.map(\.name),
    ]
    for list in lists { #expect(Set(list).count == list.count, "\(list)") }
  }

  @Test(arguments: DiagnosticCode.allCases) func everyCodeIsExplained(_ code: DiagnosticCode) throws
  {
    let text = try Words.session().help(code.rawValue).get()
    #expect(text.split(separator: "\n").count >= 4)
  }

  /// The lines of a page behind `wrong:` or `right:`.
  private static func lines(of code: DiagnosticCode, behind head: Substring) -> String {
    let lines = code.explanation.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: head) else { return "" }
    return lines[(start + 1)...].prefix { $0.hasPrefix("    ") }
      .map { String($0.dropFirst(4)) }.joined(separator: "\n")
  }

  /// Needs a command line, a Ctrl-C, or a page of brackets.
  private static let otherwise: Set<DiagnosticCode> = [.unknownParameter, .interrupted, .tooDeep]

  /// The lines that are wrong give the code and those that are right do not, alone or behind what
  /// a script would begin with.
  @Test(arguments: DiagnosticCode.allCases.filter { !otherwise.contains($0) })
  func theExamplesOfACodeRun(_ code: DiagnosticCode) {
    let beginnings = ["", CommandEntry.examplePreamble, "let x = 3\nlet y = 2\nlet ready = true\n"]
    var told: [String] = []
    let isFound = beginnings.contains { beginning in
      let found = ["wrong:", "right:"].map { head -> (codes: [DiagnosticCode], hasError: Bool) in
        let host = ScratchHost(bytes: Self.files)
        let session = Words.session(host: host)
        _ = try? session.run("data iris\nlayer dense 3\nsave \"iris.safetensors\"\nmodel")
        session.workspace = Workspace()
        let text = beginning + Self.lines(of: code, behind: head[...])
        _ = try? session.run(text, from: .init(name: "example.nn", isWhole: true))
        told += host.diagnostics.map { "\(head) \($0.message)" }
        return (host.diagnostics.map(\.code), host.hasError)
      }
      return found[0].codes.contains(code) && !found[1].codes.contains(code) && !found[1].hasError
    }
    #expect(isFound, "\(told)")
  }
}

extension ParameterKind {
  /// The least and the greatest number taken, and whether the least itself is refused.
  fileprivate var bounds: (least: Double, greatest: Double, isOpen: Bool)? {
    switch self {
    case .integer(let range): (Double(range.lowerBound), Double(range.upperBound), false)
    case .number(let range, let openBelow): (range.lowerBound, range.upperBound, openBelow)
    default: nil
    }
  }

  /// Something the kind takes, as one would type it.
  fileprivate var sample: String {
    switch self {
    case .integer(let range): String(range.lowerBound)
    case .number(let range, _): Formatting.text(of: .number(range.upperBound))
    case .choice(let words): words[0]
    case .size: "28x28x1"
    case .tensor, .numbers: "[1, 2]"
    case .text, .outputPath: "\"text\""
    case .inputPath: "\"\(Repository.folder)/scripts/models/data/iris.csv\""
    case .either(let kinds): kinds.contains(.word(family: "set")) ? "iris" : kinds[0].sample
    case .condition: "true"
    case .table: "[{a: 1}]"
    case .words(family: "metric"): "accuracy"
    case .word(family: "model"): "small"
    default: "1"
    }
  }
}
