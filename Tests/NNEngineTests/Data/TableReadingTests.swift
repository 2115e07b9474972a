import Testing

@testable import NNEngine

/// What a column or the first row of a table is taken for.
@Suite struct TableReadingTests {
  private func options(_ change: (inout DataOptions) -> Void) -> DataOptions {
    var options = DataOptions()
    change(&options)
    return options
  }

  @Test(arguments: [
    ("name,2018,2019,grew\na,1.5,2.5,1\nb,2.5,1.5,0\n", ["name", "2018", "2019", "grew"]),
    ("0,1,kind\n5.1,3.5,setosa\n4.9,3.0,virginica\n", ["0", "1", "kind"]),
    ("2018,2019,2020\n1.5,2.5,3.5\n2.5,1.5,4.5\n", ["2018", "2019", "2020"]),
    ("0,1,2\n7.5,9,0.25\n3,9.5,1\n", ["0", "1", "2"]),
    ("a,b\n1,2\n", ["a", "b"]),
  ])
  func aFirstRowWithNumbersMayHoldNames(_ text: String, _ names: [String]) throws {
    let data = try dataset(text, options { $0.drop = names.contains("name") ? ["name"] : [] })
    #expect(data.columns.map(\.name) == names)
    #expect(data.remarks.isEmpty == (names == ["a", "b"]))
  }

  @Test(arguments: [
    "5.1,3.5,setosa\n4.9,3.0,setosa\n", "0,1,1\n1,0,1\n1,1,0\n", "0,0\n0,1\n1,0\n",
    "1,2,x\n3,4,y\n",
    "2018,5,x\n2019,7,y\n", "3,7,9\n1,2,9\n", "1,2,3\n40,50,60\n", "0,1,2,3\n7,9,0,1\n",
    "1,2,3,x\n",
    "5,NA,x\n6,7,y\n", "5,1.2O,x\n6,7,y\n",
  ])
  func rowsOfValuesAreNoHeader(_ text: String) throws {
    let loader = DataLoader(files: MemoryFiles(["t.csv": text]))
    #expect(try loader.peek("t.csv").columnNames.first == "column1")
  }

  /// Numbers in the first row, of which the columns below tell whether they are names.
  @Test(arguments: [
    // Years: two or more, evenly spaced, at most a hundred apart, over numbers of another kind.
    ("2018,2019\n1.5,2.5\n", true), ("2018,2019,2021\n1.5,2.5,3.5\n", false),
    ("1900,2000\n1.5,2.5\n", true), ("1900,2001\n1.5,2.5\n", false),
    ("2019,2018\n1.5,2.5\n", true), ("2018,2018\n1.5,2.5\n", false),
    ("1000,1100\n1.5,2.5\n", true), ("999,1000\n1.5,2.5\n", false),
    ("2998,2999\n1.5,2.5\n", true), ("2999,3000\n1.5,2.5\n", false),
    ("2018,2019\n2017,2018\n", false), ("2018,2019\n5000,6000\n", true),
    ("2018,2019\n4036,4039\n", false), ("2018,2019\n4037,4039\n", true),
    ("2018,2019\n1009,1009\n", false), ("2018,2019\n1008,1009\n", true),
    ("2018,2019\n3,4\n5,6\n", true), ("2018,2019\n3,4\n5,2019\n", false),
    ("2018,2019\n1.5,2018\n", false), ("2018,2019\nx,y\n", true), ("2018\n1.5\n", false),
    // Places: counted from 0 or 1, over fractions in all columns.
    ("0,1\n0.5,1.5\n", true), ("1,2\n0.5,1.5\n", true), ("2,3\n0.5,1.5\n", false),
    ("0,2\n0.5,1.5\n", false), ("0,1\n0.5,2\n", false), ("0,1\n0.5,2.0\n", true),
    ("0,1\n0.5,2\n3,1.5\n", true), ("1,0\n0.5,1.5\n", false), ("1\n0.5\n", false),
    // A word above numbers makes names of the numbers beside it; a gap or a slip does not.
    ("7,grew\n5,1\n", true), ("7,grew\n5,x\n", false), ("7,\n5,1\n", false),
    ("7,?\n5,1\n", false), ("7,1.2O\n5,1\n", false), ("7,7,grew\n5,6,1\n", false),
    ("7.5,grew\n5,1\n", false), ("-7,grew\n5,1\n", false), ("1e3,grew\n5,1\n", false),
    // Numbers above texts, in more rows than one.
    ("7,9\nx,y\nz,y\n", true), ("7,9\nx,y\n", false), ("7,9\nx,5\nz,y\n", false),
    ("7,9\nx,y\nz,9\n", false),
    // Words alone.
    ("a,b\nc,d\n", true), ("a,b\na,d\n", false), ("a,b\na,1\n", true),
  ])
  func theColumnsBelowTellWhetherTheFirstRowHoldsNames(_ text: String, _ isHeader: Bool) throws {
    let loader = DataLoader(files: MemoryFiles(["t.csv": text]))
    #expect(try loader.peek("t.csv").hasHeader == isHeader)
  }

  @Test func aNumberIsANameWhereThereAreNamesAndAPlaceWhereThereAreNone() throws {
    let named = "a,3,c\n1,2.5,7.5\n3,4.5,8.5\n"
    #expect(
      try dataset(named, options { $0.target = ["3"] }).preprocessing.inputNames == ["a", "c"])
    #expect(
      throws: EngineError.unknownName(what: "column", name: "2", known: ["a", "3", "c"])
    ) { try dataset(named, options { $0.target = ["2"] }) }
    let bare = "1,2.5,7.5\n3,4.5,8.5\n"
    let second = try dataset(bare, options { $0.target = ["2"] })
    #expect(second.preprocessing.targetNames == ["column2"])
    for place in ["0", "4", "-1", "99"] {
      #expect(throws: EngineError.self) { try dataset(bare, options { $0.target = [place] }) }
    }
  }

  @Test func wholeNumbersWithLeadingZerosAreTexts() throws {
    func classes(_ cells: [String]) throws -> [String] {
      try dataset("a,c\n" + cells.map { "1,\($0)\n" }.joined()).preprocessing.classNames
    }
    #expect(try classes(["01067", "1067", "01067"]) == ["01067", "1067"])
    #expect(try classes(["7", "007", "7"]) == ["007", "7"])
    #expect(try classes(["-07", "-7", "-07"]) == ["-07", "-7"])
    #expect(try classes(["+05", "5", "+05"]).count == 2)
    #expect(try classes(["12345678901234567890", "1"]) == ["1", "12345678901234567890"])
    #expect(try classes(["9007199254740993", "9007199254740992"]).count == 2)
    let numbers = try dataset(
      "a,c\n0,1.5\n-0,2.5\n0.5,3.5\n-0.5,4.5\n00.25,5.5\n1e3,6.5\n0e1,7.5\n.05,8.5\n-.07,9.5\n+5,1.5\n",
      options { $0.normalize = .none })
    #expect(numbers.train.numbers == [0, 0, 0.5, -0.5, 0.25, 1000, 0, 0.05, -0.07, 5])
    #expect(
      try dataset("a,c\n01067,x\n1067,y\n").preprocessing.inputNames == ["a=01067", "a=1067"])
  }

  @Test func cellsKeepTheirSixtyFourBits() throws {
    let data = try dataset("a,c\n1700000000.25,0.1\n1700000010,123456.789\n")
    #expect(data.train.numbers == [1_700_000_000.25, 1_700_000_010])
    #expect(data.train.values == [0.1, 123_456.789])
    let whole = try dataset("a,c\n3,0.1\n16777216,0.2\n")
    if case .floats = whole.train.inputs {} else { Issue.record("32 bits are enough") }
    let wide = try dataset("a,c\n3,0.1\n16777217,0.2\n")
    if case .doubles = wide.train.inputs {} else { Issue.record("32 bits change 16777217") }
  }

  @Test func numbersThatLeave32BitsAreRefusedAtTheirPlace() throws {
    let text = "a,b,c\n1,2,x\n1e39,3,y\n"
    #expect(
      problem(text, options { $0.normalize = .none })
        == "row 3 has a number in `a` that 32 bits do not hold")
    #expect(problem(text) == nil)
    // The scale of the first rows does not fit the last one.
    #expect(
      problem(
        "a,c\n1,x\n2,y\n1e39,x\n",
        options {
          $0.test = .rows(1)
          $0.shuffle = false
        }) == "row 4 has a number in `a` that 32 bits do not hold, scaled or not")
    #expect(throws: EngineError.self) {
      try Dataset(inputs: Numbers(shape: [2], elements: [1, 1e39]), targets: .none)
    }
  }

  /// What the check before a run knows of a file is what the run reads.
  @Test func aLookAtTheBeginningFindsWhatReadingFinds() throws {
    let long = (0..<9_000).map { "column_number_\($0)" }.joined(separator: ",")
    let row = Array(repeating: "1.5", count: 9_000).joined(separator: ",")
    let late = "a;b,c\n" + String(repeating: "1;2,5\n", count: 12_000)
    let texts = [
      "a,b,c\n1,2,3\n", "1,2,3\n4,5,6\n", "a;b;c\n1;2;3\n", "2018,2019,c\n1.5,2.5,3.5\n",
      long + "\n" + row + "\n" + row + "\n", row + "\n" + row + "\n", late,
      "\n\na,\"b\nb\",c\n1,2,3\n", "a,a,b\n1,2,3\n", "x,y\nx,z\nx,y\n", "\u{feff}a,b\n1,2\n",
      "name,c\n" + (0..<99).map { "t\($0),u\n" }.joined() + "name,1\n",
      "name,c\n" + String(repeating: "some text,u\n", count: 9_000) + "1,2\n",
    ]
    let choices: [(inout DataOptions) -> Void] = [
      { _ in }, { $0.text.header = true }, { $0.text.header = false }, { $0.text.separator = ";" },
      { $0.text.separator = "," }, { $0.text.encoding = .latin1 },
    ]
    var compared = 0
    for (index, text) in texts.enumerated() {
      for (choice, change) in choices.enumerated() {
        // How a file is packed and called, and how it is asked for, have little to do with each other.
        for name in choice < 2 ? ["t.csv", "t.csv.gz", "t.tsv"] : ["t.csv"] {
          let bytes = Array(text.utf8)
          let loader = DataLoader(
            files: MemoryFiles(bytes: [
              name: name.hasSuffix(".gz") ? TestGzip.stored(bytes) : bytes
            ]))
          let options = options(change)
          guard case .table(let table) = try? loader.read(name, options: options).rows
          else { continue }
          let peek = try loader.peek(name, options: options)
          // Nothing known is no claim; a column that is empty to the end only reading can see.
          if peek.columnNames.isEmpty { continue }
          #expect(
            peek.columnNames == table.columns.map(\.name), "file \(index), \(choice), \(name)")
          #expect(peek.hasHeader == table.hasHeader)
          compared += 1
        }
      }
    }
    #expect(compared > texts.count)
  }
}
