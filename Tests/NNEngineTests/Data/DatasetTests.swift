import Testing

@testable import NNEngine

@Suite struct DatasetTests {
  private func options(_ change: (inout DataOptions) -> Void) -> DataOptions {
    var options = DataOptions()
    change(&options)
    return options
  }

  /// `count` rows of `row, class`, the classes in turn.
  private func table(_ count: Int, classes: [String]) -> String {
    "a,c\n" + (0..<count).map { "\($0),\(classes[$0 % classes.count])\n" }.joined()
  }

  // MARK: Parts

  @Test func partsTogetherAreAllRowsOnce() throws {
    let data = try dataset(
      table(101, classes: ["x", "y", "z"]),
      options {
        $0.test = .share(0.2)
        $0.validation = .rows(7)
      })
    let test = try #require(data.test)
    let validation = try #require(data.validation)
    #expect(test.count == 20)
    #expect(validation.count == 7)
    #expect(data.train.count == 74)
    let all = data.train.numbers + validation.numbers + test.numbers
    #expect(all.sorted() == (0..<101).map(Double.init))
    #expect(data.train.numbers == data.train.numbers.sorted())
  }

  @Test func theSeedAloneDecidesTheSplit() throws {
    let loader = DataLoader(files: MemoryFiles(["t.csv": table(100, classes: ["x", "y"])]))
    let options = options { $0.test = .share(0.2) }
    let rows = try (0..<3).map {
      try loader.load("t.csv", options: options, seed: [5, 5, 6][$0]).test?.numbers
    }
    #expect(rows[0] == rows[1])
    #expect(rows[0] != rows[2])
  }

  @Test func everyClassHasItsShareUnlessToldOtherwise() throws {
    let text = "a,c\n" + (0..<100).map { "\($0),\($0 < 90 ? "x" : "y")\n" }.joined()
    let counts = { (data: Dataset) in
      data.test.map { test in (0..<2).map { code in test.codes.count { $0 == code } } }
    }
    #expect(try counts(dataset(text, options { $0.test = .share(0.2) })) == [18, 2])
    let last = try dataset(
      text,
      options {
        $0.test = .share(0.2)
        $0.shuffle = false
      })
    #expect(counts(last) == [10, 10])
    #expect(last.test?.numbers == (80..<100).map(Double.init))
    let ordered = try dataset(
      text,
      options {
        $0.test = .share(0.2)
        $0.shuffle = false
        $0.stratify = true
      })
    #expect(counts(ordered) == [18, 2])
  }

  @Test func quotasAddUpAndSpareTheLastOfAClass() {
    #expect(RowSplitter.quotas(10, among: [50, 50]) == [5, 5])
    #expect(RowSplitter.quotas(2, among: [10, 1, 1]) == [2, 0, 0])
    #expect(RowSplitter.quotas(3, among: [2, 2, 2]) == [1, 1, 1])
    #expect(RowSplitter.quotas(4, among: [2, 2, 2]).reduce(0, +) == 4)
    #expect(RowSplitter.quotas(6, among: [2, 2, 2]) == [2, 2, 2])
    var random = TestRandom(state: 5)
    for _ in 0..<500 {
      let sizes = (0..<1 + random.next() % 8).map { _ in Int(random.next() % 20) }
      let total = Int(random.next() % UInt64(sizes.reduce(0, +) + 1))
      let quotas = RowSplitter.quotas(total, among: sizes)
      #expect(quotas.reduce(0, +) == total, "\(total) of \(sizes)")
      #expect(zip(quotas, sizes).allSatisfy { $0 <= $1 && $0 >= 0 })
    }
  }

  /// Targets are shares of one whole where no row has a number below 0 or is off by more than 0.02.
  @Test(arguments: [
    ("0.25,0.75", true), ("1,0", true), ("0.33,0.66", true), ("0.5,0.515", true),
    ("0.5,0.525", false), ("0.5,0.475", false), ("0.495,0.49", true), ("-0.25,1.25", false),
    ("0.5,0.4", false), ("0,0", false),
  ])
  func sharesAddUpToOne(_ row: String, _ areShares: Bool) throws {
    let data = try dataset(
      "a,s,t\n1,0.5,0.5\n2,\(row)\n3,1,0\n", options { $0.target = ["s", "t"] })
    #expect(data.targetFacts?.areShares == areShares)
    #expect(data.targetFacts?.name == nil)
    #expect(data.targetFacts?.width == 2)
    let one = try dataset("a,s\n1,0.5\n2,1\n", options { $0.target = ["s"] })
    #expect(one.targetFacts?.name == "s")
  }

  @Test func limitDrawsRowsOfEveryClassOrTakesTheFirst() throws {
    let text = "a,c\n" + (0..<90).map { "\($0),\(["x", "y", "z"][$0 / 30])\n" }.joined()
    #expect(try dataset(text, options { $0.limit = 9 }).classCounts == [3, 3, 3])
    let first = try dataset(
      text,
      options {
        $0.limit = 9
        $0.shuffle = false
      })
    #expect(first.train.numbers.count == 9)
    #expect(first.classCounts == [9, 0, 0])
    #expect(try dataset(text, options { $0.limit = 1_000 }).train.count == 90)
  }

  @Test func partsThatCannotBeAreRefusedWithHelp() {
    let text = table(10, classes: ["x", "y"])
    for change: (inout DataOptions) -> Void in [
      { $0.test = .share(0) }, { $0.test = .share(1) }, { $0.test = .share(-0.5) },
      { $0.test = .share(.nan) }, { $0.test = .share(0.01) }, { $0.test = .rows(0) },
      { $0.test = .rows(10) }, { $0.validation = .rows(-3) }, { $0.limit = 0 },
      {
        $0.test = .share(0.5)
        $0.validation = .share(0.5)
      },
    ] {
      do {
        _ = try dataset(text, options(change))
        Issue.record("accepted")
      } catch EngineError.invalid(_, let help) {
        #expect(help != nil)
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  @Test func partsOfTheirOwnFilesAreReadByName() throws {
    let loader = DataLoader(
      files: MemoryFiles([
        "train.csv": "a,b,c\n1,2,x\n3,4,y\n", "test.csv": "c,b,extra,a\ny,20,q,10\n",
        "bare.csv": "7,8,x\n", "strange.csv": "a,b,c\n1,2,q\n", "short.csv": "a,c\n1,x\n",
      ]))
    var options = options { $0.normalize = .none }
    options.test = .file("test.csv")
    options.validation = .file("bare.csv")
    let data = try loader.load("train.csv", options: options)
    #expect(data.test?.numbers == [10, 20])
    #expect(data.test?.codes == [1])
    #expect(data.validation?.numbers == [7, 8])
    #expect(data.train.count == 2)
    options.test = .file("strange.csv")
    let wider = try loader.load("train.csv", options: options)
    #expect(wider.preprocessing.classNames == ["q", "x", "y"])
    #expect(wider.test?.codes == [0])
    options.test = .file("short.csv")
    #expect(
      throws: EngineError.badFile(
        path: "short.csv", problem: "it has no column `b`", detail: "its columns are a, c")
    ) { try loader.load("train.csv", options: options) }
    options.test = .file("none.csv")
    #expect(
      throws: EngineError.fileNotFound(
        path: "none.csv", folder: "",
        present: ["bare.csv", "short.csv", "strange.csv", "test.csv", "train.csv"])
    ) { try loader.load("train.csv", options: options) }
  }

  // MARK: Targets

  @Test func wholeNumbersHaveBothReadings() throws {
    let data = try dataset(
      "a,c\n1,3\n2,10\n3,3\n4,10\n", options { $0.test = .rows(2) })
    #expect(data.reading == .classes)
    #expect(data.preprocessing.classNames == ["3", "10"])
    #expect(data.preprocessing.targetScaling == nil)
    let values = try data.reading(.values)
    #expect(values.train.values.sorted() == [3, 10])
    #expect(values.test?.values.sorted() == [3, 10])
    #expect(values.train.numbers == data.train.numbers)
    #expect(values.preprocessing.classNames.isEmpty)
    #expect(values.preprocessing.targetScaling == .init(center: [6.5], scale: [1 / 3.5]))
    let back = try values.reading(.classes)
    #expect(back.train.codes == data.train.codes)
    #expect(back.preprocessing == data.preprocessing)
  }

  @Test func textsAndFractionsHaveOneReading() throws {
    #expect(throws: EngineError.self) { try dataset("a,c\n1,x\n2,y\n").reading(.values) }
    #expect(throws: EngineError.self) { try dataset("a,c\n1,1.5\n2,2\n").reading(.classes) }
    #expect(throws: EngineError.self) {
      try dataset("a,c\n1,1.5\n", options { $0.targetKind = .classes })
    }
    #expect(throws: EngineError.self) {
      try dataset("a,c\n1,x\n", options { $0.targetKind = .values })
    }
    #expect(throws: EngineError.self) {
      try dataset(
        "a,b,c\n1,1.5,2\n2,2.5,3\n",
        options {
          $0.target = ["b", "c"]
          $0.stratify = true
        })
    }
  }

  @Test func whatMoreThanTwoWholeNumbersMeanIsUndecided() throws {
    func reading(_ targets: [Int]) throws -> Dataset.Reading {
      let rows = targets.enumerated().map { "\($0.offset % 2),\($0.element)\n" }
      return try dataset("a,c\n" + rows.joined()).reading
    }
    #expect(try reading([0, 1, 1, 0]) == .classes)
    #expect(try reading([7, 7, 9]) == .classes)
    #expect(try reading([1, 2, 3, 3, 2, 1]) == .undecided)
    #expect(try reading([120, 180, 250, 310, 95, 120]) == .undecided)
    #expect(try reading((0..<60).map { [3, 5, 8][$0 % 3] }) == .undecided)
    #expect(try reading(Array(0..<50)) == .undecided)
  }

  @Test func classesAreSortedAsNumbersAndTakeNames() throws {
    let text = "a,c\n1,10\n2,9\n3,9\n4,10\n5,-1\n6,-1\n"
    let data = try dataset(text, options { $0.targetKind = .classes })
    #expect(data.preprocessing.classNames == ["-1", "9", "10"])
    #expect(data.train.codes == [2, 1, 1, 2, 0, 0])
    let named = try dataset(text, options { $0.classes = ["low", "mid", "high"] })
    #expect(named.preprocessing.classNames == ["low", "mid", "high"])
    #expect(named.train.codes == data.train.codes)
    #expect(throws: EngineError.self) {
      try dataset(text, options { $0.classes = ["low", "high"] })
    }
    let ordered = try dataset("a,c\n1,x\n2,y\n", options { $0.classes = ["y", "x"] })
    #expect(ordered.train.codes == [1, 0])
    #expect(throws: EngineError.unknownName(what: "class", name: "y", known: ["x", "z"])) {
      try dataset("a,c\n1,x\n2,y\n", options { $0.classes = ["x", "z"] })
    }
  }

  // MARK: Scaling

  @Test func scalingComesFromTheTrainingPartAlone() throws {
    // The last two rows are the test part; they would move any statistics they took part in.
    let text = "a,b,c\n0,5,1.5\n2,5,2.5\n1000,5,99.5\n-1000,7,0\n"
    let change: (inout DataOptions) -> Void = {
      $0.test = .rows(2)
      $0.shuffle = false
    }
    let standard = try dataset(text, options(change)).preprocessing
    #expect(standard.inputScaling == .init(scale: [1, 1], shift: [-1, -5]))
    #expect(standard.targetScaling == .init(scale: [2], shift: [-4]))
    let range = try dataset(
      text,
      options {
        change(&$0)
        $0.normalize = .minmax
      }
    ).preprocessing
    #expect(range.inputScaling == .init(scale: [0.5, 1], shift: [0, -5]))
    #expect(range.targetScaling == .init(scale: [1], shift: [-1.5]))
    let none = try dataset(
      text,
      options {
        change(&$0)
        $0.normalize = .none
      }
    ).preprocessing
    #expect(none.inputScaling == nil && none.targetScaling == nil)
  }

  @Test func extremeColumnsGiveFiniteScaling() throws {
    for cells in [
      ["0.1", "0.1", "0.1"], ["1e-40", "2e-40", "0"], ["3e38", "-3e38", "0"],
      ["1e-310", "2e-310", "0"], ["8e307", "-8e307", "3"],
    ] {
      for method in [DataOptions.Normalization.standard, .minmax] {
        let data = try dataset(
          "a,c\n" + cells.map { "\($0),x\n" }.joined(), options { $0.normalize = method })
        let scaling = try #require(data.preprocessing.inputScaling)
        #expect(scaling.scale[0].isFinite && scaling.shift[0].isFinite, "\(cells)")
      }
    }
  }

  // MARK: Values typed in

  @Test func typedValuesStayAsTheyAre() throws {
    let inputs = Numbers(shape: [4, 2], elements: [0, 0, 0, 1, 1, 0, 1, 1])
    let data = try Dataset(
      inputs: inputs, targets: .numbers(Numbers(shape: [4], elements: [0, 1, 1, 0])))
    #expect(data.train.numbers == inputs.elements)
    #expect(data.train.codes == [0, 1, 1, 0])
    #expect(data.preprocessing.inputScaling == nil)
    let values = try data.reading(.values)
    #expect(values.train.values == [0, 1, 1, 0])
    #expect(values.preprocessing.targetScaling == nil)
    #expect(data.notes.first == "values: 4 rows")
    let texts = try Dataset(inputs: inputs, targets: .texts(["no", "yes", "yes", "no"]))
    #expect(texts.preprocessing.classNames == ["no", "yes"])
  }

  @Test func oneRowTakesAPlainListOfTargets() throws {
    let data = try Dataset(
      inputs: Numbers(shape: [1, 2], elements: [0.05, 0.1]),
      targets: .numbers(Numbers(shape: [2], elements: [0.01, 0.99])))
    #expect(data.train.values == [0.01, 0.99])
    #expect(data.outputCount == 2)
  }

  @Test func typedValuesThatDoNotFitAreRefused() {
    let inputs = Numbers(shape: [4, 2], elements: Array(repeating: 0, count: 8))
    #expect(
      throws: EngineError.invalid(
        "`target` holds 3, there are 4 rows", help: "give one target for each row of inputs")
    ) {
      try Dataset(inputs: inputs, targets: .numbers(Numbers(shape: [3], elements: [1, 2, 3])))
    }
    #expect(throws: EngineError.self) {
      try Dataset(inputs: Numbers(shape: [0, 2], elements: []), targets: .none)
    }
    #expect(throws: EngineError.self) {
      try Dataset(inputs: Numbers(shape: [1], elements: [.nan]), targets: .none)
    }
    #expect(throws: EngineError.self) { try Dataset(inputs: inputs, targets: .texts(["a"])) }
    #expect(throws: EngineError.self) {
      try Dataset(inputs: inputs, targets: .none, options: options { $0.target = ["x"] })
    }
  }

  // MARK: Looking and predicting

  @Test func aPeekSeesNamesAndShapes() throws {
    let loader = DataLoader(
      files: MemoryFiles(bytes: [
        "t.csv": Array("a,b,c\n1,2,x\n".utf8), "bare.csv": Array("1,2,x\n".utf8),
        "big.csv.gz": TestGzip.stored(
          Array(("a,b\n" + String(repeating: "1,\"x\ny\"\n", count: 50_000)).utf8)),
        "a-images": IDXTests.pictures,
      ]))
    let small = try loader.peek("t.csv")
    #expect(small.columnNames == ["a", "b", "c"])
    #expect(small.size == 12)
    #expect(small.isCheap)
    #expect(try loader.peek("bare.csv").columnNames == ["column1", "column2", "column3"])
    let big = try loader.peek("big.csv.gz")
    #expect(big.columnNames == ["a", "b"])
    #expect(!big.isCheap)
    let pictures = try loader.peek("a-images")
    #expect(pictures.inputShape == [2, 2, 1])
    #expect(pictures.rowCount == 3)
    #expect(
      throws: EngineError.fileNotFound(
        path: "t.cvs", folder: "", present: ["a-images", "bare.csv", "big.csv.gz", "t.csv"])
    ) { try loader.peek("t.cvs") }
  }

  @Test func rowsToPredictFollowTheNetworksColumns() throws {
    let loader = DataLoader(
      files: MemoryFiles(["n.csv": "b,name,a\n2,x,1\n4,y,3\n", "bare.csv": "5,6\n"]))
    let preprocessing = Preprocessing(inputShape: [2], inputNames: ["a", "b"])
    #expect(try loader.rows(in: "n.csv", for: preprocessing).numbers == [1, 2, 3, 4])
    #expect(try loader.rows(in: "bare.csv", for: preprocessing).numbers == [5, 6])
    #expect(throws: EngineError.self) {
      try loader.rows(in: "n.csv", for: Preprocessing(inputShape: [1], inputNames: ["q"]))
    }
    let nameless = Preprocessing(inputShape: [2])
    #expect(try loader.rows(in: "bare.csv", for: nameless).numbers == [5, 6])
    #expect(throws: EngineError.self) {
      try loader.rows(in: "bare.csv", for: Preprocessing(inputShape: [3]))
    }
  }
}
