/// What can be told about a text table before it is read: whether it is one.
enum SeparatedText {
  /// Refuses what only looks like a text file.
  ///
  /// - Throws: `EngineError.badFile` with what the file seems to be.
  static func check(_ bytes: [UInt8], path: String) throws {
    func bad(_ problem: String, _ help: String? = nil) -> EngineError {
      .badFile(path: path, problem: problem, help: help)
    }
    if bytes.isEmpty { throw bad("it is empty") }
    if let refusal = ForeignFormat.refusal(bytes, path: path) { throw refusal }
    if bytes.prefix(4_096).contains(0) {
      throw bad("it is no text, it holds zero bytes", "a text in UTF-16 needs `encoding=utf16`")
    }
  }

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

  /// The line at `start`, cut to what fits below a message.
  static func excerpt(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, atMost most: Int = 72
  ) -> String {
    let rest = bytes[min(start, bytes.count)...]
    let line = rest.prefix { $0 != 0x0a && $0 != 0x0d }
    let text = String(decoding: line.prefix(most), as: UTF8.self)
    return line.count > most ? text + " …" : text
  }
}
