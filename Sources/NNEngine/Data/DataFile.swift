/// The content of one data file, unpacked where it is packed.
///
/// Bytes are unpacked only as far as somebody asks, so that a small file that claims to hold a
/// terabyte costs nothing.
public final class DataFile {
  /// Where it is.
  public let path: String
  private let files: any FileAccess
  /// As many bytes as it was asked for.
  private let most: Int
  /// Its first bytes, or all: most formats are known by the first.
  private var stored: [UInt8]
  private var isComplete: Bool
  private let isPacked: Bool
  /// The most bytes it may unfold to.
  private let mostUnpacked: Int

  /// The most bytes a packed file may unfold to where its format does not say how many to expect.
  static let mostUnpacked = min(8 << 30, DiskFiles.memory / 2)

  /// Reads the file at `path`, or its first `count` bytes.
  ///
  /// - Throws: `EngineError.fileNotFound`, `.unreadableFile`.
  public convenience init(_ path: String, files: any FileAccess, atMost count: Int = .max) throws {
    try self.init(path, files: files, atMost: count, mostUnpacked: Self.mostUnpacked)
  }

  init(_ path: String, files: any FileAccess, atMost count: Int, mostUnpacked: Int) throws {
    self.path = path
    self.files = files
    self.mostUnpacked = mostUnpacked
    most = count
    // A pipe gives its bytes once.
    let isStream = files.kind(of: path) == .stream
    let first = isStream ? count : min(count, DataFormat.startLength)
    stored = try files.read(path, atMost: first)
    isComplete = isStream || first == count || stored.count < first
    isPacked = GzipReader.recognises(stored)
  }

  /// A folder, which has no content of its own.
  init(folder path: String, files: any FileAccess) {
    (self.path, self.files) = (path, files)
    (most, stored, isComplete, isPacked, mostUnpacked) = (0, [], true, false, 0)
  }

  /// All the bytes as they stand in the file.
  private func complete() throws -> [UInt8] {
    if !isComplete {
      stored = try files.read(path, atMost: most)
      isComplete = true
    }
    return stored
  }

  /// The content, unpacked, one block after the other.
  ///
  /// - Throws: `EngineError.fileNotFound`, `.unreadableFile`.
  func reader(_ files: any FileAccess) throws -> any FileReader {
    let source: any FileReader =
      isComplete ? BytesReader(stored) : try files.reader(of: path)
    return isPacked ? try Unpacking(source, path: path) : source
  }

  /// The first `count` bytes of the content, fewer where it is shorter or cut off.
  public func start(_ count: Int) -> [UInt8] {
    if count > stored.count { _ = try? complete() }
    if !isPacked { return Array(stored.prefix(count)) }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let reader = try? GzipReader(stored) else { return }
      // Piece by piece, so that what lies before a damaged place is still there to look at.
      while filled < count {
        let piece = UnsafeMutableBufferPointer(rebasing: buffer[filled..<min(filled + 256, count)])
        guard let got = try? reader.read(into: piece), got > 0 else { return }
        filled += got
      }
    }
  }

  /// The whole content.
  ///
  /// - Throws: `EngineError.badFile` where it is damaged, `.tooLarge` where it unfolds too far.
  public func content() throws -> [UInt8] {
    let stored = try complete()
    if !isPacked { return stored }
    return try Unpacking.explained(path) {
      let content = try unpacked(GzipReader(stored), atMost: mostUnpacked + 1)
      if content.count > mostUnpacked {
        throw EngineError.tooLarge(what: "the unpacked content of `\(path)`", count: content.count)
      }
      return content
    }
  }

  /// Up to `count` bytes of what `reader` gives.
  ///
  /// Memory grows with what really comes. Data shrink to a quarter as a rule, so the first round
  /// mostly is the only one.
  private func unpacked(_ reader: GzipReader, atMost count: Int) throws -> [UInt8] {
    var content: [UInt8] = []
    var room = max(stored.count * 4, 1 << 16)
    while content.count < count {
      room = min(room, count - content.count)
      try Allowance.admit(room + content.count, for: "the unpacked content of `\(path)`")
      let block = try reader.read(room)
      if content.isEmpty { content = block } else { content += block }
      if block.count < room { break }
      room = content.count
    }
    return content
  }

  /// `count` bytes behind the first `offset` ones; one byte more where there is more, fewer where
  /// there is less.
  ///
  /// - Throws: `EngineError.badFile` where it is damaged.
  func body(from offset: Int, count: Int) throws -> [UInt8] {
    let stored = try complete()
    if !isPacked {
      // The bytes wanted and one more, to see that the file does not go on.
      return Array(stored.dropFirst(offset).prefix(count + 1))
    }
    // Deflate packs at most 1032 to 1: a claim beyond that is known to be a lie before unpacking.
    guard count <= min(stored.count * 1_032, mostUnpacked) else {
      throw EngineError.badFile(
        path: path, problem: "its header claims \(count) values, which cannot be in it")
    }
    return try Unpacking.explained(path) {
      let reader = try GzipReader(stored)
      _ = try reader.read(offset)
      return try unpacked(reader, atMost: count + 1)
    }
  }
}

/// A packed file, unpacked as it is read.
private final class Unpacking: FileReader {
  private let path: String
  private let reader: GzipReader

  init(_ source: any FileReader, path: String) throws {
    self.path = path
    reader = try Self.explained(path) {
      try GzipReader(source.read(atMost: 1 << 20)) { try source.read(atMost: 1 << 20) }
    }
  }

  func read(atMost count: Int) throws -> [UInt8] {
    try Self.explained(path) { try reader.read(count) }
  }

  /// Says what is wrong with packed data.
  static func explained<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch GzipReader.Failure.truncated {
      throw EngineError.badFile(
        path: path, problem: "it is cut off: its gzip data have no end",
        help: "fetch or pack the file again")
    } catch GzipReader.Failure.damaged(let words) {
      throw EngineError.badFile(
        path: path, problem: "its gzip data are damaged", detail: words,
        help: "fetch or pack the file again")
    }
  }
}
