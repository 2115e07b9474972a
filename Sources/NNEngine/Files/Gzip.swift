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

  /// The packed data: what is there, and where more comes from; none at the end.
  private var source: [UInt8]
  private var consumed = 0
  private let more: () throws -> [UInt8]
  private var stream = z_stream()
  private var isOpen = false
  private var isFinished = false

  /// What stands around the packed data.
  enum Wrapping {
    /// The head and the checksum of gzip.
    case gzip
    /// Nothing, as in zip archives.
    case none

    /// What zlib calls it: 15 is its largest window, 16 more ask for gzip, and less than 0 for nothing.
    fileprivate var windowBits: Int32 { self == .gzip ? 15 + 16 : -15 }
  }

  private let wrapping: Wrapping

  /// Whether `bytes` begin as gzip data do.
  static func recognises(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x1f, 0x8b])
  }

  convenience init(_ bytes: [UInt8], wrapping: Wrapping = .gzip) throws {
    try self.init(bytes, wrapping: wrapping) { [] }
  }

  /// Data of which `more` gives the next piece as soon as the one before is used up.
  init(_ bytes: [UInt8], wrapping: Wrapping = .gzip, more: @escaping () throws -> [UInt8]) throws {
    source = bytes
    self.more = more
    self.wrapping = wrapping
    let status = inflateInit2_(
      &stream, wrapping.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
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
      if consumed == source.count { (source, consumed) = (try more(), 0) }
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
        if source.count - consumed < 2 {
          (source, consumed) = (source[consumed...] + (try more()), 0)
        }
        if wrapping == .gzip, GzipReader.recognises(source[consumed...]) {
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

/// Packs bytes as gzip data on their way into a file.
public final class GzipWriter: FileWriter {
  private let target: any FileWriter
  private var stream = z_stream()

  /// Packs what goes into `target`.
  public init(_ target: any FileWriter) {
    self.target = target
    // 16 asks zlib for the gzip wrapping, 15 and 8 are its usual window and memory. Nothing but
    // missing memory can make it fail.
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has no memory")
  }

  deinit { deflateEnd(&stream) }

  /// Packs `bytes` and writes what is ready of them.
  ///
  /// - Throws: what the file behind it throws.
  public func write(_ bytes: [UInt8]) throws { try pack(bytes, Z_NO_FLUSH) }

  /// Writes what is left, the check of all bytes, and the end of the file behind it.
  ///
  /// - Throws: what the file behind it throws.
  public func finish() throws {
    try pack([], Z_FINISH)
    try target.finish()
  }

  private func pack(_ bytes: [UInt8], _ flush: Int32) throws {
    var consumed = 0
    var isDone = false
    while !isDone {
      try Allowance.proceed()
      let offered = min(bytes.count - consumed, 1 << 30)
      let isLast = consumed + offered == bytes.count
      let packed = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, filled in
        bytes.withUnsafeBufferPointer { bytes in
          // zlib's pointer is not marked constant; it does not write to it.
          stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + consumed })
          stream.avail_in = UInt32(offered)
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(buffer.count)
          let status = deflate(&stream, isLast ? flush : Z_NO_FLUSH)
          consumed += offered - Int(stream.avail_in)
          filled = buffer.count - Int(stream.avail_out)
          isDone = flush == Z_FINISH ? status == Z_STREAM_END : isLast && stream.avail_out > 0
        }
      }
      if !packed.isEmpty { try target.write(packed) }
    }
  }
}
