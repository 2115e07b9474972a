internal import CZlib

/// Reads gzip data piece by piece, so that a reader decides how much it is willing to take.
final class GzipReader {
  /// Why reading stopped short.
  enum Failure: Error {
    /// The data ends before its end mark.
    case truncated
    /// The data contradicts itself, with zlib's words for it.
    case damaged(String)
  }

  private let source: [UInt8]
  private var consumed = 0
  private var stream = z_stream()
  private var isOpen = false
  private var isFinished = false

  /// Whether `bytes` begin as gzip data do.
  static func recognises(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x1f, 0x8b])
  }

  init(_ bytes: [UInt8]) throws {
    source = bytes
    // 16 asks zlib for the gzip wrapping, 15 is its largest window.
    let status = inflateInit2_(
      &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw Failure.damaged("zlib cannot start") }
    isOpen = true
  }

  deinit {
    if isOpen { inflateEnd(&stream) }
  }

  /// Fills `target` as far as the data reach and says how many bytes that were.
  ///
  /// - Throws: `Failure`.
  func read(into target: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    var filled = 0
    while filled < target.count && !isFinished {
      try Allowance.proceed()
      let room = min(target.count - filled, 1 << 20)
      let offered = min(source.count - consumed, 1 << 30)
      let status: Int32 = source.withUnsafeBufferPointer { bytes in
        // zlib's pointer is not marked constant; it does not write to it.
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + consumed })
        stream.avail_in = UInt32(offered)
        stream.next_out = target.baseAddress.map { $0 + filled }
        stream.avail_out = UInt32(room)
        return inflate(&stream, Z_NO_FLUSH)
      }
      let taken = offered - Int(stream.avail_in)
      let given = room - Int(stream.avail_out)
      consumed += taken
      filled += given
      switch status {
      case Z_OK where taken > 0 || given > 0: continue
      case Z_STREAM_END:
        // Several gzip files one behind the other are one file; anything else behind is padding.
        if GzipReader.recognises(source[consumed...]) {
          inflateReset(&stream)
        } else {
          isFinished = true
        }
      case Z_OK, Z_BUF_ERROR: throw Failure.truncated
      default: throw Failure.damaged(stream.msg.map { String(cString: $0) } ?? "damaged")
      }
    }
    return filled
  }

  /// The next `count` bytes, fewer where the data end.
  ///
  /// - Throws: `Failure`.
  func read(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
