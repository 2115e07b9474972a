import Testing

@testable import NNEngine

/// Whatever a file holds, reading it gives data or an `EngineError`, and never more memory than
/// the file is worth.
@Suite struct BrokenFileTests {
  /// Reads a file every way there is; anything but an `EngineError` fails the test.
  private func survive(_ bytes: [UInt8], _ name: String) {
    let loader = DataLoader(files: MemoryFiles(bytes: [name: bytes, "l": IDXTests.labels]))
    var options = DataOptions()
    options.labels = "l"
    for attempt in [
      { _ = try loader.peek(name) }, { _ = try loader.load(name) },
      { _ = try loader.load(name, options: options) },
      {
        _ = try loader.rows(
          in: name, for: Preprocessing(inputShape: [2], inputNames: ["a", "b"]))
      },
    ] {
      do { try attempt() } catch is EngineError {} catch {
        Issue.record("\(name): \(error)")
      }
    }
  }

  @Test func randomBytesAreSurvived() {
    var random = TestRandom(state: 3)
    let magic: [[UInt8]] = [
      [], [0, 0, 8, 1], [0, 0, 8, 3], [0x1f, 0x8b, 8], [0xef, 0xbb, 0xbf],
    ]
    for round in 0..<2_000 {
      let tail = (0..<random.next() % 64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      survive(magic[round % magic.count] + tail, round % 2 == 0 ? "t.csv" : "t-images")
    }
  }

  @Test func randomTextsOfTheFormatsOwnSignsAreSurvived() {
    var random = TestRandom(state: 4)
    let signs = Array(",;\t|\"\n\r 01.-eab?NA".utf8)
    for _ in 0..<5_000 {
      let text = (0..<random.next() % 48).map { _ in signs[Int(random.next() % UInt64(signs.count))]
      }
      survive(text, "t.csv")
    }
  }

  @Test func everyTruncationOfAPackedTableIsTold() throws {
    let packed = TestGzip.stored(Array("a,b,c\n1,2,x\n3,4,y\n".utf8))
    #expect(problem(packed, name: "t.csv.gz") == nil)
    for length in 1..<packed.count {
      survive(Array(packed[..<length]), "t.csv.gz")
      if length >= 2 {
        #expect(
          problem(Array(packed[..<length]), name: "t.csv.gz")
            == "it is cut off: its gzip data have no end", "\(length) bytes")
      }
    }
    for index in 10..<packed.count {
      var damaged = packed
      damaged[index] ^= 0x55
      #expect(problem(damaged, name: "t.csv.gz") != nil, "byte \(index)")
    }
  }

  @Test func severalPackedPartsAreOneFile() throws {
    let bytes = TestGzip.stored(Array("a,c\n1,x\n".utf8)) + TestGzip.stored(Array("2,y\n".utf8))
    let data = try DataLoader(files: MemoryFiles(bytes: ["t.csv.gz": bytes])).load("t.csv.gz")
    #expect(data.train.count == 2)
  }

  @Test func aFileThatUnfoldsWithoutEndIsStopped() throws {
    // 16 kB that claim 2.6 MB, read with a bound of 1 MB.
    let files = MemoryFiles(bytes: ["bomb.csv.gz": TestGzip.zeros(runs: 10_000)])
    let file = try DataFile(
      "bomb.csv.gz", files: files, atMost: .max, mostUnpacked: 1 << 20)
    #expect(
      throws: EngineError.tooLarge(
        what: "the unpacked content of `bomb.csv.gz`", count: 1 << 20 + 1)
    ) { try file.content() }
    #expect(file.start(10) == Array(repeating: 0, count: 10))
  }

  @Test func longRowsAndManyColumnsAreRead() throws {
    let names = (0..<5_000).map { "c\($0)" }.joined(separator: ",")
    let row = (0..<5_000).map(String.init).joined(separator: ",")
    let data = try dataset(names + "\n" + row + "\n" + row + "\n")
    #expect(data.train.inputShape == [4_999])
    let cell = String(repeating: "x", count: 1_000_000)
    #expect(try dataset("a,c\n1,\(cell)\n2,y\n").preprocessing.classNames == [cell, "y"])
  }
}
