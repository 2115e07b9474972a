import Glibc
import Testing

@testable import NNEngine

/// What cells become by operations is what they become while data are read.
struct ColumnProgramTests {
  private func numbers(_ column: InputColumn, _ codes: [Double]) throws -> [Double] {
    var program = Operations()
    let cell = program.input(Operations.Extent(isByRow: true, [1]))
    let made = try #require(column.lower(cell, into: &program))
    #expect(program.shape(made) == [column.width])
    let run = Execution(program, maxRows: codes.count, learns: .nothing)
    for (row, code) in codes.enumerated() { run.value(cell)[row] = code }
    run.forward(rows: codes.count)
    return Array(UnsafeBufferPointer(start: run.value(made), count: codes.count * column.width))
  }

  private func column(_ kind: InputColumn.Kind, fill: Double? = nil, marked: Bool = false)
    -> InputColumn
  {
    InputColumn(name: "column", kind: kind, fill: fill, isMarked: marked)
  }

  private func expectSame(_ column: InputColumn, _ cells: [TableCell]) throws {
    var expected: [Double] = []
    for cell in cells { try column.encode(cell, into: &expected) }
    let found = try numbers(column, cells.map { try column.code(of: $0) })
    // The same sums in another order; cycles are sines of them.
    #expect(Tolerance(absolute: 1e-12, relative: 0).firstDifference(found, expected) == nil)
  }

  @Test func everyKindOfColumn() throws {
    let gaps: [TableCell] = [.number(2.5), .missing, .number(-1e9), .number(0)]
    try expectSame(column(.number, fill: 7.25, marked: true), gaps)
    try expectSame(column(.number, fill: 7.25), gaps)
    try expectSame(column(.number), [.number(3), .number(4)])
    try expectSame(
      column(.truth, fill: 1, marked: true), [.text("yes"), .text("no"), .missing, .number(1)])
    let names = ["blue", "green", "7"]
    let texts: [TableCell] = [
      .text("green"), .text("pink"), .missing, .number(7), .text("blue"),
    ]
    for (other, missing) in [(false, false), (true, false), (false, true), (true, true)] {
      try expectSame(
        column(.category(names, rest: .init(hasOther: other, hasMissing: missing))), texts)
    }
    var filled = column(.category(names, rest: .init()))
    filled.missingCategory = "blue"
    try expectSame(filled, texts)
  }

  /// Each day of two centuries and a half, times of day among them, and a date that is missing.
  @Test func everyDay() throws {
    let dates = column(
      .date(start: 19_000, cycles: InputColumn.Cycle.allCases), fill: 20_000.5, marked: true)
    let days = (-30_000...60_000).map { Double($0) + Double(abs($0) % 24) / 24 }
    let found = try numbers(dates, days + [.nan])
    var expected: [Double] = []
    for day in days + [20_000.5] {
      let parts = DateText.parts(day)
      expected.append(day - 19_000)
      for share in [parts.month / 12, parts.weekday / 7, parts.hour / 24] {
        expected += [sin(2 * .pi * share), cos(2 * .pi * share)]
      }
      expected.append(0)
    }
    expected[expected.count - 1] = 1
    #expect(Tolerance(absolute: 1e-9, relative: 0).firstDifference(found, expected) == nil)
  }

  @Test func aColumnWithoutNumbersIsLeftOut() throws {
    var program = Operations()
    let cell = program.input(Operations.Extent(isByRow: true, [1]))
    #expect(column(.category([], rest: .init())).lower(cell, into: &program) == nil)
  }

  @Test func aCellOfAnotherKindIsRefused() {
    #expect(throws: EngineError.invalid("`column` is `tall`, a number is needed")) {
      try column(.number).code(of: .text("tall"))
    }
  }
}
