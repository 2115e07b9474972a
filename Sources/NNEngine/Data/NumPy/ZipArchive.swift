internal import CZlib

/// A zip archive in memory, as `numpy.savez` writes one: files stored or deflated, with 64-bit sizes
/// where they are needed (PKWARE's APPNOTE, sections 4.3 and 4.5.3).
struct ZipArchive {
  /// One file in it.
  struct Entry {
    var name: String
    fileprivate var method: Int
    fileprivate var checksum: UInt32
    fileprivate var packed: Int
    fileprivate var unpacked: Int
    fileprivate var offset: Int
  }

  let path: String
  let entries: [Entry]
  private let bytes: [UInt8]

  static func recognises(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: [0x50, 0x4b, 3, 4]) || start.starts(with: [0x50, 0x4b, 5, 6])
  }

  /// Reads the directory at the end of the archive.
  ///
  /// - Throws: `EngineError.badFile`.
  init(_ bytes: [UInt8], path: String) throws {
    let damaged = EngineError.badFile(
      path: path, problem: "it is a damaged zip archive", help: "fetch or save the file again")
    func number(_ place: Int, _ size: Int) throws -> Int {
      guard place >= 0, place + size <= bytes.count else { throw damaged }
      let value = (0..<size).reduce(UInt64(0)) {
        $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1))
      }
      guard value < 1 << 62 else { throw damaged }
      return Int(value)
    }
    // The end record is 22 bytes long and followed by a comment of at most 65,535.
    let ends = stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1)
    guard
      let end = ends.first(where: { bytes[$0...].starts(with: [0x50, 0x4b, 5, 6]) })
    else { throw damaged }
    var (count, place) = (try number(end + 10, 2), try number(end + 16, 4))
    if end >= 20, bytes[(end - 20)...].starts(with: [0x50, 0x4b, 6, 7]) {
      let wide = try number(end - 12, 8)
      guard wide + 56 <= bytes.count, bytes[wide...].starts(with: [0x50, 0x4b, 6, 6]) else {
        throw damaged
      }
      (count, place) = (try number(wide + 32, 8), try number(wide + 48, 8))
    }
    guard count <= 100_000 else { throw damaged }
    var found: [Entry] = []
    for _ in 0..<count {
      guard place + 46 <= bytes.count, bytes[place...].starts(with: [0x50, 0x4b, 1, 2]) else {
        throw damaged
      }
      let (nameLength, extraLength) = (try number(place + 28, 2), try number(place + 30, 2))
      let name = place + 46
      guard name + nameLength + extraLength <= bytes.count else { throw damaged }
      var entry = Entry(
        name: String(decoding: bytes[name..<name + nameLength], as: UTF8.self),
        method: try number(place + 10, 2), checksum: UInt32(try number(place + 16, 4)),
        packed: try number(place + 20, 4), unpacked: try number(place + 24, 4),
        offset: try number(place + 42, 4))
      // The extra field 1 holds those of the three that 32 bits do not.
      var extra = name + nameLength
      let extraEnd = extra + extraLength
      while extra + 4 <= extraEnd {
        let (id, size) = (try number(extra, 2), try number(extra + 2, 2))
        if id == 1 {
          var wide = extra + 4
          for part in [\Entry.unpacked, \.packed, \.offset]
          where entry[keyPath: part] == 0xffff_ffff {
            entry[keyPath: part] = try number(wide, 8)
            wide += 8
          }
        }
        extra += 4 + size
      }
      found.append(entry)
      place = extraEnd + (try number(place + 32, 2))
    }
    (self.path, self.bytes, entries) = (path, bytes, found)
  }

  /// The content of a file.
  ///
  /// - Throws: `EngineError.badFile`, `.tooLarge`.
  func content(_ entry: Entry) throws -> [UInt8] {
    func bad(_ problem: String, _ help: String? = nil) -> EngineError {
      .badFile(path: path, problem: "`\(entry.name)` in it \(problem)", help: help)
    }
    let again = "fetch or save the file again"
    guard entry.offset + 30 <= bytes.count,
      bytes[entry.offset...].starts(with: [0x50, 0x4b, 3, 4])
    else { throw bad("is damaged", again) }
    func short(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
    let start = entry.offset + 30 + short(entry.offset + 26) + short(entry.offset + 28)
    guard entry.packed <= bytes.count - start else { throw bad("is cut off", again) }
    let stored = Array(bytes[start..<start + entry.packed])
    let content: [UInt8]
    switch entry.method {
    case 0: content = stored
    case 8:
      // Deflate packs at most 1032 to 1: a claim beyond that is known to be a lie beforehand.
      guard entry.unpacked / 1_032 <= entry.packed else { throw bad("is damaged", again) }
      try Allowance.admit(entry.unpacked, for: "the unpacked content of `\(path)`")
      do {
        content = try GzipReader(stored, wrapping: .none).read(entry.unpacked)
      } catch is GzipReader.Failure {
        throw bad("is damaged", again)
      }
    default: throw bad("is packed in a way that is not read", "save it with `np.savez_compressed`")
    }
    let checksum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    guard content.count == entry.unpacked, UInt32(checksum) == entry.checksum else {
      throw bad("is damaged", again)
    }
    return content
  }
}
