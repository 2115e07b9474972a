import NNEngine
import Testing

@Suite struct IDXTests {
  static let pictures: [UInt8] =
    [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2] + (0..<12).map { UInt8($0 * 20) }
  static let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 7]

  private func load(_ files: [String: [UInt8]], _ change: (inout DataOptions) -> Void = { _ in })
    throws -> Dataset
  {
    var options = DataOptions()
    change(&options)
    return try DataLoader(files: MemoryFiles(bytes: files)).load(
      files.keys.sorted().first { $0.contains("images") } ?? "", options: options)
  }

  private func problem(_ files: [String: [UInt8]]) -> String? {
    do {
      _ = try load(files)
      return nil
    } catch EngineError.badFile(_, let problem, _, _) {
      return problem
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [false, true], [false, true])
  func aPairIsReadPackedOrNot(_ packsPictures: Bool, _ packsLabels: Bool) throws {
    let data = try load([
      "d/a-images-idx3-ubyte" + (packsPictures ? ".gz" : ""):
        packsPictures ? TestGzip.stored(Self.pictures) : Self.pictures,
      "d/a-labels-idx1-ubyte" + (packsLabels ? ".gz" : ""):
        packsLabels ? TestGzip.stored(Self.labels) : Self.labels,
    ])
    #expect(data.train.inputShape == [2, 2, 1])
    #expect(data.train.numbers == (0..<12).map { Double($0 * 20) })
    #expect(data.preprocessing.classNames == ["2", "7"])
    #expect(data.train.codes == [1, 0, 1])
    #expect(data.preprocessing.inputScaling == .init(scale: [1 / 255], shift: [0]))
  }

  @Test func labelsAreNamedOrFound() throws {
    #expect(
      problem(["a-images-idx3-ubyte": Self.pictures]) == "no file of labels was found beside it")
    let data = try load(["a-images": Self.pictures, "answers": Self.labels]) {
      $0.labels = "answers"
      $0.classes = ["a", "b", "c", "d", "e", "f", "g", "h"]
    }
    #expect(data.train.codes == [7, 2, 7])
    #expect(data.outputCount == 8)
  }

  @Test func aPairThatDoesNotMatchIsRefused() {
    let two: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 7, 2]
    #expect(
      problem(["a-images": Self.pictures, "a-labels": two]) == "it holds 2 labels for 3 rows")
    #expect(
      problem(["a-images": Self.pictures, "a-labels": Self.pictures])
        == "it holds 3x2x2 values, labels have one axis")
    #expect(problem(["a-images": Self.pictures, "a-labels": [1, 2, 3]]) == "it is no IDX file")
  }

  @Test func everyTruncationIsToldAndNoneCrashes() {
    for length in 0..<Self.pictures.count {
      let found = problem(["a-images": Array(Self.pictures[..<length]), "a-labels": Self.labels])
      #expect(found != nil, "\(length) bytes")
    }
    let packed = TestGzip.stored(Self.pictures)
    for length in 0..<packed.count - 8 {
      let found = problem(["a-images.gz": Array(packed[..<length]), "a-labels": Self.labels])
      #expect(found != nil, "\(length) packed bytes")
    }
    #expect(
      problem(["a-images": Self.pictures + [1], "a-labels": Self.labels])
        == "it holds more than the 3x2x2 values of its header")
  }

  @Test func hugeClaimsCostNothing() {
    let most: [UInt8] = [0xff, 0xff, 0xff, 0xff]
    let huge: [UInt8] = [0, 0, 8, 3] + most + most + most
    #expect(
      problem(["a-images": huge]) == "its header claims 4294967295x4294967295x4294967295 values")
    // 2^38 values: within bounds, and not in this file, packed or not.
    let large: [UInt8] = [0, 0, 8, 2, 0, 4, 0, 0, 0, 16, 0, 0]
    #expect(problem(["a-images": large]) == "it ends after 0 of 274877906944 values")
    #expect(
      problem(["a-images": TestGzip.stored(large)])
        == "its header claims 274877906944 values, which cannot be in it")
    #expect(problem(["a-images": [0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 1]]) == "it holds no rows")
    #expect(
      problem(["a-images": [0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0]])
        == "its values are not 8-bit ones")
  }

  @Test func columnsOfPicturesAreRefused() {
    #expect(throws: EngineError.self) {
      try load(["a-images": Self.pictures, "a-labels": Self.labels]) { $0.target = ["label"] }
    }
  }

  @Test func standardScalesPixelByPixel() throws {
    let data = try load(["a-images": Self.pictures, "a-labels": Self.labels]) {
      $0.normalize = .standard
    }
    let scaling = try #require(data.preprocessing.inputScaling)
    // Pixel 0 is 0, 80, 160: mean 80, deviation sqrt(12800 / 3).
    #expect(scaling.scale.count == 4)
    #expect(abs(scaling.scale[0] - 0.015_309_311) < 1e-8)
    #expect(abs(scaling.shift[0] + 1.224_744_9) < 1e-6)
  }
}
