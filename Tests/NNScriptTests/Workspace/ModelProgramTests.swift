import NNEngine
import Testing

@testable import NNScript

/// The one program from a row's cells to the loss gives what `predict` and `evaluate` give, by
/// models that have learnt from a table and by those that were saved and loaded.
@Suite struct ModelProgramTests {
  /// Numbers and truths with gaps, dates, a category with gaps; `kind` and `price` can be targets.
  private static let rows: [[String]] = (0..<40).map { row in
    let color = row % 7 == 3 ? "" : ["red", "green", "blue"][row * 5 % 3]
    let size = row % 6 == 2 ? "" : "\(Double(row * 37 % 50) / 4 - 2)"
    let isNew = row % 9 == 4 ? "" : row * 3 % 4 < 2 ? "yes" : "no"
    let month = 1 + row * 7 % 12
    let day = 1 + row * 11 % 28
    let date = "\(2019 + row % 4)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    let kind = ["oak", "elm", "ash"][(row * 5 % 3 + row / 20) % 3]
    return [
      color, size, isNew, date, kind, row * 37 % 50 > 24 ? "high" : "low",
      "\(200 + row * row % 83).5",
    ]
  }
  private static let names = ["color", "size", "new", "day", "kind", "level", "price"]

  private static func table(_ target: String) -> String {
    let places = names.indices.filter { $0 < 4 || names[$0] == target }
    let lines = [names] + rows
    return lines.map { line in places.map { line[$0] }.joined(separator: ",") }
      .joined(separator: "\n") + "\n"
  }

  /// A target with what is typed behind the data.
  private static let models = [
    ("kind", "layer dense 6 tanh\nloss crossentropy"),
    ("kind", "layer dense 6 relu\nlayer dense 3 sigmoid\nloss mse"),
    ("kind", "layer dense 5 gelu\nloss hinge"),
    ("kind", "layer dense 5\nlayer batchnorm\nlayer dense 3 softmax\nloss kl smoothing=0.1"),
    ("level", "layer dense 5 tanh\nlayer dense 1 sigmoid\nloss binary_crossentropy"),
    ("level", "layer dense 5 tanh\nlayer dense 1\nloss hinge"),
    (
      "level",
      "def own(y, p) = mean(-y * log(p) - (1 - y) * log(1 - p))\nlayer dense 1 sigmoid\nloss own"
    ),
    ("price", "def small(w) = 0.01 * w^2\nlayer dense 6 elu\nloss mse regularize=small"),
    ("price", "layer dense 6 silu\nloss huber delta=20"),
    ("price", "layer dense 6 tanh\nloss poisson"),
    (
      "price",
      "def wave(x) = x * sigmoid(2 * x)\ndef far(y, p) = mean(abs(y - p))\nlayer dense 6 wave\nloss far"
    ),
  ]

  @Test(arguments: models, [false, true])
  func theProgramGivesWhatTheCommandsGive(_ model: (String, String), isLoaded: Bool) throws {
    let (target, lines) = model
    let host = ScratchHost(["trees.csv": Self.table(target)])
    let session = Session(host: host)
    try session.run("data \"trees.csv\" target=\(target)\n\(lines)\ntrain epochs=3 quiet")
    if isLoaded {
      try session.run("save \"trees.safetensors\"\nreset\nload \"trees.safetensors\"")
    }
    try session.run("let answers = predict \"trees.csv\"\nlet seen = evaluate on=\"trees.csv\"")
    let learnt = session.workspace.model
    let (network, schema) = (try #require(learnt.network), try #require(learnt.preprocessing))
    #expect(schema.columns.map(\.name) == ["color", "size", "new", "day"])
    let loss = try #require(learnt.blueprint.loss)
    let way = ModelProgram(
      network, schema, given: .cells,
      task: ModelProgram.Task(
        loss, try #require(try session.formula(of: loss)), Learning(),
        hasClasses: !schema.classNames.isEmpty))
    let aim = try #require(way.aim)
    let reference = NetworkReference(way, of: network, maxRows: Self.rows.count, learns: false)
    for (place, (column, cell)) in zip(schema.columns, way.cells).enumerated() {
      reference.put(try Self.rows.map { try column.code(of: Self.cell($0[place])) }, in: cell)
    }
    let wanted = Self.names.firstIndex(of: target) ?? 0
    reference.put(
      Self.rows.map { row in
        schema.classNames.firstIndex(of: row[wanted]).map(Double.init) ?? Double(row[wanted])
          ?? .nan
      }, in: aim.target)
    reference.run(rows: Self.rows.count)
    let answers = try #require(session["answers"]?.listItems).flatMap { answer in
      let fields = answer.recordFields ?? []
      let named = fields.first { ["probabilities", "scores", "value"].contains($0.name) }?.value
      return named?.recordFields?.compactMap(\.value.numberValue) ?? [named?.numberValue ?? .nan]
    }
    expectNear(answers, reference.values(way.answer), "answers")
    let seen = session["seen"]?.recordFields?.first { $0.name == "loss" }?.value.numberValue
    let losses = reference.values(aim.loss)
    expectNear(
      [try #require(seen)], [losses.reduce(0, +) / Double(losses.count)], "loss")
  }

  private static func cell(_ text: String) -> TableCell {
    text.isEmpty ? .missing : Double(text).map(TableCell.number) ?? .text(text)
  }

  /// 32 bits beside 64, a few layers deep.
  private func expectNear(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    for (place, (x, y)) in zip(found, expected).enumerated()
    where !(abs(x - y) <= 2e-5 + 2e-5 * abs(y)) {
      #expect(x == y, "\(what), number \(place)")
    }
  }
}
