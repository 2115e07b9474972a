import Testing

@testable import NNEngine

/// What columns of a file are taken for, and what the network gets of them.
@Suite struct ColumnKindTests {
  private func dataset(
    _ text: String, _ change: (inout DataOptions) -> Void = { _ in }
  ) throws -> Dataset {
    var options = DataOptions()
    options.shuffle = false
    options.normalize = .none
    change(&options)
    return try DataLoader(files: MemoryFiles(["t.csv": text])).load("t.csv", options: options)
  }

  private func problem(_ text: String, _ change: (inout DataOptions) -> Void = { _ in }) -> String?
  {
    do {
      _ = try dataset(text, change)
      return nil
    } catch EngineError.badFile(_, let problem, _, let help) {
      return "\(problem) | \(help ?? "")"
    } catch { return "\(error)" }
  }

  /// The column `a` with a target behind it.
  private func column(_ cells: [String], separator: String = ",") -> String {
    "a\(separator)y\n"
      + cells.enumerated().map { "\($1)\(separator)\(Double($0) + 0.5)\n" }.joined()
  }

  // MARK: Kinds

  private static let kinds: [(cells: [String], columns: [InputColumn.Kind], numbers: [Double])] = [
    (["1", "2.5", "-3e1"], [.number], [1, 2.5, -30]),
    (["12 %", "3%", "100 %"], [.number], [0.12, 0.03, 1]),
    (["$5", "$7.50", "$0"], [.number], [5, 7.5, 0]),
    (["5 €", "7 €", "8 €"], [.number], [5, 7, 8]),
    (["yes", "no", "Yes"], [.truth], [1, 0, 1]),
    (["t", "f", "T"], [.truth], [1, 0, 1]),
    (["TRUE", "false", "true"], [.truth], [1, 0, 1]),
    (["red", "blue", "red"], [.category(["blue", "red"], rest: .init())], [0, 1, 1, 0, 0, 1]),
    (["007", "7", "007"], [.category(["007", "7"], rest: .init())], [1, 0, 0, 1, 1, 0]),
    (["2026-01-05", "2026-01-05", "2026-01-05"], [.date(start: 20_458, cycles: [])], [0, 0, 0]),
  ]

  @Test(arguments: kinds.indices) func theCellsSayWhatAColumnIs(_ index: Int) throws {
    let (cells, kinds, numbers) = Self.kinds[index]
    let data = try dataset(column(cells))
    let found =
      data.preprocessing.columns.isEmpty ? [.number] : data.preprocessing.columns.map(\.kind)
    #expect(found == kinds)
    #expect(data.train.inputs.numbers == numbers)
  }

  @Test func groupsOfThreeAndDecimalCommas() throws {
    let points = try dataset("a;y\n1,234.5;1\n2,000.25;2\n")
    #expect(points.train.inputs.numbers == [1234.5, 2000.25])
    let commas = try dataset("a;y\n1.234,5;1\n2.000,25;2\n")
    #expect(commas.train.inputs.numbers == [1234.5, 2000.25])
    let short = try dataset("a;y\n5,1;1\n4,25;2\n")
    #expect(short.train.inputs.numbers == [5.1, 4.25])
    // A thousand or one and a quarter: nobody can tell.
    #expect(problem("a;y\n1,250;1\n3,500;2\n")?.contains("decimal") == true)
    let told = try dataset("a;y\n1,250;1\n3,500;2\n") { $0.decimal = .comma }
    #expect(told.train.inputs.numbers == [1.25, 3.5])
  }

  @Test func datesWithTheYearLastNeedToBeClear() throws {
    // 1970-01-01 is day 0; 2026-12-31 is 56 years and 14 leap days later.
    #expect(DateText.days(1970, 1, 1) == 0)
    #expect(DateText.days(2026, 12, 31) == 56 * 365 + 14 + 364)
    #expect(DateText.days(2026, 2, 29) == nil)
    #expect(DateText.days(2024, 2, 29) == 19_782)
    let german = try dataset(column(["31.12.2026", "01.02.2026", "02.02.2026"]))
    #expect(
      german.preprocessing.columns[0].kind == .date(start: 20_485, cycles: [.month, .weekday]))
    #expect(german.train.inputs.numbers[0] == 333)
    #expect(problem(column(["01/02/2026", "03/04/2026"]))?.contains("dates=dmy") == true)
    let american = try dataset(column(["01/02/2026", "03/04/2026"])) { $0.dates = .mdy }
    #expect(american.train.inputs.numbers[american.train.inputShape.count] == 61)
    let clear = try dataset(column(["01/02/2026", "12/31/2026"]))
    #expect(clear.train.inputs.numbers[clear.train.inputShape.count] == 363)
    let digits = try dataset(column(["20260101", "20260201"])) { $0.date = ["a"] }
    #expect(digits.train.inputs.numbers[digits.train.inputShape.count] == 31)
  }

  @Test func whatComesRoundIsAPointOnACircle() throws {
    // 2026-01-05 is a Monday, 2026-04-09 a Thursday.
    let data = try dataset(column(["2026-01-05 06:00", "2026-04-09 18:00"]))
    #expect(
      data.preprocessing.inputNames == [
        "a", "a.month_sin", "a.month_cos", "a.weekday_sin", "a.weekday_cos", "a.hour_sin",
        "a.hour_cos",
      ])
    let second = Array(data.train.inputs.numbers[7...])
    let angle = 2 * Double.pi * 3 / 7
    let expected = [94.5, 1, 0, 0.433_883_739_117_558, -0.900_968_867_902_419, -1, 0]
    #expect(zip(second, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(second) \(angle)")
  }

  // MARK: Left out

  @Test func namesAndCountsAreLeftOut() throws {
    var text = "PassengerId,name,age,same,y\n"
    for row in 1...30 { text += "\(row),Person \(row),\(row % 7),x,\(Double(row) + 0.5)\n" }
    let data = try dataset(text)
    #expect(data.preprocessing.inputNames == ["age"])
    #expect(data.leftOut.map(\.name) == ["PassengerId", "name", "same"])
    let all = try dataset(text) { $0.only = ["PassengerId", "age"] }
    #expect(all.preprocessing.inputNames == ["PassengerId", "age"])
    let named = try dataset(text) { $0.category = ["name"] }
    #expect(named.preprocessing.columns.first?.width == 30)
  }

  @Test func aFewTextsAmongNumbersAreNoCategories() throws {
    let cells = (1...19).map { "\($0)" } + ["1.2O"]
    let told = try #require(problem(column(cells)))
    #expect(told.contains("`a` holds numbers and a text: row 21"))
    #expect(told.contains("missing_values=[\"1.2O\"]"))
    let marked = try dataset(column(cells)) { $0.missingValues = ["1.2O"] }
    #expect(marked.preprocessing.inputNames == ["a", "a.missing"])
    let categories = try dataset(column(cells)) { $0.category = ["a"] }
    #expect(categories.preprocessing.columns[0].width == 20)
  }

  @Test func aFewTextsAmongDatesAreNoCategories() throws {
    let cells = (10...28).map { "2026-01-\($0)" } + ["2026-01-99"]
    #expect(problem(column(cells))?.contains("`a` holds dates and a text: row 21") == true)
  }

  /// Between commas a comma inside of quotes is no thousand where three digits do not follow.
  @Test func quotedDecimalCommasAreNoCategories() throws {
    let text = "a,y\n\"0,5\",1\n\"1,25\",2\n\"12,5\",3\n"
    #expect(problem(text)?.contains("decimal=\",\"") == true)
    #expect(try dataset(text) { $0.decimal = .comma }.train.inputs.numbers == [0.5, 1.25, 12.5])
  }

  @Test func rareCategoriesShareANumber() throws {
    var text = "a,y\n"
    for row in 0..<400 { text += "c\(row % 60 < 40 ? row % 40 : 100 + row / 8),\(row).5\n" }
    let data = try dataset(text)
    guard case .category(let names, let rest) = data.preprocessing.columns[0].kind else {
      Issue.record("no category")
      return
    }
    #expect(rest.hasOther)
    #expect(names == names.sorted(by: NaturalOrder.precedes))
    #expect(!names.contains("c100"))
    // Each row is in exactly one.
    let width = data.train.inputShape.count
    for row in 0..<data.train.count {
      let cells = data.train.inputs.numbers[row * width..<(row + 1) * width]
      #expect(cells.reduce(0, +) == 1)
    }
  }

  // MARK: Missing

  private static let gaps = "a,b,y\n1,x,1\n,y,2\n3,,3\n8,x,4\n"

  @Test func theMedianAndAMarkStandForNumbersAndACategoryForTexts() throws {
    let data = try dataset(Self.gaps)
    #expect(data.preprocessing.inputNames == ["a", "a.missing", "b=x", "b=y", "b.missing"])
    #expect(
      data.train.inputs.numbers == [
        1, 0, 1, 0, 0,
        3, 1, 0, 1, 0,
        3, 0, 0, 0, 1,
        8, 0, 1, 0, 0,
      ])
    #expect(data.notes.contains { $0.contains("a 1 (3, marked)") })
    #expect(data.notes.contains { $0.contains("b 1 (a category of its own)") })
  }

  @Test func aScriptChoosesWhatStandsForThem() throws {
    func first(_ change: (inout DataOptions) -> Void) throws -> [Double] {
      Array(try dataset(Self.gaps, change).train.inputs.numbers)
    }
    #expect(try dataset(Self.gaps) { $0.missing = .mean }.preprocessing.columns[0].fill == 4)
    #expect(try dataset(Self.gaps) { $0.missing = .number(-1) }.preprocessing.columns[0].fill == -1)
    #expect(
      try dataset(Self.gaps) { $0.missingIn = ["b": .mostCommon] }.preprocessing.inputNames
        == ["a", "a.missing", "b=x", "b=y"])
    let unknown = try dataset(Self.gaps) { $0.missingIn = ["b": .text("unknown")] }
    #expect(unknown.preprocessing.inputNames.suffix(3) == ["b=unknown", "b=x", "b=y"])
    #expect(throws: EngineError.self) {
      try dataset(Self.gaps) { $0.missingIn = ["a": .text("unknown")] }
    }
    #expect(try dataset(Self.gaps) { $0.mark = false }.preprocessing.inputNames.first == "a")
    #expect(try dataset(Self.gaps) { $0.missing = .drop }.train.count == 2)
    #expect(
      problem(Self.gaps) { $0.missing = .error }?.contains("`a` has no value in row 3") == true)
  }

  @Test func numbersMayMarkWhatIsMissing() throws {
    let data = try dataset("a,b,y\n1,NA,1\n-999,NA,2\n3,ZA,3\n") {
      $0.missingValues = ["-999"]
    }
    #expect(data.preprocessing.inputNames == ["a", "a.missing", "b=NA", "b=ZA"])
    #expect(data.train.inputs.numbers[4] == 2)
  }

  // MARK: Fitted to the training rows

  /// Whatever stands in the test rows, the schema is the same.
  @Test func testRowsChangeNothingInTheSchema() throws {
    func text(_ tail: [String]) -> String {
      "n,c,d,y\n"
        + (0..<20).map {
          "\($0 % 5 == 0 ? "" : "\($0)"),\(["u", "v"][$0 % 2]),2026-01-\(10 + $0),\($0).5\n"
        }
        .joined() + tail.map { $0 + "\n" }.joined()
    }
    let tails = [
      ["5,u,2026-01-11,1", "6,v,2026-01-12,2"], ["-900000,w,2031-07-30,1", ",,,2"],
      ["1e30,zzz,1999-12-31,100000", "0,u,2026-01-11,-5"],
    ]
    let schemas = try tails.map { tail in
      try dataset(text(tail)) {
        $0.test = .rows(2)
        $0.normalize = .standard
      }.preprocessing
    }
    #expect(schemas[1].columns == schemas[0].columns && schemas[2].columns == schemas[0].columns)
    #expect(
      schemas[1].inputScaling == schemas[0].inputScaling
        && schemas[2].inputScaling == schemas[0].inputScaling)
    // What the training rows have not is told, not learnt.
    let strange = try dataset(text(tails[1])) { $0.test = .rows(2) }
    #expect(strange.encodings.others.compactMap { $0?.unseen[1] } == [2])
    #expect(strange.notes.contains("categories that no training row has: c 2"))
  }

  @Test func eachFoldIsFittedToItsOwnRows() throws {
    var text = "n,c,y\n"
    for row in 0..<40 {
      text += "\(row == 3 ? "" : "\(row)"),\(row == 7 ? "once" : "often"),\(row).5\n"
    }
    let folds = try dataset(text) { $0.normalize = .standard }.folds(4, seed: 3)
    for fold in folds {
      let width = fold.preprocessing.inputShape.count
      #expect(fold.train.inputShape.count == width)
      #expect(fold.test?.inputShape.count == width)
      // The fold that tests with the only row of a category has not learnt it.
      let knowsOnce = fold.preprocessing.inputNames.contains("c=once")
      let testsOnce = fold.encodings.others.contains { ($0?.unseen[1] ?? 0) > 0 }
      #expect(knowsOnce != testsOnce)
    }
  }

  @Test func scalesAreThoseOfTheCellsThatAreThere() throws {
    let data = try dataset("a,y\n1,1\n,2\n3,3\n,4\n") {
      $0.missing = .number(1_000)
      $0.normalize = .standard
    }
    #expect(data.preprocessing.inputScaling?.center == [2, 0])
    #expect(data.preprocessing.inputScaling?.scale == [1, 1])
  }

  // MARK: Kept and met again

  @Test func aSchemaComesBackFromItsJSON() throws {
    let data = try dataset(
      "n,c,t,d,p,y\n1,a,yes,2026-01-01,3 %,1\n,b,no,2026-02-01,4 %,2\n4,,yes,2026-03-04,5 %,3\n")
    let json = try JSONValue(parsing: data.preprocessing.json.text())
    #expect(Preprocessing(json: json) == data.preprocessing)
    #expect(data.preprocessing.columns.count == 5)
  }

  /// What could be read in two ways is refused, never guessed.
  @Test func otherFilesInAnotherNotationAreRefused() throws {
    let commas = try dataset("p;y\n1.234,5;1\n2.000,25;2\n").preprocessing
    let dates = try dataset("p,y\n2026-01-02,1\n2026-03-04,2\n").preprocessing
    let loader = DataLoader(
      files: MemoryFiles([
        "points.csv": "p\n1.234\n2.5\n", "whole.csv": "p\n1234\n", "slashes.csv": "p\n01/02/2026\n",
        "pointed.csv": "p\n02.01.2026\n",
      ]))
    func numbers(_ path: String, _ schema: Preprocessing) throws -> [Double] {
      try loader.examples(in: path, for: schema, needsTargets: false).examples.inputs.numbers
    }
    #expect(throws: EngineError.self) { try numbers("points.csv", commas) }
    #expect(try numbers("whole.csv", commas) == [1234])
    #expect(throws: EngineError.self) { try numbers("slashes.csv", dates) }
    #expect(try numbers("pointed.csv", dates).first == 0)
  }

  @Test func otherFilesAreReadWithTheSchema() throws {
    let schema = try dataset("n,c,y\n1,a,1\n,b,2\n4,a,3\n").preprocessing
    let files = MemoryFiles([
      "same.csv": "c,extra,n\na,1,7\nz,2,NA\n", "bad.csv": "n,c\nlots,a\n",
      "few.csv": "n\n1\n",
    ])
    let loader = DataLoader(files: files)
    let (rows, notes) = try loader.examples(in: "same.csv", for: schema, needsTargets: false)
    #expect(schema.inputNames == ["n", "n.missing", "c=a", "c=b"])
    #expect(rows.inputs.numbers == [7, 0, 1, 0, 2.5, 1, 0, 0])
    #expect(
      notes == [
        "not used by the model: extra", "`n`: 1 without a value, filled in",
        "`c`: 1 with a category the model has not seen",
      ])
    #expect(throws: EngineError.self) {
      try loader.examples(in: "few.csv", for: schema, needsTargets: false)
    }
    do {
      _ = try loader.examples(in: "bad.csv", for: schema, needsTargets: false)
      Issue.record("a text was taken for a number")
    } catch EngineError.badFile(_, let problem, _, _) {
      #expect(problem == "row 2 has `lots` in `n`, a number is needed")
    }
  }
}
