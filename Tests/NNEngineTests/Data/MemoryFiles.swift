import NNEngine

/// Files that exist in a test only.
struct MemoryFiles: FileAccess {
  var content: [String: [UInt8]]

  init(_ texts: [String: String]) { content = texts.mapValues { Array($0.utf8) } }
  init(bytes: [String: [UInt8]]) { content = bytes }

  func kind(of path: String) -> FileKind {
    if let bytes = content[path] { return .file(size: bytes.count) }
    return content.keys.contains { $0.hasPrefix(Self.start(of: path)) } ? .folder : .missing
  }

  private static func start(of folder: String) -> String {
    folder.hasSuffix("/") ? folder : folder + "/"
  }

  func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    guard let bytes = content[path] else { throw notFound(path) }
    return Array(bytes.prefix(count))
  }

  func list(_ folder: String) throws -> [String] {
    let start = folder == "." ? "" : Self.start(of: folder)
    return Array(
      Set(
        content.keys.filter { $0.hasPrefix(start) }.compactMap {
          $0.dropFirst(start.count).split(separator: "/").first.map(String.init)
        }))
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    throw EngineError.unreadableFile(path: path, reason: "permission is missing")
  }
}

/// A data set from the text of one file.
func dataset(
  _ text: String, _ options: DataOptions = DataOptions(), name: String = "t.csv"
) throws -> Dataset {
  try DataLoader(files: MemoryFiles([name: text])).load(name, options: options)
}

/// The problem that reading a file of this content reports; `nil` if there is none.
func problem(
  _ text: String, _ options: DataOptions = DataOptions(), name: String = "t.csv"
) -> String? {
  problem(Array(text.utf8), options, name: name)
}

/// The problem that reading a file of these bytes reports; `nil` if there is none.
func problem(
  _ bytes: [UInt8], _ options: DataOptions = DataOptions(), name: String = "t.csv"
) -> String? {
  do {
    _ = try DataLoader(files: MemoryFiles(bytes: [name: bytes])).load(name, options: options)
    return nil
  } catch EngineError.badFile(_, let problem, _, _) {
    return problem
  } catch {
    return "\(error)"
  }
}

extension Examples {
  /// The inputs as numbers, row after row.
  var numbers: [Double] { inputs.numbers }

  /// The class numbers; empty where there are none.
  var codes: [Int32] { if case .classes(let codes) = targets { codes } else { [] } }

  /// The target numbers; empty where there are none.
  var values: [Double] { if case .values(let values, _) = targets { values } else { [] } }
}

/// SplitMix64, for inputs that look like chance and are the same in every run.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// Gzip data made by hand, so that the tests need no packer: stored blocks, or a run of zeros.
enum TestGzip {
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var body: [UInt8] = []
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(65_535)
      body.append(rest.isEmpty ? 1 : 0)
      body += littleEndian(UInt16(block.count)) + littleEndian(~UInt16(block.count)) + block
    } while !rest.isEmpty
    return wrapped(body, checksum: checksum(bytes), length: bytes.count)
  }

  /// One literal zero and `runs` copies of it, 258 bytes each, at 13 bits a run.
  static func zeros(runs: Int) -> [UInt8] {
    var body: [UInt8] = []
    var pending: UInt32 = 0
    var bits = 0
    func put(_ value: UInt32, _ count: Int) {
      pending |= value << UInt32(bits)
      bits += count
      while bits >= 8 {
        body.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    put(0b011, 3)  // the last block, with the fixed codes
    put(0b0000_1100, 8)  // the literal 0: 00110000, first bit first
    for _ in 0..<runs {
      put(0b1010_0011, 8)  // length 258: 11000101, first bit first
      put(0, 5)  // distance 1
    }
    put(0, 7)  // end of the block
    put(0, 7)
    // The checksum is wrong; a reader that gets that far has read too far already.
    return wrapped(body, checksum: 0, length: 1 + 258 * runs)
  }

  private static func wrapped(_ body: [UInt8], checksum: UInt32, length: Int) -> [UInt8] {
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + body + littleEndian(checksum)
      + littleEndian(UInt32(truncatingIfNeeded: length))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { part, _ in part >> 1 ^ (part & 1) * 0xedb8_8320 }
    }
  }
}
