import NNEngine
import Testing

/// The folder of the data that come along, from the place of this file.
let galleryFolder =
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
  .joined(separator: "/") + "/scripts/models/data"

@Suite struct GalleryDataTests {
  let loader = DataLoader(folders: [galleryFolder])

  @Test func everySetThatComesAlongIsAsItsEntrySays() throws {
    for set in loader.sets where set.testFile == nil {
      let data = try loader.load(set: set.name)
      #expect(data.rowCount == set.rowCount, "\(set.name)")
      #expect(set.inputShape.map { $0 == data.train.inputShape } ?? true, "\(set.name)")
      #expect(data.preprocessing.columnNames == set.columns, "\(set.name)")
      #expect(data.preprocessing.classNames == set.classNames, "\(set.name)")
      #expect(data.preprocessing.targetNames == set.target, "\(set.name)")
    }
  }

  /// A set's own folders are looked for below those of the host, in the host's order, and only then
  /// those that begin at the root.
  @Test func setsAreFoundInTheirFolders() throws {
    var set = NamedSet(
      "tiny", "Two rows.", file: "t.csv", inputShape: [1], rowCount: 2, howToGet: "type it")
    set.folders = ["sub", "/abs"]
    let places = ["one/t.csv", "one/sub/t.csv", "two/t.csv", "two/sub/t.csv", "/abs/t.csv"]
    for first in places.indices {
      let files = MemoryFiles(
        Dictionary(uniqueKeysWithValues: places[first...].map { ($0, "a,b\n1,2\n3,4\n") }))
      let loader = DataLoader(files: files, sets: [set], folders: ["one", "two"])
      #expect(try loader.locate(set) == places[first])
    }
    let loader = DataLoader(files: MemoryFiles([:]), sets: [set], folders: ["one", "two"])
    #expect(throws: EngineError.setNotInstalled(name: "tiny", help: "type it")) {
      try loader.locate(set)
    }
  }

  @Test func irisIsSplitClassByClassAndScaledOnTheTrainingPart() throws {
    var options = DataOptions()
    options.target = ["species"]
    options.test = .share(0.2)
    let data = try loader.load(galleryFolder + "/iris.csv", options: options, seed: 0)
    #expect(data.train.count == 120)
    #expect(data.test?.count == 30)
    #expect(data.classCounts == [40, 40, 40])
    #expect(data.preprocessing.classNames == ["setosa", "versicolor", "virginica"])
    let scaling = try #require(data.preprocessing.inputScaling)
    let values = data.train.inputs.numbers
    #expect(values.contains(5.1))
    for column in 0..<4 {
      let scaled = stride(from: column, to: values.count, by: 4).map {
        scaling.scaled(values[$0], column: column)
      }
      let mean = scaled.reduce(0, +) / 120
      let variance = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 120
      #expect(abs(mean) < 1e-12)
      #expect(abs(variance - 1) < 1e-12)
    }
    #expect(
      data.notes == [
        "iris.csv: 150 rows, 5 columns",
        "inputs: 4: sepal_length, sepal_width, petal_length, petal_width, "
          + "scaled to mean 0, deviation 1",
        "target: species, 3 classes: setosa (40), versicolor (40), virginica (40)",
        "split: 120 training rows, 30 test rows",
      ])
  }

  @Test func diabetesIsLearntAsANumberAndScaledBack() throws {
    let data = try loader.load(set: "diabetes")
    #expect(data.reading == .values)
    let scaling = try #require(data.preprocessing.targetScaling)
    // NumPy: y.mean(), y.std() are 152.13348416289594 and 77.00574586945044.
    #expect(abs(scaling.scale[0] - 1 / 77.005_745_9) < 1e-7)
    #expect(abs(scaling.shift[0] + 152.133_484 / 77.005_745_9) < 1e-5)
  }

  @Test(.enabled(if: DiskFiles().kind(of: "/usr/share/datasets/fashion-mnist") == .folder))
  func fashionComesWithItsOwnTestPart() throws {
    var options = DataOptions()
    options.limit = 1_000
    let data = try loader.load(set: "fashion_mnist", options: options, seed: 1)
    #expect(data.rowCount == 60_000)
    #expect(data.train.count == 1_000)
    #expect(data.classCounts == Array(repeating: 100, count: 10))
    #expect(data.test?.count == 10_000)
    #expect(data.train.inputShape == [28, 28, 1])
    #expect(data.preprocessing.inputScaling == .init(scale: [1 / 255], shift: [0]))
    #expect(data.preprocessing.classNames.last == "Ankle boot")
  }

  @Test func aSetThatIsNotThereSaysHowToGetIt() throws {
    var loader = DataLoader()
    loader.sets = [
      NamedSet(
        "moons", "Two moons.", file: "moons.csv", inputShape: [2], rowCount: 9,
        howToGet: "sudo apt install moons")
    ]
    #expect(throws: EngineError.setNotInstalled(name: "moons", help: "sudo apt install moons")) {
      try loader.load(set: "moons")
    }
    #expect(throws: EngineError.unknownName(what: "data set", name: "mons", known: ["moons"])) {
      try loader.load(set: "mons")
    }
  }
}
