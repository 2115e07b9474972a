/// Reads many pictures, by several threads, each into its own place: the same bytes for any number of
/// threads.
final class PictureReading: TileWork, @unchecked Sendable {
  /// What became of a file.
  enum Outcome {
    case unread
    /// Its numbers stand in its place, `channels` a point.
    case read(channels: Int)
    /// It is no picture, by name and content.
    case other
    case damaged(String, hint: String?)
    /// The work is to end.
    case failed(any Error)
  }

  private let files: [PictureFolder.File]
  private let access: any FileAccess
  private let wish: PictureWish
  private let height: Int
  private let width: Int
  private let place: UnsafeMutablePointer<UInt8>
  private let outcomes: UnsafeMutablePointer<Outcome>

  /// Bytes a picture has room for.
  var room: Int { height * width * (wish.channels?.count ?? 3) }

  /// The most bytes a file may have.
  private static let largestFile = 1 << 30

  private init(
    _ files: [PictureFolder.File], _ access: any FileAccess, _ wish: PictureWish, height: Int,
    width: Int, place: UnsafeMutablePointer<UInt8>, outcomes: UnsafeMutablePointer<Outcome>
  ) {
    (self.files, self.access, self.wish) = (files, access, wish)
    (self.height, self.width) = (height, width)
    (self.place, self.outcomes) = (place, outcomes)
  }

  override func run(tile: Int) { outcomes[tile] = outcome(tile) }

  private func outcome(_ index: Int) -> Outcome {
    let file = files[index]
    do throws(PictureFault) {
      guard let bytes = try Self.content(of: file, access) else { return .other }
      var pixels = try PictureDecoder(bytes).pixels()
        .fitted(height: height, width: width, wish.fit ?? .stretch)
      if let channels = wish.channels { pixels.take(channels) }
      pixels.bytes.withUnsafeBufferPointer { from in
        if let start = from.baseAddress {
          (place + index * room).update(from: start, count: from.count)
        }
      }
      return .read(channels: pixels.channels)
    } catch {
      if let cause = error.cause { return .failed(cause) }
      return .damaged(error.reason, hint: error.hint)
    }
  }

  /// The bytes of a picture; `nil` for a file that neither is one nor is named like one.
  private static func content(
    of file: PictureFolder.File, _ access: any FileAccess
  ) throws(PictureFault) -> [UInt8]? {
    do {
      let bytes = try access.read(file.path, atMost: largestFile + 1)
      guard bytes.count <= largestFile else { throw PictureFault("it has more than 1 GiB") }
      if PictureKind(bytes) != nil { return bytes }
      if let foreign = ForeignPicture.of(bytes) {
        throw PictureFault("it is \(foreign.name)", hint: foreign.command(for: file.path))
      }
      guard PictureKind.isNamed(file.path) else { return nil }
      throw PictureFault(
        bytes.isEmpty
          ? "it is empty"
          : SeparatedText.isText(bytes.prefix(1_024)) ? "it is a text" : "it is no picture")
    } catch let fault as PictureFault {
      throw fault
    } catch EngineError.fileNotFound {
      throw PictureFault("there is no such file")
    } catch EngineError.unreadableFile(_, let reason) {
      throw PictureFault(reason)
    } catch {
      throw PictureFault("it cannot be read", cause: error)
    }
  }

  /// What was read.
  struct Result {
    /// The numbers of all pictures that were read, one behind the other.
    var bytes: [UInt8]
    var form: PictureForm
    /// The places of these pictures among the files.
    var kept: [Int]
    var remarks: [String]
  }

  /// Reads pictures of one size.
  ///
  /// - Parameters:
  ///   - path: what is read, for messages.
  ///   - drops: whether damaged pictures are left out.
  ///   - skipsOthers: whether files that are no pictures are passed over.
  /// - Throws: `EngineError.badFile` with all damaged pictures, unless they are left out.
  static func read(
    _ files: [PictureFolder.File], of path: String, _ access: any FileAccess, _ wish: PictureWish,
    size: (height: Int, width: Int), drops: Bool, skipsOthers: Bool = true, workers: Workers
  ) throws -> Result {
    let room = size.height * size.width * (wish.channels?.count ?? 3)
    guard let total = Shape.product([max(files.count, 1), room]), total < 1 << 46 else {
      throw EngineError.tooLarge(what: "the pictures of `\(path)`", count: files.count * room)
    }
    try Allowance.admit(total, for: "the pictures of `\(path)`")
    var outcomes = [Outcome](repeating: .unread, count: files.count)
    var form = PictureForm(
      height: size.height, width: size.width, channels: wish.channels ?? .rgb,
      fit: wish.fit ?? .stretch)
    var (kept, remarks): ([Int], [String]) = ([], [])
    let bytes = try [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      guard let place = buffer.baseAddress else { return }
      outcomes.withUnsafeMutableBufferPointer { outcomes in
        guard let first = outcomes.baseAddress else { return }
        let reading = PictureReading(
          files, access, wish, height: size.height, width: size.width, place: place,
          outcomes: first)
        withExtendedLifetime(reading) {
          workers.run(reading, tiles: files.count, shared: true)
        }
      }
      try Allowance.conclude()
      let sorted = try Sorted(outcomes, files, path: path, drops: drops, skipsOthers: skipsOthers)
      (kept, remarks) = (sorted.kept, sorted.remarks)
      if wish.channels == nil {
        form.channels = sorted.majority
        if let remark = sorted.channelsRemark { remarks.insert(remark, at: 0) }
      }
      filled = pack(place, room, sorted, form)
    }
    return Result(bytes: bytes, form: form, kept: kept, remarks: remarks)
  }

  /// Moves the pictures that are kept together, all with as many numbers a point.
  private static func pack(
    _ place: UnsafeMutablePointer<UInt8>, _ room: Int, _ sorted: Sorted, _ form: PictureForm
  ) -> Int {
    let (points, wanted) = (form.height * form.width, form.channels.count)
    var filled = 0
    for (file, channels) in zip(sorted.kept, sorted.channels) {
      let (from, to) = (place + file * room, place + filled)
      filled += points * wanted
      switch (channels, wanted) {
      case (3, 1): for point in 0..<points { to[point] = PicturePixels.grey(from + 3 * point) }
      case (1, 3):
        // Backwards, since it may grow over itself; it never grows over the next.
        for point in stride(from: points - 1, through: 0, by: -1) {
          (to + 3 * point).update(repeating: from[point], count: 3)
        }
      default: if from != to { to.update(from: from, count: points * wanted) }
      }
    }
    return filled
  }
}

/// What became of files: those that are used, and what is told of the others.
private struct Sorted {
  var kept: [Int] = []
  /// Numbers a point of those that are kept.
  var channels: [Int] = []
  var remarks: [String] = []

  init(
    _ outcomes: [PictureReading.Outcome], _ files: [PictureFolder.File], path: String, drops: Bool,
    skipsOthers: Bool
  ) throws {
    var others: [String] = []
    var damaged: [(name: String, reason: String, hint: String?)] = []
    for (place, outcome) in outcomes.enumerated() {
      switch outcome {
      case .unread: throw EngineError.interrupted
      case .failed(let error): throw error
      case .other where skipsOthers: others.append(files[place].name)
      case .other: damaged.append((files[place].name, "it is no picture", nil))
      case .damaged(let reason, let hint): damaged.append((files[place].name, reason, hint))
      case .read(let found):
        kept.append(place)
        channels.append(found)
      }
    }
    let isOne = damaged.count == 1
    if !damaged.isEmpty, !drops || kept.isEmpty {
      let hint = damaged.compactMap(\.hint).first.map { "convert it: `\($0)`" }
      // One picture that is asked for has nothing to be left out of.
      let others = files.count > 1 ? "leave such pictures out with `missing=drop`" : nil
      throw EngineError.badFile(
        path: path,
        problem: files.count == 1 && isOne
          ? damaged[0].reason
          : "\(damaged.count) of its \(damaged.count + kept.count) pictures cannot be read",
        detail: files.count == 1 ? nil : Self.list(damaged.map { "\($0.name): \($0.reason)" }),
        help: [hint, others].compactMap { $0 }.joined(separator: ", or ").nonEmpty)
    }
    guard !kept.isEmpty else {
      throw EngineError.badFile(
        path: path, problem: "it holds no pictures",
        detail: others.isEmpty ? nil : "it holds \(PictureFolder.some(others))")
    }
    if !others.isEmpty {
      let what = others.count == 1 ? "file that is no picture" : "files that are no pictures"
      remarks.append("\(others.count) \(what) left out: \(PictureFolder.some(others))")
    }
    if !damaged.isEmpty {
      let what = isOne ? "picture that cannot be read" : "pictures that cannot be read"
      let listed = damaged.map { "\($0.name) (\($0.reason))" }
      remarks.append(
        "\(damaged.count) \(what) left out: \(PictureFolder.some(listed, most: 12))")
    }
  }

  /// A line each, as far as one reads them.
  private static func list(_ lines: [String]) -> String {
    let most = 20
    return (lines.prefix(most) + (lines.count > most ? ["and \(lines.count - most) more"] : []))
      .joined(separator: "\n")
  }

  /// What most pictures have; grey where as many have one as the other.
  var majority: PictureForm.Channels {
    channels.count { $0 == 3 } * 2 > channels.count ? .rgb : .grey
  }

  /// Where not all pictures are alike.
  var channelsRemark: String? {
    let colour = channels.count { $0 == 3 }
    let grey = channels.count - colour
    guard colour > 0, grey > 0 else { return nil }
    let (fewer, own, other) =
      majority == .rgb
      ? (grey, "grey", "coloured (`channels=grey` makes all grey)")
      : (colour, "coloured", "grey (`channels=rgb` makes all coloured)")
    return "\(fewer) of \(channels.count) pictures \(fewer == 1 ? "is" : "are") \(own) and "
      + "\(fewer == 1 ? "becomes" : "become") \(other)"
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
