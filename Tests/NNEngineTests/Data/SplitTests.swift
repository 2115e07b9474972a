import Testing

@testable import NNEngine

/// Rows that stay together, and rows in the order of time.
struct SplitTests {
  /// 400 rows of 50 patients of different sizes; the second column counts the rows.
  private static let visits: String = {
    var random = TestRandom(state: 4)
    var text = "patient,row,day,value,ill\n"
    for row in 0..<400 {
      let patient = Int.random(in: 0..<50, using: &random)
      let day = Int.random(in: 1...28, using: &random)
      text += "P\(patient),\(row),2025-03-\(day < 10 ? "0" : "")\(day),\(row * row % 97).5,"
      text += patient % 5 == 0 ? "yes\n" : "no\n"
    }
    return text
  }()

  private func visits(_ change: (inout DataOptions) -> Void) throws -> Dataset {
    var options = DataOptions()
    options.target = ["ill"]
    options.only = ["row"]
    change(&options)
    return try dataset(Self.visits, options)
  }

  private func patients(_ part: Examples?) -> Set<Int32> { Set(part?.groups?.codes ?? []) }

  @Test func noGroupStandsInTwoParts() throws {
    for seedRows in [1, 40, 120] {
      let data = try visits {
        $0.group = "patient"
        $0.test = .rows(seedRows)
        $0.validation = .share(0.25)
      }
      let parts = [data.train, data.validation, data.test].map(patients)
      #expect(parts.allSatisfy { !$0.isEmpty })
      #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]))
      #expect(parts[1].isDisjoint(with: parts[2]))
      #expect(parts.reduce(0) { $0 + $1.count } == 50)
    }
  }

  @Test func partsOfGroupsHaveAboutTheSizeAndTheClassesAskedFor() throws {
    let data = try visits {
      $0.group = "patient"
      $0.test = .share(0.3)
    }
    let test = try #require(data.test)
    #expect(abs(test.count - 120) <= 6)
    let share = Double(test.codes.count { $0 == 1 }) / Double(test.count)
    let whole = Double((data.train.codes + test.codes).count { $0 == 1 }) / 400
    #expect(abs(share - whole) < 0.05)
  }

  @Test func foldsKeepGroupsTogether() throws {
    let folds = try visits { $0.group = "patient" }.folds(5, seed: 3)
    var seen: Set<Int32> = []
    for fold in folds {
      #expect(patients(fold.train).isDisjoint(with: patients(fold.test)))
      #expect(seen.isDisjoint(with: patients(fold.test)))
      seen.formUnion(patients(fold.test))
      #expect(abs((fold.test?.count ?? 0) - 80) <= 8)
    }
    #expect(seen.count == 50)
  }

  @Test func fewerGroupsThanFoldsAreRefused() throws {
    let data = try visits { $0.group = "patient" }
    #expect {
      _ = try data.folds(51, seed: 0)
    } throws: {
      "\($0)".contains("`patient` has 50 groups, too few for 51 folds")
    }
  }

  @Test func theGroupIsNoInputUnlessItIsNamed() throws {
    let data = try dataset(
      Self.visits,
      {
        var options = DataOptions()
        (options.target, options.group) = (["ill"], "patient")
        return options
      }())
    #expect(!data.preprocessing.columnNames.contains("patient"))
    #expect(data.columns.first?.role == .group)
    let named = try visits {
      $0.group = "patient"
      $0.only = ["patient", "row"]
    }
    #expect(named.preprocessing.columnNames == ["patient", "row"])
  }

  @Test func aGroupInATestFileThatTrainsTooIsTold() throws {
    let files = MemoryFiles([
      "a.csv": "who,x,y\n1,2,a\n1,3,b\n2,4,a\n3,5,b\n", "b.csv": "who,x,y\n2,4,a\n9,5,b\n",
    ])
    var options = DataOptions()
    (options.group, options.test) = ("who", .file("b.csv"))
    let data = try DataLoader(files: files).load("a.csv", options: options)
    #expect(data.notes.contains { $0.contains("1 of 2 groups of `who` in the test file") })
  }

  @Test func theLastRowsInTimeAreTested() throws {
    let data = try dataset(
      "day,x,y\n2025-03-01,1,a\n2024-12-31,2,b\n2025-02-01,3,a\n2025-01-15,4,b\n2025-02-01,5,a\n",
      {
        var options = DataOptions()
        (options.order, options.test, options.validation) = ("day", .rows(1), .rows(2))
        return options
      }())
    #expect(data.train.numbers == [2, 4])
    #expect(data.validation?.numbers == [3, 5])
    #expect(data.test?.numbers == [1])
  }

  @Test func anOrderAllowsNoFoldsAndNoStrata() throws {
    let data = try visits { $0.order = "day" }
    #expect(throws: EngineError.self) { try data.folds(5, seed: 0) }
    #expect(throws: EngineError.self) {
      try visits {
        ($0.order, $0.stratify, $0.test) = ("day", true, .share(0.2))
      }
    }
    #expect(throws: EngineError.self) {
      try visits { ($0.order, $0.group) = ("day", "patient") }
    }
  }

  @Test func aColumnWithoutAnOrderOrWithGapsIsRefused() {
    var options = DataOptions()
    options.order = "when"
    #expect(
      problem("when,x,y\nsoon,1,a\nlater,2,b\n", options)
        == "`when` holds texts, which have no order in time")
    #expect(
      problem("when,x,y\n1,1,a\n,2,b\n", options)
        == "row 3 has no value in `when`, which the rows are to be in the order of")
    options = DataOptions()
    options.group = "who"
    #expect(
      problem("who,x,y\na,1,a\n,2,b\n", options)
        == "row 3 has no value in `who`, which says which rows belong together")
    #expect(
      problem("who,x,y\na,1,a\na,2,b\n", options)
        == "all rows have the same value in `who`: they are one group")
  }

  @Test func numbersAreStratifiedByTheirQuantiles() throws {
    let rows = (0..<100).map { "\($0),\($0 * $0)\n" }.joined()
    var options = DataOptions()
    (options.stratify, options.test, options.targetKind) = (true, .share(0.2), .values)
    let test = try #require(try dataset("x,y\n" + rows, options).test)
    // Two of each tenth.
    let tenths = test.values.map { Int($0.squareRoot()) / 10 }
    #expect(
      (0..<10).map { tenth in tenths.count { $0 == tenth } } == Array(repeating: 2, count: 10))
  }

  @Test func equalNumbersLieInOneInterval() {
    let strata = Strata.ofNumbers([5, 5, 5, 5, 5, 5, 5, 5, 1, 9])
    #expect(strata == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(Strata.ofNumbers([3, 1, 2]) == [0, 0, 0])
  }
}
