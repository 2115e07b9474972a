import NNEngine
import Testing

@testable import NNScript

/// What a table says does not depend on how it is written down: other names of classes, another
/// order of columns or rows, another unit or another spelling of the same numbers give the same
/// answers.
@Suite struct InvarianceTests {
  /// A table in memory, by columns.
  private struct Table {
    var names = ["length", "width", "mass"]
    var rows: [[String]] = []
    var labels: [String] = []
    var target = "kind"

    init() {
      var chance = Chance(7)
      for row in 0..<60 {
        let kind = row % 3
        rows.append(
          (0..<3).map { column in
            "\((chance.normal() * 3 + Double(kind * (column + 1)) * 5).rounded() / 8 + 20)"
          })
        labels.append(["ash", "birch", "cedar"][kind])
      }
    }

    var text: String {
      ([names + [target]] + zip(rows, labels).map { $0 + [$1] })
        .map { $0.joined(separator: ",") + "\n" }.joined()
    }

    func reordered(_ columns: [Int]) -> Table {
      var table = self
      table.names = columns.map { names[$0] }
      table.rows = rows.map { row in columns.map { row[$0] } }
      return table
    }

    func mapped(_ column: Int, _ change: (String) -> String) -> Table {
      var table = self
      for row in rows.indices { table.rows[row][column] = change(rows[row][column]) }
      return table
    }
  }

  /// A network whose weights start alike whatever the order of its inputs, taught by whole sets:
  /// nothing but the numbers of the table decides.
  private static let lines = """
    layer dense 3 softmax init=zeros
    optimizer gd lr=0.3
    train epochs=40 quiet
    let answers = [predict({length: 20, width: 22, mass: 24}), predict({length: 21, width: 21, mass: 20})]
    let measured = evaluate
    """

  /// The probabilities of two rows, and what was measured on the test part.
  private func answers(
    _ table: Table, _ lines: String = lines, options: String = "test=15 shuffle=false"
  ) throws -> (shares: [Double], figures: [Double], classes: [Value]) {
    let session = Words.session(host: ScratchHost(["table.csv": table.text]))
    try session.run("seed 3\ndata \"table.csv\" target=\(table.target) \(options)\n\(lines)")
    let answers = session["answers"]?.listItems ?? []
    func field(_ name: String, _ value: Value?) -> Value? {
      value?.recordFields?.first { $0.name == name }?.value
    }
    let shares = answers.flatMap {
      (field("probabilities", $0)?.recordFields ?? []).compactMap(\.value.numberValue)
    }
    let figures = ["loss", "accuracy"].compactMap {
      field($0, session["measured"])?.numberValue
    }
    #expect(shares.count == 6 && figures.count == 2)
    return (shares, figures, answers.compactMap { field("class", $0) })
  }

  private func expectNear(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-5) {
    #expect(
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }, "\(a) and \(b)")
  }

  @Test func otherNamesOfClasses() throws {
    let plain = try answers(Table())
    var renamed = Table()
    let names = ["ash": "Esche", "birch": "Käfer, der", "cedar": "zeta"]
    renamed.labels = renamed.labels.map { "\"\(names[$0] ?? "")\"" }
    let other = try answers(renamed)
    #expect(plain.shares == other.shares && plain.figures == other.figures)
    #expect(
      other.classes == plain.classes.map { .text(names[$0.textValue ?? ""] ?? "none") })
  }

  @Test(arguments: [[1, 0, 2], [2, 1, 0], [1, 2, 0]]) func otherOrderOfColumns(_ order: [Int])
    throws
  {
    let (plain, other) = (try answers(Table()), try answers(Table().reordered(order)))
    expectNear(plain.shares, other.shares)
    expectNear(plain.figures, other.figures)
    #expect(plain.classes == other.classes)
  }

  @Test func anotherUnit() throws {
    let plain = try answers(Table())
    let metres = Table().mapped(1) { "\((Double($0) ?? .nan) * 1000)" }
    let other = try answers(
      metres,
      Self.lines.replacing("width: 22", with: "width: 22000")
        .replacing("width: 21", with: "width: 21000"))
    expectNear(plain.shares, other.shares, 1e-4)
    expectNear(plain.figures, other.figures, 1e-4)
  }

  @Test func otherOrderOfRows() throws {
    let plain = try answers(Table())
    var table = Table()
    // The last 15 rows are the test part, in either order.
    let order =
      Array((0..<45).reversed()) + [50, 48, 45, 59, 46, 47, 49, 51, 58, 57, 52, 53, 55, 54, 56]
    table.rows = order.map { Table().rows[$0] }
    table.labels = order.map { Table().labels[$0] }
    let other = try answers(table)
    expectNear(plain.shares, other.shares)
    expectNear(plain.figures, other.figures)
  }

  /// The same number in other characters gives the same bits, hidden layers, chance and all.
  @Test func otherSpellingsOfNumbers() throws {
    let lines = """
      layer dense 8 relu
      layer dropout 10%
      layer dense 3
      train epochs=5 quiet
      let answers = [predict({length: 20, width: 22, mass: 24}), predict([2.1e1, 21.0, 20])]
      let measured = evaluate
      """
    let plain = try answers(Table(), lines, options: "test=15")
    for spelling in [
      { "\((Double($0) ?? .nan) / 100)e2" }, { $0 + "000" }, { "+" + $0 },
      { " " + $0 + " " }, { "\"\($0)\"" },
    ] as [(String) -> String] {
      let table = Table().mapped(0, spelling)
      let other = try answers(table, lines, options: "test=15")
      #expect(plain.shares == other.shares && plain.figures == other.figures, "\(table.rows[0])")
    }
  }
}
