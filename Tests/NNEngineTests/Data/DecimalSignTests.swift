import Testing

@testable import NNEngine

/// Points and commas in numbers: which begins a fraction and which groups digits.
struct DecimalSignTests {
  private func dataset(
    _ text: String, _ change: (inout DataOptions) -> Void = { _ in }
  ) throws -> Dataset {
    try DataLoader(files: MemoryFiles(["t.csv": text])).load("t.csv", options: options(change))
  }

  private func problem(_ text: String, _ change: (inout DataOptions) -> Void = { _ in }) -> String?
  {
    NNEngineTests.problem(text, options(change))
  }

  private func options(_ change: (inout DataOptions) -> Void) -> DataOptions {
    var options = DataOptions()
    (options.shuffle, options.normalize) = (false, .none)
    change(&options)
    return options
  }

  private static let prices = "size;price\n82,5;310.000\n40,25;95.500\n120,0;1.250.000\n"

  @Test func aPointBesideDecimalCommasIsNotGuessed() throws {
    let text = "size;price\n82,5;310.000\n40,25;95.500\n"
    let needed = "`price` holds numbers such as `310.000`"
    #expect(problem(text)?.contains(needed) == true)
    let swapped = "price;size\n310.000;82,5\n95.500;40,25\n"
    #expect(problem(swapped)?.contains(needed) == true)
    let target = "price;size;y\n310.000;1;82,5\n95.500;2;40,25\n"
    #expect(problem(target)?.contains(needed) == true)
  }

  @Test func whatIsSaidHoldsForNumbersThatLookPlain() throws {
    let data = try dataset("price;size\n310.000;82,5\n95.500;40,25\n310;1\n") {
      $0.decimal = .comma
    }
    #expect(data.train.inputs.numbers == [310_000, 95_500, 310])
    #expect(data.train.values == [82.5, 40.25, 1])
    let targets = try dataset("a;price\n1;310.000\n2;95.500\n3;1,5\n") { $0.decimal = .comma }
    #expect(targets.train.values == [310_000, 95_500, 1.5])
    let points = try dataset("a;b;y\n0.125;1,250;1\n2.500;2,125;2\n") { $0.decimal = .point }
    #expect(points.train.inputs.numbers == [0.125, 1250, 2.5, 2125])
  }

  /// More than one point, or with a comma behind, it is no fraction.
  @Test func groupsThatAreClearAreRead() throws {
    let data = try dataset(Self.prices)
    #expect(data.train.values == [310_000, 95_500, 1_250_000])
  }

  /// What cannot group digits begins a fraction, also beside decimal commas.
  @Test(arguments: ["0.125", "1.5", "12.3456", "1.25e3"])
  func aPointThatGroupsNothingBeginsAFraction(cell: String) throws {
    let data = try dataset("a;b;y\n\(cell);82,5;1\n310.000;40,25;2\n")
    #expect(data.train.inputs.numbers == [try #require(Double(cell)), 82.5, 310, 40.25])
  }

  @Test func withoutDecimalCommasAPointIsPlain() throws {
    let data = try dataset("a;b;y\n310.000;1;1\n95.500;2;2\n")
    #expect(data.train.inputs.numbers == [310, 1, 95.5, 2])
  }

  @Test(arguments: [",", "."])
  func theOtherSignIsAnError(sign: String) throws {
    let other = sign == "," ? "." : ","
    for text in ["a;y\n0\(other)5;1\n1\(other)25;2\n", "x;a\n1;0\(other)5\n2;1\(other)25\n"] {
      let found = problem(text) { $0.decimal = DataOptions.DecimalSign(rawValue: sign) }
      #expect(
        found?.contains("`a` holds numbers with a \(sign == "," ? "point" : "comma")") == true)
    }
  }

  /// Rows of numbers with decimal commas are no further rows of names.
  @Test func commasAreNumbersAlsoAboveWholeNumbers() throws {
    let data = try dataset("price;y\n1.310,5;95.500,25\n1,5;2,5\n7;8\n")
    #expect(data.preprocessing.inputNames == ["price"])
    #expect(data.train.values == [95_500.25, 2.5, 8])
    let grouped = try dataset("a,y\n\"1,310\",\"95,500\"\n\"2,500\",\"3,500\"\n7,8.5\n")
    #expect(grouped.preprocessing.inputNames == ["a"])
    #expect(grouped.train.values == [95_500, 3_500, 8.5])
  }

  /// A later file may hold numbers alone that look plain.
  @Test func laterFilesAreReadByWhatWasLearnt() throws {
    let later = MemoryFiles(["t.csv": "price;y\n310.000;1.250\n2.000;3.000\n"])
    let loader = DataLoader(files: later)
    let said = try dataset("price;y\n310.000;95.500\n1;2,5\n") { $0.decimal = .comma }
    let (rows, _) = try loader.examples(
      in: "t.csv", for: said.preprocessing, needsTargets: true)
    #expect(rows.inputs.numbers == [310_000, 2_000] && rows.values == [1_250, 3_000])
    let found = try dataset("price;y\n1.310,5;95.500,25\n1,5;2,5\n7;8\n").preprocessing
    let again = try #require(Preprocessing(json: found.json))
    let (others, _) = try loader.examples(in: "t.csv", for: again, needsTargets: true)
    #expect(others.inputs.numbers == [310_000, 2_000] && others.values == [1_250, 3_000])
    _ = try loader.forEachBlock(of: "t.csv", for: again) {
      #expect($0.examples.inputs.numbers == [310_000, 2_000])
    }
  }

  @Test func furtherPartsAreReadAlike() throws {
    let options = options { $0.test = .file("t.csv") }
    let files = MemoryFiles([
      "d.csv": "price;y\n1.310,5;95.500,25\n1,5;2,5\n7;8\n", "t.csv": "price;y\n310.000;1.250\n",
    ])
    let data = try DataLoader(files: files).load("d.csv", options: options)
    #expect(data.test?.inputs.numbers == [310_000] && data.test?.values == [1_250])
  }
}
