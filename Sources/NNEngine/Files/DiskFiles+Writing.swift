import Glibc

extension DiskFiles {
  /// Writes a file that is either whole or as it was before, even when the power fails: into a
  /// new file of the same folder, onto the disk, and only then under its name.
  ///
  /// Links are followed and permissions kept; a device such as `/dev/null` is written directly.
  ///
  /// - Throws: `EngineError.unreadableFile` with the reason in words; nothing is left behind.
  public func write(_ bytes: [UInt8], to path: String) throws {
    let writer = try writer(to: path)
    try writer.write(bytes)
    try writer.finish()
  }

  /// The same for bytes that come one block after the other.
  ///
  /// - Throws: `EngineError.unreadableFile` with the reason in words.
  public func writer(to path: String) throws -> any FileWriter {
    switch kind(of: path) {
    case .folder: throw EngineError.unreadableFile(path: path, reason: Self.reason(EISDIR))
    case .stream: try StreamWriter(path)
    case .file, .missing: try PartFile(replacing: Self.resolved(path))
    }
  }

  /// The file a link leads to, be it there or not, or the path itself.
  private static func resolved(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    var path = path
    // As many links as the system itself would follow.
    for _ in 0..<40 {
      guard let target = target(ofLink: path) else { return path }
      path = FilePath.join(FilePath.folder(of: path), target)
    }
    return path
  }

  private static func target(ofLink path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlink(path, start, buffer.count)
      guard count > 0, count < buffer.count else { return nil }
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Why writing failed, or that it is to end.
  static func writingFailure(_ code: Int32, _ path: String) -> any Error {
    do {
      if code == ECANCELED { try Allowance.proceed() }
      return EngineError.unreadableFile(path: path, reason: reason(code))
    } catch {
      return error
    }
  }

  /// Writes all bytes, on their way to the disk as they come; the error number if that failed, or
  /// `ECANCELED` where the work is to end.
  static func put(_ bytes: [UInt8], _ descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        if Allowance.isHalted { return ECANCELED }
        let count = Glibc.write(
          descriptor, buffer.baseAddress.map { $0 + done }, min(buffer.count - done, piece))
        if count < 0 {
          if errno == EINTR { continue }
          guard errno == EAGAIN else { return errno }
          // Whoever reads is in no hurry.
          _ = isReady(descriptor, Int16(POLLOUT))
          continue
        }
        done += count
        // Else all of it would be waited for at the end.
        if done < buffer.count { fdatasync(descriptor) }
      }
      return nil
    }
  }

  /// So many bytes are written at once.
  private static var piece: Int { 8 << 20 }
}
