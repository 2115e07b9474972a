// A host's own words, made with what the libraries offer to everyone: no `@testable` here.

import NNEngine
import NNScript
import Testing

/// Adds the same number to everything: what it computes is all it takes to be a layer.
private struct Shift: Layer {
  let kind = "addend"
  var by: Double

  func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

  func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    operations.formula(inputs[0]) { $0 + Formula.Part(by) }
  }
}

/// y = x / 2, so that it is seen whether it ran.
private struct Halving: Activation {
  let name = "halving"
  var formula: Formula { Formula { $0 / 2 } }

  func forward(_ rows: ActivationRows) {
    for row in 0..<rows.count {
      for column in 0..<rows.width {
        let index = row * rows.width + column
        rows.y[index] = (rows.x[index] + (rows.bias?[column] ?? 0)) / 2
      }
    }
  }

  func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<rows.count * rows.width { dx[index] = dy[index] / 2 }
  }
}

private struct AbsoluteError: Loss {
  let name = "absolute_error"
  var weight: Double

  func sum(_ rows: LossRows) -> Double {
    guard let values = rows.values else { return 0 }
    var sum = 0.0
    for index in 0..<rows.count * rows.width {
      let error = rows.outputs[index] - values[index]
      sum += Double(error.magnitude) * weight
      rows.gradient?[index] = (error > 0 ? 1 : -1) * rows.scale * Float(weight)
    }
    return sum
  }
}

private struct SignStep: Optimizer {
  let name = "signstep"
  let slotCount = 0
  var shrink: Double

  func update(_ part: UpdateRange, _ factors: UpdateFactors) {
    for index in 0..<part.count {
      part.w[index] =
        part.w[index] * Float(1 - shrink) - factors.rate * (part.g[index] > 0 ? 1 : -1)
    }
  }
}

private struct Bias: Metric {
  let name = "mean_bias"
  let isForClasses = false
  let better: Better? = nil

  func add(_ rows: MetricRows, to sums: UnsafeMutablePointer<Double>) {
    guard let values = rows.values else { return }
    for index in 0..<rows.count * rows.width {
      sums[0] += Double(rows.outputs[index] - values[index])
    }
  }

  func figure(
    _ sums: UnsafePointer<Double>, count: Int, _ form: AnswerForm
  ) -> MetricFigure {
    MetricFigure(sums[0] / Double(max(1, count * form.width)))
  }
}

extension Catalog {
  /// The standard words and one more in each list.
  fileprivate static var extended: Catalog {
    var catalog = Catalog.standard
    catalog.layers.append(
      Spec(
        "addend", "Adds the same number to every output.",
        .number("by", -5...5, "What to add."), example: "layer addend 0.5"
      ) { Shift(by: $0) })
    catalog.activations.append(
      Spec("halving", "Half of everything.", example: "layer dense 4 halving") { Halving() })
    catalog.losses.append(
      Spec(
        "absolute_error", "The distance from the target.",
        .number("weight", 0...10, openBelow: true, default: 1, option: true, "A factor."),
        example: "loss absolute_error weight=2"
      ) { AbsoluteError(weight: $0) })
    catalog.optimizers.append(
      Spec(
        "signstep", "Moves every weight by the step size, whatever the gradient's length.",
        .number("shrink", 0...0.5, default: 0, option: true, "What weights lose each step."),
        example: "optimizer signstep shrink=0.01"
      ) { SignStep(shrink: $0) })
    catalog.metrics.append(
      Spec("mean_bias", "Whether outputs are too high or too low.", example: "metric mean_bias") {
        Bias()
      })
    catalog.formats.insert(
      DataFormat(
        "PAIRS", extensions: ["pairs"], "Two numbers a line, a blank between them.",
        example: #"data "points.pairs""#,
        recognises: { path, _ in path.hasSuffix(".pairs") },
        outline: { _, _, _, _ in DataOutline(columnNames: ["x", "y"]) },
        read: { request in
          let lines = String(decoding: try request.file.content(), as: UTF8.self)
            .split(separator: "\n")
          let rows = lines.map { $0.split(separator: " ").compactMap { Double(String($0)) } }
          return RawData(
            path: request.file.path, rows: .table(Table(columns: ["x", "y"], rows: rows)))
        }), at: 0)
    return catalog
  }
}

/// A made-up word of every family, each one entry in one list, is known everywhere at once:
/// parser, checker and interpreter are not touched.
@Suite struct OwnWordsTests {
  private let vocabulary = Vocabulary(
    .extended,
    adding: [
      CommandEntry(
        Spec(
          "announce", "Says something a few times.",
          .required("what", .text, "The message to show."),
          .integer("times", 1...9, default: 1, "How often."),
          .choice("voice", ["loud", "quiet"], default: "quiet", option: true, "How to say it."),
          example: "announce \"hello\" times=2 voice=loud"
        ) { what, times, voice in
          { context in
            let said = voice == "loud" ? what.uppercased() : what
            for _ in 1...times { context.print(said) }
            return .record([("times", .number(Double(times)))])
          }
        }, fields: [CommandEntry.Field("times", "how often it was said")])
    ],
    functions: [
      FunctionEntry("thrice", "Three times x.", ["x"], example: "print thrice(2)") { values in
        .number(3 * (values[0]?.numberValue ?? 0))
      }
    ])

  private func session(_ host: ScratchHost = ScratchHost()) -> Session {
    Words.session(vocabulary, host: host)
  }

  /// Word, where it stands, and a slip of it in the same place.
  static let words = [
    ("announce", "announce \"x\"", "anounce \"x\""),
    ("addend", "layer addend 1", "layer addned 1"),
    ("halving", "layer dense 4 halving", "layer dense 4 halvign"),
    ("absolute_error", "loss absolute_error", "loss absolut_error"),
    ("signstep", "optimizer signstep", "optimizer signstp"),
    ("mean_bias", "metric mean_bias", "metric mean_bais"),
    ("thrice", "let y = thrice(1); print y", "let y = thirce(1); print y"),
  ]

  @Test(arguments: words) func isAcceptedAndASlipOfItSuggestsIt(
    _ word: String, _ line: String, _ slip: String
  ) throws {
    #expect(Words.mistakes(line, vocabulary).isEmpty)
    #expect(!Words.mistakes(line).isEmpty, "a session without the word does not know it")
    let mistake = try #require(Words.mistakes(slip, vocabulary).first)
    #expect(mistake.help.contains { $0.contains("`\(word)`") })
  }

  @Test(arguments: words) func hasHelpAndStandsInTheTables(
    _ word: String, _ line: String, _ slip: String
  ) throws {
    let help = try session().help(word).get()
    #expect(help.contains(word) && help.contains("example:"))
    #expect(GrammarTables(vocabulary).all.contains { $0.text.contains("`\(word)") })
    #expect(!GrammarTables().all.contains { $0.text.contains("`\(word)") })
  }

  @Test func isOfferedWhereItMayStand() {
    func offers(_ text: String) -> [String] { session().complete(text).items.map(\.text) }
    #expect(offers("ann") == ["announce"])
    #expect(offers("layer add") == ["addend"])
    #expect(offers("layer dense 4 hal") == ["halving"])
    #expect(offers("loss abs") == ["absolute_error"])
    #expect(offers("loss absolute_error w") == ["weight="])
    #expect(offers("optimizer sig") == ["signstep"])
    #expect(offers("metric mean") == ["mean_bias"])
    #expect(offers("announce \"x\" vo") == ["voice="])
    #expect(offers("announce \"x\" voice=") == ["loud", "quiet"])
    #expect(offers("let a = announce \"x\"\nprint a.") == ["times"])
    #expect(offers("print thri") == ["thrice("])
    #expect(offers("train until=val_mean") == ["val_mean_bias"])
  }

  @Test(arguments: [
    ("announce \"x\" times=10", DiagnosticCode.outOfRange), ("announce 3", .wrongType),
    ("announce", .missingValue), ("announce \"x\" tims=2", .unknownOption),
    ("announce \"x\" voice=shrill", .unknownName), ("layer addend 6", .outOfRange),
    ("layer addend", .missingValue), ("optimizer signstep shrink=0.6", .outOfRange),
    ("loss absolute_error weight=0", .outOfRange), ("print thrice(1, 2)", .wrongCount),
  ]) func bindingRefuses(_ line: String, _ code: DiagnosticCode) {
    #expect(Words.mistakes(line, vocabulary).map(\.code) == [code])
  }

  @Test func runsItsAction() throws {
    let host = ScratchHost()
    try session(host).run("let a = announce \"hello\" times=2 voice=loud\nprint a.times thrice(2)")
    #expect(host.lines == ["HELLO", "HELLO", "2 6"])
  }

  @Test func trainsWithAllOfThem() throws {
    let session = session()
    try session.run(
      """
      data [[0], [1], [2], [3]] target=[1, 3, 5, 7]
      layer addend 1
      layer dense 1 halving
      loss absolute_error weight=2
      optimizer signstep lr=0.01
      metric mean_bias
      let before = evaluate on=train
      train epochs=200 batch=4 quiet
      let after = evaluate on=train
      """)
    let before = try #require(session["before"]?.recordFields)
    let after = try #require(session["after"]?.recordFields)
    #expect(before.map(\.name).contains("mean_bias"))
    let losses = [before, after].map { fields in
      fields.first { $0.name == "loss" }?.value.numberValue ?? .nan
    }
    #expect(losses[1] < losses[0] / 2)
  }

  @Test func readsItsFormat() throws {
    let session = session(ScratchHost(["points.pairs": "1 2\n2 4\n3 6\n"]))
    try session.run("data \"points.pairs\"\nlet rows = data.rows\nlet names = data.columns")
    #expect(session["rows"]?.numberValue == 3)
    #expect(session["names"]?.listItems?.first?.textValue == "x")
    #expect(try session.help("pairs").get().contains("Two numbers a line"))
    #expect(GrammarTables(vocabulary).all.contains { $0.text.contains("`.pairs`") })
  }

  @Test func savesAndLoadsItsModel() throws {
    let session = session()
    try session.run(
      """
      data [[0], [1]] target=[1, 3]
      layer addend 1
      layer dense 1 halving
      loss absolute_error weight=2
      train epochs=3 quiet
      let before = predict [0.5]
      save "own.safetensors"
      model
      load "own.safetensors"
      let after = predict [0.5]
      assert before.value == after.value
      """)
  }
}
