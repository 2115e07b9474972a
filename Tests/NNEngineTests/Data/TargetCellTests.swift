import Testing

@testable import NNEngine

/// Targets whose numbers are spelt as people spell them.
struct TargetCellTests {
  @Test(arguments: [
    ("x;y\n1;94,4\n2;95,25\n3;1,5\n", [94.4, 95.25, 1.5]),
    ("x,y\n1,12 %\n2,7.5 %\n3,100 %\n", [0.12, 0.075, 1]),
    ("x,y\n1,$5\n2,$7.25\n3,$0.5\n", [5, 7.25, 0.5]),
    ("x,y\n1,\"1,234.5\"\n2,\"12,000.25\"\n3,5.5\n", [1234.5, 12000.25, 5.5]),
  ])
  func numbersOfOneNotationAreNumbers(text: String, expected: [Double]) throws {
    let data = try dataset(text)
    #expect(data.reading == .values && data.train.values == expected)
    #expect(data.columns.last?.kind == .number)
  }

  @Test func severalTargetsMayHaveNotationsOfTheirOwn() throws {
    var options = DataOptions()
    options.target = ["y", "z"]
    let data = try dataset("x;y;z\n1;1,5;10 %\n2;2,5;20 %\n", options)
    #expect(data.train.values == [1.5, 0.1, 2.5, 0.2])
  }

  @Test func whatIsNamedACategoryStaysAText() throws {
    var options = DataOptions()
    options.category = ["y"]
    let data = try dataset("x;y\n1;94,4\n2;95,25\n", options)
    #expect(data.preprocessing.classNames == ["94,4", "95,25"])
  }

  @Test(arguments: [
    ("x,y\n1,a\n2,b\n", DataColumn.Kind.category), ("x,y\n1,no\n2,Yes\n", .truth),
    ("x,y\n1,0\n2,1\n", .number),
  ])
  func theKindOfATargetIsToldAsThatOfAnInput(text: String, kind: DataColumn.Kind) throws {
    #expect(try dataset(text).columns.last?.kind == kind)
  }

  @Test func codesStayTexts() throws {
    #expect(try dataset("x,y\n1,007\n2,010\n").preprocessing.classNames == ["007", "010"])
  }

  @Test func commasThatMayBeEitherAreAnError() {
    #expect(problem("x;y\n1;1,250\n2;3,125\n")?.contains("the comma may group digits") == true)
  }

  @Test func laterFilesAreReadAlike() throws {
    let schema = try dataset("x;y\n1;94,4\n2;95,25\n3;90,5\n").preprocessing
    let files = MemoryFiles(["t.csv": "x;y\n1;1,5\n2;2,5\n"])
    let (rows, _) = try DataLoader(files: files)
      .examples(in: "t.csv", for: schema, needsTargets: true)
    #expect(rows.values == [1.5, 2.5])
  }

  @Test func aPointBehindCommasIsRefusedAlsoWhereTheColumnGoesAlong() throws {
    let schema = try dataset("x;y\n1,5;a\n2,25;b\n3,5;a\n").preprocessing
    let loader = DataLoader(files: MemoryFiles(["t.csv": "x;z\n1.234;a\n"]))
    for keep in [[], ["x"]] {
      #expect {
        _ = try loader.forEachBlock(of: "t.csv", for: schema, keep: keep) { _ in }
      } throws: {
        "\($0)".contains("a number with a decimal comma")
      }
    }
  }
}
