import Testing

@testable import NNEngine

/// What a model learnt with meets other data.
@Suite struct SchemaMatchingTests {
  private static let first = "a,b,y\n0,10,low\n2,30,high\n4,50,low\n"

  private func schema() throws -> Preprocessing { try dataset(Self.first).preprocessing }

  private func wrong(_ text: String, _ change: (inout DataOptions) -> Void = { _ in }) -> String? {
    var options = DataOptions()
    options.target = ["y"]
    change(&options)
    do {
      _ = try schema().arranged(dataset(text, options, name: "n.csv"))
      return nil
    } catch EngineError.invalid(let message, _) {
      return message
    } catch {
      return "\(error)"
    }
  }

  @Test func columnsAndClassesAreFoundByName() throws {
    let schema = try schema()
    var options = DataOptions()
    options.target = ["y"]
    options.test = .rows(1)
    options.shuffle = false
    let other = try dataset("y,c,b,a\nlow,9,10,0\nlow,8,50,4\n", options)
    let (data, notes) = try schema.arranged(other)
    #expect(data.train.numbers == [0, 10] && data.test?.numbers == [4, 50])
    #expect(data.train.codes == [1] && data.test?.codes == [1])
    #expect(data.preprocessing == schema)
    #expect(notes.count == 2 && notes[1] == "not used by the model: c")
    // The same rows in the same order stay as they are.
    let same = try schema.arranged(dataset(Self.first)).data
    #expect(same.train.numbers == [0, 10, 2, 30, 4, 50] && same.train.codes == [1, 0, 1])
  }

  @Test func everyPartIsArranged() throws {
    var options = DataOptions()
    options.target = ["y"]
    options.test = .rows(1)
    options.validation = .rows(1)
    options.shuffle = false
    let other = try dataset("y,b,a\nlow,10,0\nhigh,30,2\nlow,50,4\n", options)
    let data = try schema().arranged(other).data
    #expect(data.train.numbers == [0, 10] && data.train.codes == [1])
    #expect(data.validation?.numbers == [2, 30] && data.validation?.codes == [0])
    #expect(data.test?.numbers == [4, 50] && data.test?.codes == [1])
  }

  /// Scales may be asked for that the model learnt with, and none where it has none.
  @Test func scalesAreAskedForAsTheyWereLearnt() throws {
    let text = "a,b,y\n1,2,low\n3,4,high\n"
    func refusal(_ learnt: DataOptions.Normalization, _ asked: DataOptions.Normalization) throws
      -> String?
    {
      var options = DataOptions()
      options.normalize = learnt
      let schema = try dataset(Self.first, options).preprocessing
      options.normalize = asked
      options.target = ["y"]
      do {
        _ = try schema.arranged(dataset(text, options, name: "n.csv"))
        return nil
      } catch EngineError.invalid(let message, _) {
        return message
      }
    }
    for learnt in [DataOptions.Normalization.standard, .minmax, .none] {
      #expect(try refusal(learnt, .auto) == nil)
      for asked in [DataOptions.Normalization.standard, .minmax, .none] {
        #expect(
          try refusal(learnt, asked)
            == (learnt == asked
              ? nil
              : "`normalize=\(asked.rawValue)` contradicts the scales the model learnt with"))
      }
    }
  }

  @Test func whatDoesNotFitIsNamed() {
    #expect(
      wrong("b,x,y\n1,2,low\n") == "the model needs the column `a`, `n.csv` has none of that name")
    #expect(
      wrong("a,b,y\n1,2,middle\n3,4,low\n")
        == "`n.csv` has the class `middle`, which the model does not know")
    #expect(
      wrong("a,b,y\n1,2,low\n3,4,high\n") { $0.normalize = .minmax }
        == "`normalize=minmax` contradicts the scales the model learnt with")
    #expect(
      wrong("a,b,y,z\n1,2,low,p\n3,4,high,q\n") {
        $0.target = ["z"]
        $0.drop = ["y"]
      } == "the model predicts `y`, the target of `n.csv` is `z`")
    #expect(
      wrong("a,b,y\n1,2,low\n3,4,high\n") { $0.drop = ["a"] }
        == "the model needs the column `a`, which is left out here")
    #expect(wrong("a,b,y\n1,2,low\n3,4,high\n") { $0.normalize = .standard } != nil)
  }

  @Test func filesAreReadWithTheSchema() throws {
    let schema = try schema()
    let loader = DataLoader(
      files: MemoryFiles([
        "part.csv": "y,b,a\nlow,1,2\nlow,3,4\n", "bare.csv": "1,2,high\n3,4,low\n",
        "odd.csv": "a,b,y\n1,2,middle\n", "none.csv": "a,b\n1,2\n", "wide.csv": "1,2,3,low\n",
      ]))
    let part = try loader.examples(in: "part.csv", for: schema, needsTargets: true)
    #expect(part.examples.numbers == [2, 1, 4, 3] && part.examples.codes == [1, 1])
    #expect(part.notes.isEmpty)
    let bare = try loader.examples(in: "bare.csv", for: schema, needsTargets: true)
    #expect(bare.examples.numbers == [1, 2, 3, 4] && bare.examples.codes == [0, 1])
    for (name, expected, expectedDetail) in [
      (
        "odd.csv", "row 2 has the class `middle`, which the model does not know",
        "it knows high, low"
      ),
      (
        "none.csv", "it has no column `y`, which the model predicts", "its columns are a, b"
      ), ("wide.csv", "it has 4 columns, 3 are needed", "these are a, b, y"),
    ] {
      var (found, detail): (String, String?) = ("", nil)
      do {
        _ = try loader.examples(in: name, for: schema, needsTargets: true)
      } catch EngineError.badFile(_, let problem, let words, _) {
        (found, detail) = (problem, words)
      }
      #expect(found == expected && detail == expectedDetail)
    }
  }

  /// Other spellings, columns in another order, and other units are the same data.
  @Test func theSameDataInAnyDressAreScaledAlike() throws {
    var random = TestRandom(state: 21)
    for _ in 0..<50 {
      let rows = (0..<8).map { _ in
        (0..<3).map { _ in Double(Int(random.next() % 20_001) - 10_000) / 100 }
      }
      func table(_ order: [Int], _ cell: (Double) -> String) -> String {
        let names = ["a", "b", "c"]
        return order.map { names[$0] }.joined(separator: ",") + ",y\n"
          + rows.enumerated().map { index, row in
            order.map { cell(row[$0]) }.joined(separator: ",") + ",\(index % 2)\n"
          }.joined()
      }
      let plain = try dataset(table([0, 1, 2]) { "\($0)" })
      func scaled(_ data: Dataset) -> [Double] {
        data.train.numbers.enumerated().map {
          data.preprocessing.inputScaling?.scaled($1, column: $0 % 3) ?? $1
        }
      }
      let spelled = try dataset(table([0, 1, 2]) { "\($0 * 100)e-2" })
      #expect(zip(scaled(plain), scaled(spelled)).allSatisfy { abs($0 - $1) < 1e-12 })
      let larger = try dataset(table([0, 1, 2]) { "\($0 * 1000)" })
      #expect(zip(scaled(plain), scaled(larger)).allSatisfy { abs($0 - $1) < 1e-12 })
      let turned = try plain.preprocessing.arranged(dataset(table([2, 0, 1]) { "\($0)" })).data
      #expect(turned.train.numbers == plain.train.numbers)
      #expect(turned.train.codes == plain.train.codes)
    }
  }
}
