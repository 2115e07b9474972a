/// What can be told about a text table before it is read: whether it is one, and its separator.
enum SeparatedText {
  /// Refuses what only looks like a text file.
  ///
  /// - Throws: `EngineError.badFile` with what the file seems to be.
  static func check(_ bytes: [UInt8], path: String) throws {
    func bad(_ problem: String, _ help: String? = nil) -> EngineError {
      .badFile(path: path, problem: problem, help: help)
    }
    if bytes.isEmpty { throw bad("it is empty") }
    if bytes.starts(with: "PK".utf8) {
      throw bad("it is a ZIP archive or an Excel workbook", "unpack it, or save it as CSV")
    }
    if bytes.prefix(4_096).contains(0) {
      throw bad("it is no text, it holds zero bytes", "a text in UTF-16 needs `encoding=utf16`")
    }
  }

  /// How many bytes are looked at to find the separator.
  static let sampleLength = 1 << 16

  /// A file's text in UTF-8, without a mark.
  ///
  /// - Throws: `EngineError.badFile` where it is no text.
  static func decoded(
    _ bytes: [UInt8], as encoding: TextEncoding?, path: String, isWhole: Bool = true
  ) throws -> [UInt8] {
    let isUTF16 = (TextEncoding.marked(bytes) ?? encoding) == .utf16
    if !isUTF16 { try check(bytes, path: path) }
    // The usual case, which need not be copied.
    let isPlain = isWhole && TextEncoding.marked(bytes) == nil && (encoding ?? .utf8) == .utf8
    return isPlain ? bytes : TextEncoding.utf8(bytes, as: encoding, isWhole: isWhole)
  }

  /// Whether `start`, the first bytes of a file, may be the beginning of a text.
  static func isText(_ start: some Collection<UInt8>) -> Bool {
    !start.isEmpty && start.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
  }

  /// The separator a script names.
  ///
  /// - Throws: `EngineError.invalid`.
  static func separator(named name: String) throws -> UInt8 {
    switch name {
    case "tab", "\t", "\\t": return 0x09
    case "space": return 0x20
    default:
      let bytes = Array(name.utf8)
      guard bytes.count == 1, bytes[0] >= 0x20, bytes[0] != UInt8(ascii: "\""),
        !(0x30...0x39).contains(bytes[0])
      else {
        throw EngineError.invalid(
          "`\(name)` cannot separate fields", help: "write `separator=\";\"` or `separator=tab`")
      }
      return bytes[0]
    }
  }

  /// The separator a text seems to use: the one that stands equally often in its first lines.
  ///
  /// A comma is tried last: in tables with `;` or tabs it is a decimal comma or part of a text.
  static func separator(of bytes: UnsafeBufferPointer<UInt8>, path: String) -> UInt8 {
    if ["tsv", "tab"].contains(FilePath.fileExtension(of: path)) { return 0x09 }
    let candidates: [UInt8] = [0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ",")]
    let lines = countsPerLine(bytes, candidates)
    for index in candidates.indices {
      if let first = lines.first?[index], first > 0, lines.allSatisfy({ $0[index] == first }) {
        return candidates[index]
      }
    }
    // No separator is regular, so some row is wrong; the most frequent one finds it.
    let totals = candidates.indices.map { index in lines.reduce(0) { $0 + $1[index] } }
    guard let most = totals.max(), most > 0, let index = totals.firstIndex(of: most) else {
      return UInt8(ascii: ",")
    }
    return candidates[index]
  }

  /// How often each candidate stands outside quotes, for the first lines that are not empty.
  private static func countsPerLine(
    _ bytes: UnsafeBufferPointer<UInt8>, _ candidates: [UInt8]
  ) -> [[Int]] {
    var lines: [[Int]] = []
    var counts = Array(repeating: 0, count: candidates.count)
    var isQuoted = false
    var isEmpty = true
    // Twenty lines are enough to tell; the bound on bytes is for files of one endless line.
    for byte in bytes.prefix(sampleLength) {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 0x0a || byte == 0x0d, !isQuoted {
        if !isEmpty { lines.append(counts) }
        counts = Array(repeating: 0, count: candidates.count)
        isEmpty = true
        if lines.count == 20 { return lines }
        continue
      }
      // A line of blanks alone is empty, though a tab may separate.
      if byte != 0x20 && byte != 0x09 { isEmpty = false }
      if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    if !isEmpty && (lines.isEmpty || bytes.count <= sampleLength) { lines.append(counts) }
    return lines
  }

  /// `a "b"` for `a ""b""`.
  static func halvedQuotes(_ text: String) -> String {
    var result = ""
    var skipsNext = false
    for character in text.unicodeScalars {
      if character == "\"" && skipsNext {
        skipsNext = false
        continue
      }
      skipsNext = character == "\""
      result.unicodeScalars.append(character)
    }
    return result
  }

  /// The line at `start`, cut to what fits below a message.
  static func excerpt(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> String {
    let rest = bytes[min(start, bytes.count)...]
    let line = rest.prefix { $0 != 0x0a && $0 != 0x0d }
    let text = String(decoding: line.prefix(72), as: UTF8.self)
    return line.count > 72 ? text + " …" : text
  }
}
