import Testing

@testable import NNEngine

@Suite struct SeparatedValuesTests {
  private func options(_ change: (inout DataOptions) -> Void) -> DataOptions {
    var options = DataOptions()
    options.normalize = .none
    change(&options)
    return options
  }

  private var plain: DataOptions { options { _ in } }

  @Test(arguments: [
    "a,b,c\n1,2,x\n3,4,y\n", "a,b,c\r\n1,2,x\r\n3,4,y\r\n", "a,b,c\r1,2,x\r3,4,y",
    "\u{feff}a,b,c\n1,2,x\n3,4,y", "a;b;c\n1;2;x\n3;4;y\n", "a\tb\tc\n1\t2\tx\n3\t4\ty\n",
    "a|b|c\n1|2|x\n3|4|y\n", "\n\na,b,c\n\n1,2,x\n  \n3,4,y\n\n",
    " a , b , c \n 1 , 2 , x \n3, 4,y",
    "\"a\",\"b\",\"c\"\n\"1\",2,\"x\"\n3,\"4\",\"y\"\n", "a,b,c,\n1,2,x,\n3,4,y,\n",
    "a,b,c\n+1,2.0,x\n3e0,.4e1,y",
  ])
  func theSameTableInAnyDressIsTheSame(_ text: String) throws {
    let data = try dataset(text, plain)
    #expect(data.train.numbers == [1, 2, 3, 4])
    #expect(data.train.codes == [0, 1])
    #expect(data.preprocessing.inputNames == ["a", "b"])
    #expect(data.preprocessing.classNames == ["x", "y"])
    #expect(data.isTargetAssumed)
  }

  /// A file is a table by its name, or where its first bytes are text.
  @Test func aTextOfAnyNameIsATable() throws {
    for text in ["a,b\n1,2.5\n", "a,b\r\n1,2.5\r\n", "a\tb\r1\t2.5\r", "ä,b\n1,2.5\n"] {
      let data = try dataset(text, plain, name: "table.measured")
      #expect(data.train.numbers == [1] && data.train.values == [2.5])
    }
    for sign in ["\u{0}", "\u{1}", "\u{8}", "\u{b}", "\u{c}", "\u{1f}"] {
      #expect(throws: EngineError.self) {
        try dataset("a,b\n1,2.5\n" + sign, plain, name: "table.measured")
      }
    }
    #expect(throws: EngineError.self) { try dataset("", plain, name: "table.measured") }
  }

  @Test func quotedFieldsHoldSeparatorsQuotesAndLineEnds() throws {
    let data = try dataset("a,c\n1,\"x, \"\"y\"\"\"\n2,\"two\nlines\"\n3,z\n", plain)
    #expect(data.preprocessing.classNames == ["two\nlines", "x, \"y\"", "z"])
    #expect(data.train.codes == [1, 0, 2])
  }

  @Test(arguments: [
    "1  2 7\n 3 4  7.5 \n", "1 2 7  \n3 4 7.5   ", "1 2 7\t\r\n\t3 4 7.5 \t \r\n",
    "1 2 7 \n  \n3 4 7.5\n",
  ])
  func blanksSeparateIfAskedTo(_ text: String) throws {
    let data = try dataset(text, options { $0.text.separator = "space" })
    #expect(data.train.numbers == [1, 2, 3, 4])
    #expect(data.train.values == [7, 7.5])
  }

  @Test func quotesInsideAFieldWithoutQuotesAreAsTheyStand() throws {
    let data = try dataset("a,c\n1,5\"\" pipe\n2,\"5\"\" pipe\"\n3,x\"\n", plain)
    #expect(data.preprocessing.classNames == ["5\" pipe", "5\"\" pipe", "x\""])
    #expect(data.train.codes == [1, 0, 2])
  }

  @Test func emptyCellsBetweenTabsAreARow() throws {
    let gap = "a\tb\tc\n1\t2\t3\n\t\t\n4\t5\t6\n"
    let data = try dataset(gap, plain)
    #expect(data.train.numbers == [1, 2, 4, 5])
    #expect(data.remarks == ["1 row without a target left out"])
    #expect(problem("a,b\n\t\n1,2.5\n", options { $0.text.separator = "," }) == nil)
  }

  @Test func aFileWithoutNamesIsSeenAndItsColumnsAreNumbered() throws {
    let data = try dataset("1,2,x\n3,4,y\n", plain)
    #expect(data.train.count == 2)
    #expect(data.preprocessing.inputNames == ["column1", "column2"])
    let texts = try dataset("1,x\n2,y\n", options { $0.text.header = true })
    #expect(texts.train.count == 1)
    #expect(texts.preprocessing.inputNames == ["1"])
  }

  @Test func allTextFilesHaveNamesUnlessTheyRecur() throws {
    #expect(try dataset("a,c\nx,y\nz,y\n", plain).preprocessing.columnNames == ["a"])
    #expect(try dataset("x,y\nx,y\nz,y\n", plain).preprocessing.columnNames == ["column1"])
  }

  @Test func aNameThatStandsTwiceIsToldApart() throws {
    let data = try dataset("a,a,a_2,c\n1,2,3,x\n4,5,6,y\n", plain)
    #expect(data.preprocessing.inputNames == ["a", "a_2", "a_2_2"])
    #expect(data.remarks.count == 2)
  }

  @Test func aColumnThatTurnsToTextsLateKeepsItsFirstCells() throws {
    let data = try dataset("a,c\n1,07\n2,8\n3,\"8\"\n4,A\n5,07\n", plain)
    #expect(data.preprocessing.classNames == ["07", "8", "A"])
    #expect(data.train.codes == [0, 1, 1, 2, 0])
  }

  @Test func rowsOfAnotherLengthAreNamedWithTheirText() {
    #expect(
      throws: EngineError.badFile(
        path: "t.csv", problem: "row 3 has 2 fields, the header has 3", detail: "4,5",
        help: "add the missing field to that row; `ragged=fill` takes them for missing values, "
          + "`ragged=drop` leaves such rows out")
    ) { try dataset("a,b,c\n1,2,3\n4,5\n") }
    #expect(problem("a,b,c\n\n1,2,3\n4,5,6,7\n") == "row 4 has 4 fields, the header has 3")
    #expect(problem("1,2,3\n4,5,6\n7\n") == "row 3 has 1 field, the rows before have 3")
  }

  @Test func lineNumbersCountTheLinesInsideQuotes() {
    #expect(problem("a,c\n1,\"x\ny\nz\"\n2\n") == "row 5 has 1 field, the header has 2")
    #expect(problem("a,c\n1,\"x\n") == "a quote that opens in row 2 is never closed")
    #expect(
      problem("a,b,c\n1,2,x\n3,\"x\"y\nz\",w\n4,5,x\n")
        == "row 3 has text behind a closing quote")
  }

  @Test(arguments: ["", "NA", "n/a", "NaN", "nan", "null", "NULL", "?", "\"\""])
  func missingValuesAreNamedOnlyWhereTheyMatter(_ gap: String) throws {
    let text = "a,b,c\n1,2,x\n3,\(gap),y\n5,\(gap),y\n"
    #expect(
      problem(text, options { $0.missing = .error }) == "`b` has no value in row 3 and 1 more")
    let data = try dataset(text, options { $0.drop = ["b"] })
    #expect(data.train.numbers == [1, 3, 5])
    #expect(data.columns.map(\.missing) == [0, 2, 0])
    #expect(data.notes.contains("missing: b 2"))
    let short = try dataset("a,c\n1,x\n2,\(gap)\n3,y\n", plain)
    #expect(short.train.numbers == [1, 3])
    #expect(short.remarks == ["1 row without a target left out"])
  }

  @Test func infiniteNumbersAreRefusedWhereTheyAreUsed() throws {
    for text in ["inf", "-Infinity", "1e999"] {
      #expect(problem("a,c\n1,x\n\(text),y\n") == "row 3 has no finite number in `a`")
    }
    #expect(problem("a,b,c\n1,2,x\ninf,3,y\n", options { $0.drop = ["a"] }) == nil)
  }

  @Test func whatIsNoTextIsRefusedByName() {
    #expect(problem("") == "it is empty")
    #expect(problem("\n\n") == "it holds no rows")
    #expect(problem("a,b\n") == "it holds names and no rows")
    #expect(problem("PK\u{3}\u{4}rest") == "it is a ZIP archive")
    #expect(problem([0x61, 0, 0x62]) == "it is no text, it holds zero bytes")
    #expect(problem("1\n2\n") == "no column is left for the inputs")
  }

  @Test func columnsAreChosenByName() throws {
    let text = "a,b,c,d\n1,2,3,4.5\n5,6,7,8.5\n"
    let only = try dataset(text, options { $0.only = ["c", "a"] })
    #expect(only.preprocessing.inputNames == ["a", "c"])
    #expect(only.train.numbers == [1, 3, 5, 7])
    let several = try dataset(text, options { $0.target = ["d", "a"] })
    #expect(several.train.values == [4.5, 1, 8.5, 5])
    #expect(several.outputCount == 2)
    for change: (inout DataOptions) -> Void in [
      { $0.target = ["x"] }, { $0.only = ["x"] }, { $0.drop = ["x"] },
    ] {
      #expect(
        throws: EngineError.unknownName(what: "column", name: "x", known: ["a", "b", "c", "d"])
      ) { try dataset(text, options(change)) }
    }
    #expect(throws: EngineError.self) {
      try dataset(text, options { $0.drop = ["a", "b", "c", "d"] })
    }
    #expect(throws: EngineError.self) {
      try dataset(
        text,
        options {
          $0.target = ["a"]; $0.drop = ["a"]
        })
    }
  }

  @Test func rowsTakeAnotherShapeOfTheirSize() throws {
    let data = try dataset("1,2,3,4,x\n", options { $0.shape = [2, 2, 1] })
    #expect(data.train.inputShape == [2, 2, 1])
    #expect(throws: EngineError.self) {
      try dataset("1,2,3,4,x\n", options { $0.shape = [3, 1] })
    }
  }

  @Test func separatorsThatCannotBeAreRefused() {
    for name in ["", "\"", "ab", "5", "\n"] {
      #expect(throws: EngineError.self) {
        try dataset("1,2\n", options { $0.text.separator = name })
      }
    }
  }
}

/// Which separator a table has.
@Suite struct SeparatorTests {
  @Test(arguments: [
    "a,b\n\t\n1,2.5\n \t \n3,4.5\n\t", "a,b\n\t\t\n\t\t\n\t\t\n1,2.5\n3,4.5\n",
    "a;b\n\t\n1;2.5\n3;4.5\n \t", "a\tb\n \n1\t2.5\n\n3\t4.5\n   \n",
  ])
  func linesOfBlanksSayNothingOfIt(_ text: String) throws {
    let data = try dataset(text)
    #expect(data.train.numbers == [1, 3] && data.train.values == [2.5, 4.5])
  }

  @Test(
    arguments: [
      ("a\tb,c\n1\t2,5\n", 0x09), ("a;b,c\n1;2,5\n", 0x3b), ("a|b,c\n1|2,5\n", 0x7c),
      ("a,b;c\n1,2\n", 0x2c), ("a,\"b;c\"\n1,\"x;y\"\n", 0x2c), ("a\n1\n", 0x2c), ("", 0x2c),
      // None is regular: the most frequent one.
      ("a;b;c\n1;2\nx,y\n", 0x3b), ("a;b\n1,2\n3,4,5\n", 0x2c),
      // A text in quotes may run over lines.
      ("a;\"b\nc\"\n1;2\n", 0x3b),
    ] as [(String, UInt8)])
  func theRegularOneIsFound(_ text: String, _ expected: UInt8) {
    let found = Array(text.utf8).withUnsafeBufferPointer {
      (try? DialectSearch($0, TextReading()).dialect(path: "t.csv"))?.separator
    }
    #expect(found == [expected])
  }

  /// Twenty lines tell; what stands further on is not looked at.
  @Test func twentyLinesTell() {
    func found(_ lines: Int) -> UInt8? {
      let text = String(repeating: "1;2,5\n", count: lines) + "x;y;z,w\n"
      return Array(text.utf8).withUnsafeBufferPointer {
        (try? DialectSearch($0, TextReading()).dialect(path: "t.csv"))?.separator.first
      }
    }
    #expect(found(20) == 0x3b)
    #expect(found(19) == 0x2c)
  }
}
