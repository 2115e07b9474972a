import Testing

@testable import NNEngine

/// Folders of pictures as rows.
struct PictureFolderTests {
  private static let grey = Array("P2 2 2 255 0 50 100 250".utf8)
  private static let colour = Array("P3 2 2 255 9 0 0  0 9 0  0 0 9  9 9 9".utf8)

  private static func options(_ change: (inout DataOptions) -> Void) -> DataOptions {
    var options = DataOptions()
    change(&options)
    return options
  }

  private static func load(
    _ files: [String: [UInt8]], _ path: String = "pets", threads: Int = 2,
    _ change: (inout DataOptions) -> Void = { _ in }
  ) throws -> Dataset {
    var loader = DataLoader(files: MemoryFiles(bytes: files))
    loader.workers = Workers(count: threads)
    return try loader.load(path, options: options(change))
  }

  private static func message(
    _ files: [String: [UInt8]], _ change: (inout DataOptions) -> Void = { _ in }
  ) -> String {
    do {
      return try load(files, "pets", change).notes.joined(separator: "\n")
    } catch {
      return "\(error)"
    }
  }

  private static func load(
    _ files: [String: [UInt8]], _ path: String, _ change: (inout DataOptions) -> Void
  ) throws -> Dataset { try load(files, path, threads: 2, change) }

  @Test func classesAndPicturesStandInTheOrderOfTheirNames() throws {
    let data = try Self.load([
      "pets/köter 10/b.pgm": Self.grey, "pets/köter 2/a10.pgm": Self.grey,
      "pets/köter 2/a9.pgm": Self.grey, "pets/köter 2/deep/er/0.pgm": Self.grey,
    ]) { $0.shuffle = false }
    #expect(data.preprocessing.classNames == ["köter 2", "köter 10"])
    #expect(
      data.train.names == [
        "köter 2/a9.pgm", "köter 2/a10.pgm", "köter 2/deep/er/0.pgm", "köter 10/b.pgm",
      ])
    #expect(data.train.codes == [0, 0, 0, 1])
    #expect(data.train.inputShape == [2, 2, 1], "equal sizes stay")
    guard case .bytes = data.train.inputs else {
      Issue.record("pictures are kept as bytes")
      return
    }
  }

  @Test func partsKeepTheNamesOfTheirPictures() throws {
    let files = Dictionary(
      uniqueKeysWithValues: (0..<20).map { place in
        ("pets/\(place % 2)/\(place).pgm", Array("P2 1 1 255 \(place)".utf8))
      })
    let data = try Self.load(files) { $0.test = .share(0.2) }
    for part in [data.train, try #require(data.test)] {
      for row in 0..<part.count {
        #expect(part.names[row].hasSuffix("/\(Int(part.numbers[row])).pgm"))
      }
    }
  }

  @Test func mostPicturesDecideBetweenGreyAndColour() throws {
    let some = [
      "pets/a/1.pgm": Self.grey, "pets/a/2.ppm": Self.colour, "pets/b/1.ppm": Self.colour,
    ]
    let data = try Self.load(some) { $0.shuffle = false }
    #expect(data.train.inputShape == [2, 2, 3])
    #expect(data.train.numbers.prefix(6) == [0, 0, 0, 50, 50, 50])
    #expect(data.notes.contains { $0.contains("1 of 3 pictures is grey and becomes coloured") })
    let grey = try Self.load(some) { ($0.pictures.channels, $0.shuffle) = (.grey, false) }
    #expect(grey.train.inputShape == [2, 2, 1])
    // 0.299, 0.587 and 0.114 of 9.
    #expect(grey.train.numbers[4..<8] == [3, 5, 1, 9])
    let more = ["pets/a/1.pgm": Self.grey, "pets/a/2.pgm": Self.grey, "pets/b/1.ppm": Self.colour]
    let most = try Self.load(more) { $0.shuffle = false }
    #expect(most.train.numbers.suffix(4) == [3, 5, 1, 9])
  }

  @Test func theBytesAreTheSameForAnyNumberOfThreads() throws {
    func bytes(_ threads: Int) throws -> [UInt8] {
      var loader = DataLoader()
      loader.workers = Workers(count: threads)
      let data = try loader.load(
        PictureTests.folder + "/shapes",
        options: Self.options { ($0.pictures.size, $0.pictures.fit) = ([7, 9], .crop) })
      guard case .bytes(let bytes) = data.train.inputs else { return [] }
      return bytes
    }
    let one = try bytes(1)
    #expect(one.count == 12 * 7 * 9 * 3)
    #expect(try bytes(2) == one)
    #expect(try bytes(5) == one)
  }

  @Test func allDamagedPicturesAreListedOrLeftOut() throws {
    let path = PictureTests.folder + "/damaged"
    let size = Self.options { $0.pictures.size = [8] }
    do {
      _ = try DataLoader().load(path, options: size)
      Issue.record("damaged pictures were read")
    } catch EngineError.badFile(_, let problem, let detail, let help) {
      #expect(problem == "5 of its 7 pictures cannot be read")
      let lines = detail?.split(separator: "\n").map(String.init) ?? []
      #expect(lines.count == 5)
      #expect(lines.contains("block/huge.png: it has 20000x20000 points, more than 100 million"))
      #expect(lines.contains("block/moving.gif: it is a GIF"))
      #expect(lines.contains { $0.hasPrefix("ring/cut.jpg: it is damaged: ") })
      #expect(lines.contains("ring/empty.jpg: it is empty"))
      #expect(lines.contains("ring/text.png: it is a text"))
      #expect(help?.contains("missing=drop") == true)
    }
    let data = try DataLoader().load(
      path, options: Self.options { ($0.pictures.size, $0.missing) = ([8], .drop) })
    #expect(data.rowCount == 2 && data.train.names == ["block/good.png", "ring/GOOD.PNG"])
    let notes = data.notes.joined(separator: "\n")
    #expect(notes.contains("1 hidden file left out"))
    #expect(notes.contains("1 file that is no picture left out: ring/notes.txt"))
    #expect(notes.contains("5 pictures that cannot be read left out"))
  }

  @Test func whatIsNoFolderOfClassesSaysWhatToDo() {
    #expect(
      Self.message(["pets/1.pgm": Self.grey]).contains("stand in no folder that says their class"))
    #expect(Self.message(["pets/a/1.txt": [65]]).contains("it holds no pictures"))
    #expect(
      Self.message(["pets/train/a/1.pgm": Self.grey, "pets/test/a/1.pgm": Self.grey])
        .contains(#"data \"pets/train\" test=\"pets/test\""#))
    #expect(
      Self.message(["pets/a/1.pgm": Self.grey, "pets/a/2.pgm": Array("P2 1 1 255 0".utf8)])
        .contains("2 sizes"))
    #expect(Self.message(["pets/a/1.pgm": Self.grey]).contains("there is nothing to tell apart"))
    #expect(
      Self.message(["pets/a/1.pgm": Self.grey]) { $0.target = ["x"] }.contains("no column `x`"))
  }

  @Test func foldersThatLeadBackAreFound() {
    var files = ["pets/a/1.pgm": Self.grey]
    files["pets/a/" + String(repeating: "b/", count: 40) + "1.pgm"] = Self.grey
    #expect(Self.message(files).contains("folders in folders without end"))
  }

  @Test func aModelReadsPicturesAsItLearntThem() throws {
    let data = try DataLoader().load(
      PictureTests.folder + "/shapes",
      options: Self.options { ($0.pictures.size, $0.pictures.fit) = ([6, 8], .pad) })
    let schema = try #require(Preprocessing(json: data.preprocessing.json))
    #expect(schema.pictures == PictureForm(height: 6, width: 8, channels: .rgb, fit: .pad))
    #expect(schema == data.preprocessing)
    let row = try #require(data.train.names.firstIndex(of: "ring/2.jpg"))
    let again = try DataLoader().rows(
      in: PictureTests.folder + "/shapes/ring/2.jpg", for: schema)
    #expect(again.numbers == Array(data.train.numbers[row * 144..<(row + 1) * 144]))
    let (all, _) = try DataLoader().examples(
      in: PictureTests.folder + "/more shapes", for: schema, options: DataOptions(),
      needsTargets: true)
    #expect(all.count == 4 && all.codes == [0, 0, 1, 1])
  }

  @Test func picturesAreNotForAModelOfOtherNumbers() {
    let schema = Preprocessing(inputShape: [4])
    #expect(throws: EngineError.self) {
      try DataLoader().rows(in: PictureTests.folder + "/flat/ring.png", for: schema)
    }
  }
}
