import Testing

@testable import NNEngine

/// Tables read block by block are those read at once.
struct TextStreamTests {
  /// Rows as they stand, with their lines; and what was told of them.
  private struct Found: Equatable {
    var names: [String] = []
    var rows: [[String]] = []
    var lines: [Int] = []
    var remarks: [String] = []

    mutating func add(_ raw: RawData) {
      remarks += raw.remarks
      guard case .table(let table) = raw.rows else { return }
      names = table.columns.map(\.name)
      for row in 0..<table.rowCount {
        lines.append(table.line(of: row))
        rows.append(
          table.columns.indices.map { column in
            let cell = table.cells[row * table.columns.count + column]
            if cell.isNaN { return "" }
            return table.columns[column].texts?[Int(cell)] ?? ClassTable.name(of: cell)
          })
      }
    }
  }

  private func wish(_ change: (inout TextReading) -> Void) -> SeparatedValuesReader.Wish {
    var options = TextReading()
    change(&options)
    // What stays as it stands does not depend on what else is in its block.
    return .init(path: "t.csv", options: options, texts: ["a", "b", "c", "column1", "column2"])
  }

  private func whole(_ text: [UInt8], _ change: (inout TextReading) -> Void) throws -> Found {
    var found = Found()
    found.add(try SeparatedValuesReader.read(text, wish(change)))
    return found
  }

  private func blocks(
    _ text: [UInt8], window: Int, _ change: (inout TextReading) -> Void
  ) throws -> (found: Found, count: Int) {
    var found = Found()
    let stream = try TextStream(
      BytesReader(text), start: Array(text.prefix(DataFormat.startLength)), wish(change),
      window: window)
    var count = 0
    while let raw = try stream.next() {
      found.add(raw)
      count += 1
    }
    return (found, count)
  }

  private static let plain =
    "a,b,c\n" + (0..<400).map { "\($0),\($0 % 7).50,x\($0 % 5)\n" }.joined()

  /// Texts, and what is said of them.
  private static let texts: [(String, @Sendable (inout TextReading) -> Void)] = [
    (plain, { _ in }),
    (plain.replacing("\n", with: "\r\n"), { _ in }),
    (String(plain.dropLast()), { _ in }),
    (plain.replacing(",", with: ";"), { _ in }),
    ("\u{feff}" + plain, { _ in }),
    (
      "a,b\n" + (0..<300).map { "\($0),\"line\nand \"\"more\"\", \($0)\"\n" }.joined(), { _ in }
    ),
    ((0..<300).map { "\($0),\($0 * 2)\n" }.joined(), { _ in }),
    ("Sales\n\n" + plain + "\nend of report\n", { _ in }),
    (plain + "1,2\n" + plain.dropFirst(6), { $0.ragged = .drop }),
    (plain.replacing("x3", with: ""), { _ in }),
  ]

  @Test(arguments: 0..<10) func blocksGiveTheRowsOfTheWhole(_ number: Int) throws {
    let (text, change) = Self.texts[number]
    let bytes = Array(text.utf8)
    let expected = try whole(bytes, change)
    #expect(expected.rows.count >= 300)
    for window in [600, 1_000, 1_777, 1 << 20] {
      let (found, count) = try blocks(bytes, window: window, change)
      #expect(found.names == expected.names && found.rows == expected.rows, "window of \(window)")
      #expect(found.lines == expected.lines)
      #expect(Set(found.remarks) == Set(expected.remarks))
      #expect(count > 1 || window > bytes.count)
    }
  }

  /// The last number of a row that ends a block may go on in the next one, also where the row begins
  /// long before: its text runs over many lines.
  @Test func aBlockMayEndInTheNumberBehindALongText() throws {
    let long = String(repeating: "one more line\n", count: 30)
    let text = Array(
      ("a,b,c\n" + (0..<40).map { "\($0),\"\(long)\",\($0 + 10_000)\n" }.joined()).utf8)
    let expected = try whole(text) { _ in }
    #expect(expected.rows.count == 40 && expected.rows[7][2] == "10007")
    for window in 500..<560 {
      let (found, count) = try blocks(text, window: window) { _ in }
      #expect(found.rows == expected.rows && count > 1, "window of \(window)")
    }
  }

  @Test func lettersOfAnotherEncodingAreReadBlockByBlock() throws {
    let text = Array("a,b\n".utf8) + (0..<200).flatMap { Array("\($0),".utf8) + [0xe4, 0x0a] }
    let (found, _) = try blocks(text, window: 300) { $0.encoding = .latin1 }
    #expect(found.rows.count == 200 && found.rows.allSatisfy { $0[1] == "ä" })
  }

  @Test func faultsAreToldWithTheLineOfTheFile() {
    let short = Array((Self.plain + "1,2\n" + Self.plain.dropFirst(6)).utf8)
    for window in [700, 1 << 20] {
      #expect {
        _ = try blocks(short, window: window) { _ in }
      } throws: {
        "\($0)".contains("row 402 has 2 fields")
      }
    }
    let text = Array(Self.plain.utf8) + [0x31, 0x2c, 0x32, 0x2c, 0xff, 0x0a]
    #expect {
      _ = try blocks(text, window: 700) { _ in }
    } throws: {
      "\($0)".contains("row 402, column 3: the letters are not in UTF-8")
    }
  }

  @Test func packedFilesArePassedThroughBlockByBlock() throws {
    let schema = try dataset("a,b,kind\n1,2,x\n3,4,y\n5,6,x\n").preprocessing
    let text = "b,id,a\n" + (0..<5_000).map { "\($0),00\($0),\($0 + 1)\n" }.joined()
    for (name, bytes) in [
      ("t.csv", Array(text.utf8)), ("t.csv.gz", TestGzip.stored(Array(text.utf8))),
    ] {
      let loader = DataLoader(files: MemoryFiles(bytes: [name: bytes]))
      var (ids, numbers): ([String], [Double]) = ([], [])
      let notes = try loader.forEachBlock(of: name, for: schema, keep: ["id"]) { block in
        ids += block.kept[0].cells
        numbers += block.examples.numbers
      }
      let expectedIds = (0..<5_000).map { "00\($0)" }
      let expectedNumbers = (0..<5_000).flatMap { [Double($0 + 1), Double($0)] }
      #expect(ids == expectedIds && notes.isEmpty)
      #expect(numbers == expectedNumbers)
    }
  }

  @Test func categoriesAreTheSameHoweverTheBlocksFall() throws {
    var options = DataOptions()
    (options.category, options.target) = (["grade"], ["y"])
    let schema = try dataset("grade,y\n1,a\n2,b\n10,a\n", options).preprocessing
    let loader = DataLoader(files: MemoryFiles(["t.csv": "grade\n1.0\n2\n1e1\nx\n3\n"]))
    let notes = try loader.forEachBlock(of: "t.csv", for: schema) { block in
      #expect(block.examples.numbers == [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    }
    #expect(notes == ["`grade`: 2 with a category the model has not seen"])
  }
}
