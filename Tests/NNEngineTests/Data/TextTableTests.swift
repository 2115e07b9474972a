import Testing

@testable import NNEngine

/// Text tables as people make them: what stands around the table, in other signs, or torn.
@Suite struct TextTableTests {
  private func table(
    _ text: String, _ change: (inout TextReading) -> Void = { _ in },
    partLength: Int = TextRows.partLength
  ) throws -> (table: Table, remarks: [String]) {
    var options = TextReading()
    change(&options)
    let raw = try SeparatedValuesReader.read(
      Array(text.utf8), .init(path: "t.csv", options: options, partLength: partLength))
    guard case .table(let table) = raw.rows else { throw EngineError.invalid("no table") }
    return (table, raw.remarks)
  }

  /// The cells as they stand, row after row.
  private func cells(_ table: Table) -> [[String]] {
    (0..<table.rowCount).map { row in
      table.columns.indices.map { column in
        let cell = table.cells[row * table.columns.count + column]
        if cell.isNaN { return "" }
        return table.columns[column].texts?[Int(cell)] ?? ClassTable.name(of: cell)
      }
    }
  }

  private static let names = ["a", "b", "c"]
  private static let rows = [["1", "2.5", "x, y"], ["3", "4.5", "z"]]

  @Test(arguments: [
    "a,b,c\n1,2.5,\"x, y\"\n3,4.5,z\n", "a;b;c\n1;2.5;x, y\n3;4.5;z\n",
    "a, b, c\n1, 2.5, \"x, y\"\n3, 4.5, z\n", "a||b||c\n1||2.5||x, y\n3||4.5||z\n",
    "a::b::c\n1::2.5::x, y\n3::4.5::z\n", "a~b~c\n1~2.5~x, y\n3~4.5~z\n",
    "a b c\n1 2.5 \"x, y\"\n3 4.5 z\n", "a  b c\n1\t2.5   \"x, y\"\n3 4.5   \"z\"\n",
    "a,b,c\n1,2.5,'x, y'\n3,4.5,'z'\n", "sep=;\na;b;c\n1;2.5;x, y\n3;4.5;z\n",
    "\n\na;b;c\r\n\r\n1;2.5;x, y\r\n3;4.5;z", "a,b,c,\n1,2.5,\"x, y\",\n3,4.5,z,\n",
    "a,b,c\n1,2.5,\"x, y\",\n3,4.5,z,\n", "a,b,c,\n1,2.5,\"x, y\"\n3,4.5,z\n",
    "a,b,c\n1,2.5,\"x, y\"\n3,4.5,z,\n",
  ])
  func theSameTableIsReadWhateverSeparates(_ text: String) throws {
    let (table, _) = try table(text)
    #expect(table.columns.map(\.name) == Self.names)
    #expect(cells(table) == Self.rows)
  }

  @Test func escapesAreFoundAndMayBeNamed() throws {
    let text = #"a,b,c"# + "\n" + #"1,"say \"so\", then",x"# + "\n" + #"2,"c:\\d",y"# + "\n"
    let found = try cells(table(text).table)
    #expect(found == [["1", #"say "so", then"#, "x"], ["2", #"c:\d"#, "y"]])
    // Below the rows that are looked at.
    let plain = String(repeating: "1,\"two, three\",x\n", count: 9_000)
    let late = try table("a,b,c\n" + plain + #"2,"so \"it, is\"",y"# + "\n")
    #expect(cells(late.table).last == ["2", #"so "it, is""#, "y"])
    #expect(late.remarks.isEmpty)
    let bare = try table("a,b\n1,x\\,y\n2,z\n") { $0.escape = "\\" }
    #expect(cells(bare.table) == [["1", "x,y"], ["2", "z"]])
  }

  @Test func quotesMayBeNamed() throws {
    let single = try table("a,b\n'1','x, y'\n2,'it''s'\n") { $0.quote = "'" }
    #expect(cells(single.table) == [["1", "x, y"], ["2", "it's"]])
    let none = try table("a,b\n1,\"x\n2,y\"\n") { $0.quote = "none" }
    #expect(cells(none.table) == [["1", "\"x"], ["2", "y\""]])
    // An apostrophe is no quote.
    #expect(cells(try table("a,b\n1,'tis\n2,it's\n").table) == [["1", "'tis"], ["2", "it's"]])
    for quote in ["ab", "5", " "] {
      #expect(throws: EngineError.self) { try table("a,b\n1,2\n") { $0.quote = quote } }
    }
  }

  @Test func whatStandsAroundTheTableIsLeftOutAndSaid() throws {
    let above = try table("Sales of 2020, in EUR\nmade on Monday\n\na,b,c,d\n1,2,3,x\n4,5,6,y\n")
    #expect(above.table.columns.map(\.name) == ["a", "b", "c", "d"])
    #expect(above.table.rowCount == 2 && above.table.line(of: 0) == 5)
    #expect(
      above.remarks == [
        "lines 1 to 2 stand above the table and are left out: `Sales of 2020, in EUR`; `skip=0` "
          + "reads them as rows"
      ])
    let below = try table("a,b,c\n1,2,x\n3,4,y\n\nSource: the office\nno warranty\n")
    #expect(below.table.rowCount == 2)
    #expect(
      below.remarks == ["2 lines below the table are left out: `Source: the office`"]
    )
    let title = try table("Sales 2020,,\nname,b,c\nx,2,3\ny,4,5\n")
    #expect(title.table.columns.map(\.name) == ["name", "b", "c"])
    let comments = try table("# made by hand, 2020\n#no more\na,b,c\n1,2,x\n3,4,y\n")
    #expect(comments.table.columns.map(\.name) == Self.names && comments.table.rowCount == 2)
  }

  @Test func linesFilledUpWithSeparatorsAreProseToo() throws {
    let text = "made on Monday,,\nin EUR alone,,\nname,b,c\nx,2,3\ny,4,5\nno warranty,,\n"
    let (table, remarks) = try table(text)
    #expect(cells(table) == [["x", "2", "3"], ["y", "4", "5"]])
    #expect(table.columns[1].texts == nil && remarks.count == 2)
    // The last line of a cell is no line of prose.
    let long = try self.table("a,b\n1,\"one two\nthree four\nfive six\"\n")
    #expect(cells(long.table) == [["1", "one two\nthree four\nfive six"]])
  }

  /// A row that was torn is never taken for prose.
  @Test(arguments: [
    ("a,b,c\n1,2,x\n3,4\n", "row 3 has 2 fields, the header has 3"),
    ("a,b,c\n1,2,x\n34\n", "row 3 has 1 field, the header has 3"),
    ("a,b,c\n1,2,x\n3;4;y\n", "row 3 has 1 field, the header has 3"),
    ("a,b,c\n1,2,x\n3 4 y 5\n4,5,z\n", "row 3 has 1 field, the header has 3"),
    ("a,b,c\n1,2,x\ncut\n", "row 3 has 1 field, the header has 3"),
    ("a;b;c\n1,2,x\n3,4,y\n5,6,z\n", "row 2 has 3 fields, the header has 1"),
    ("a,bc\n1,2,x\n3,4,y\n5,6,z\n", "row 2 has 3 fields, the header has 2"),
    ("a,b,c\n1,\"2, 3\"x\n4,5,z\n", "row 2 has text behind a closing quote"),
    ("a b c\n1,2,x\n3,4,y\n5,6,z\n", "row 2 has 3 fields, the header has 1"),
    ("ab,c\nx1,2,5\nx2,3,6\n", "row 2 has 3 fields, the header has 2"),
    ("a,b,c\n1,2,x\n\nwhat,count\ny,1\n", "row 4 has 2 fields, the header has 3"),
  ])
  func tornRowsAreRefused(_ text: String, _ expected: String) {
    #expect(problem(text) == expected)
  }

  @Test func whereATableBelowOtherRowsBeginsIsSaid() throws {
    let text = "569,30,malignant,benign\n" + String(repeating: "1.5,2,3,4,5,6,7\n", count: 5)
    do {
      _ = try table(text)
      Issue.record("the rows are of another length")
    } catch EngineError.badFile(_, let problem, _, let help) {
      #expect(problem == "row 2 has 7 fields, the header has 4")
      #expect(help?.hasSuffix("if the table begins in that row, say `skip=1`") == true)
    }
    #expect(try table(text) { $0.skip = 1 }.table.rowCount == 5)
  }

  @Test func rowsOfAnotherLengthAreLeftOutOrFilledUp() throws {
    let text = "a,b,c\n1,2,x\n3,4\n5,6,y,7\n8,9,z\n"
    let dropped = try table(text) { $0.ragged = .drop }
    #expect(cells(dropped.table) == [["1", "2", "x"], ["8", "9", "z"]])
    #expect(
      dropped.remarks == ["2 rows of another length left out, the first in line 3"])
    let filled = try table(text) { $0.ragged = .fill }
    #expect(
      cells(filled.table) == [
        ["1", "2", "x"], ["3", "4", ""], ["5", "6", "y"], ["8", "9", "z"],
      ])
    #expect(filled.table.columns.map(\.missing) == [0, 0, 1])
    #expect(
      filled.remarks == ["2 rows of another length filled up or cut off, the first in line 3"])
  }

  @Test func linesAboveAndCommentsAreSkippedIfAskedTo() throws {
    let text = "x,y,z\nq,w,e\na,b,c\n1,2,x\n3,4,y\n"
    let skipped = try table(text) { $0.skip = 2 }
    #expect(skipped.table.columns.map(\.name) == Self.names && skipped.table.rowCount == 2)
    let comments = try table("a,b,c\n1,2,x\n% no, row, this\n3,4,y\n") { $0.comment = "%" }
    #expect(cells(comments.table) == [["1", "2", "x"], ["3", "4", "y"]])
    #expect(comments.table.line(of: 1) == 4)
  }

  @Test func namesInSeveralRowsAreJoined() throws {
    let units = try table("name,price,amount\n,EUR,pieces\nx,1,2\ny,3,4\n")
    #expect(units.table.columns.map(\.name) == ["name", "price EUR", "amount pieces"])
    #expect(units.table.rowCount == 2 && units.remarks.count == 1)
    // A row of texts below the names, where other rows hold texts too, is a row.
    let texts = try table("name,kind,count\nx,y,none\nz,y,2\n")
    #expect(texts.table.columns.map(\.name) == ["name", "kind", "count"])
    #expect(texts.table.rowCount == 2)
  }

  @Test func namesOfRowsNeedNoNameAndNamesMayStandAgain() throws {
    let r = try table("\"a\" \"b\"\n\"1\" 2 x\n\"2\" 4 y\n\"3\" 5 x\n")
    #expect(r.table.columns.map(\.name) == ["column1", "a", "b"] && r.table.rowCount == 3)
    let twice = try table("a,b\n1,x\n2,y\na,b\n3,z\n")
    #expect(cells(twice.table) == [["1", "x"], ["2", "y"], ["3", "z"]])
    #expect(twice.remarks == ["rows that repeat the names are left out: line 4"])
  }

  @Test(arguments: [
    ("1,5\" pipe\",x", "5\" pipe\""), ("1,\"5\" pipe\",x", "5\" pipe"),
    ("1,\"5 pipe,x", "\"5 pipe"), ("1,\"a, 5\" b\",x", "a, 5\" b"),
    ("1,\"say \"so\" now\",x", "say \"so\" now"),
  ])
  func quotesThatDoNotFitAreReadAsTheyStandAndSaid(_ row: String, _ expected: String) throws {
    let (table, remarks) = try table("a,b,c\n0,\"w, v\",x\n\(row)\n2,\"y, z\",x\n")
    #expect(cells(table) == [["0", "w, v", "x"], ["1", expected, "x"], ["2", "y, z", "x"]])
    if !row.hasPrefix("1,5") {
      #expect(
        remarks == ["quotes that neither begin nor end a cell are read as they stand: line 3"])
    }
  }

  /// Parts begin where they like: in quoted fields, between the two signs of a line's end.
  @Test func partsOfATextGiveWhatReadingItAtOnceGives() throws {
    var random = TestRandom(state: 5)
    let pieces = [
      "1", "2.5", "x", "\"a\nb\"", "\"q \"\"r\"\"\n\n,\"", "", "NA", "\"1,\n2\"", "007", "5\" z",
      "\"\r\n\"", "word",
    ]
    for round in 0..<60 {
      var text = "a,b,c\n"
      let end = ["\n", "\r\n", "\r"][round % 3]
      for _ in 0..<40 {
        let row = (0..<3).map { _ in pieces.randomElement(using: &random) ?? "" }
        text += row.joined(separator: ",") + (Int.random(in: 0..<9, using: &random) == 0 ? end : "")
        text += end
      }
      let whole = try? table(text)
      for length in [1, 7, 16, 50] {
        let parts = try? table(text, partLength: length)
        #expect(whole.map { cells($0.table) } == parts.map { cells($0.table) })
        #expect(whole?.table.lines == parts?.table.lines && whole?.remarks == parts?.remarks)
        #expect(
          whole?.table.columns.map(\.texts) == parts?.table.columns.map(\.texts),
          "\(round) \(length)")
        #expect(whole?.table.columns.map(\.missing) == parts?.table.columns.map(\.missing))
        #expect(whole?.table.columns.map(\.firstText) == parts?.table.columns.map(\.firstText))
        #expect(
          whole?.table.columns.map(\.firstMissing) == parts?.table.columns.map(\.firstMissing))
      }
    }
  }
}
