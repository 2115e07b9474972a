import Testing

@testable import NNEngine

/// Which columns of a table are of use, and how a later file must be written.
@Suite struct ColumnUseTests {
  private func rows(_ count: Int, _ row: (Int) -> String) -> String {
    (0..<count).map { row($0) + "\n" }.joined()
  }

  @Test func columnsOfOneNumberAreLeftOutAndSaid() throws {
    let text = "a,b,c\n" + rows(10) { "7,\($0 * $0),\($0 % 2 == 0 ? "x" : "y")" }
    let data = try dataset(text)
    #expect(data.preprocessing.columnNames == ["b"])
    #expect(data.notes.contains("left out: a (is 7 in every row)"))
    var options = DataOptions()
    options.only = ["a", "b"]
    #expect(try dataset(text, options).preprocessing.columnNames == ["a", "b"])
    options = DataOptions()
    options.shape = [1, 2, 1]
    #expect(try dataset(text, options).train.inputShape == [1, 2, 1])
    let few = "a,b,c\n" + rows(9) { "7,\($0 * $0),x" }
    #expect(try dataset(few).preprocessing.columnNames == ["a", "b"])
  }

  @Test func columnsThatNameOrCountTheRowsAreSeen() throws {
    let text = "id,n,c\n" + rows(12) { "k\($0 * 7),\($0 + 3),\($0 % 2)" }
    let data = try dataset(text)
    #expect(data.preprocessing.columnNames == ["n"])
    #expect(data.notes.contains("left out: id (only names the rows)"))
    #expect(data.remarks.contains("`n` only counts the rows; `drop=n` leaves it out"))
    var options = DataOptions()
    options.drop = ["n"]
    options.only = ["id"]
    #expect(try dataset(text, options).remarks.isEmpty)
  }

  @Test func datesWithTheYearFirstMayHaveSlashes() {
    #expect(DateText.read(["1970/01/02", "1970-01-03 12:00"]) == .dates([1, 2.5]))
    #expect(DateText.read(["1970/01-02"]) == .none)
    #expect(DateText.read(["1970.01.02"]) == .none)
  }

  @Test func medianIsThatOfTheSortedNumbers() {
    var random = TestRandom(state: 3)
    for count in 1...60 {
      for range in [1.0, 4, 1e6] {
        var values = (0..<count).map { _ in Double.random(in: 0..<range, using: &random).rounded() }
        let sorted = values.sorted()
        let expected =
          count % 2 == 1
          ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
        #expect(Selection.median(&values) == expected)
      }
    }
  }

  /// Behind a column learnt in per cent a plain number may mean either.
  @Test func plainNumbersBehindPerCentAreRefused() throws {
    let learnt = "a,c\n12 %,x\n50 %,y\n7 %,x\n"
    let loader = DataLoader(
      files: MemoryFiles([
        "t.csv": learnt, "plain.csv": "a\n12\n0\n", "good.csv": "a\n12 %\n0\n",
      ]))
    let schema = try loader.load("t.csv").preprocessing
    #expect(
      throws: EngineError.badFile(
        path: "plain.csv",
        problem: "row 2 has `12` in `a`, a number with `%`, as it was learnt with, is needed")
    ) { try loader.examples(in: "plain.csv", for: schema, needsTargets: false) }
    let good = try loader.examples(in: "good.csv", for: schema, needsTargets: false)
    #expect(good.0.numbers == [0.12, 0])
  }
}
