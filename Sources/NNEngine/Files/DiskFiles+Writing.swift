import Glibc

extension DiskFiles {
  /// Writes a file that is either whole or as it was before, even when the power fails: into a
  /// new file of the same folder, onto the disk, and only then under its name.
  ///
  /// Links are followed and permissions kept; a device such as `/dev/null` is written directly.
  ///
  /// - Throws: `EngineError.unreadableFile` with the reason in words; nothing is left behind.
  public func write(_ bytes: [UInt8], to path: String) throws {
    func failure(_ code: Int32) -> EngineError {
      .unreadableFile(path: path, reason: Self.reason(code))
    }
    switch kind(of: path) {
    case .folder: throw failure(EISDIR)
    case .stream:
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(errno) }
      defer { close(descriptor) }
      if let code = Self.put(bytes, descriptor) { throw failure(code) }
    case .file, .missing:
      if let code = Self.replace(Self.resolved(path), with: bytes) { throw failure(code) }
    }
  }

  /// The file a link leads to, or the path itself.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Puts a finished file in the place of `path`; the error number if that failed.
  private static func replace(_ path: String, with bytes: [UInt8]) -> Int32? {
    var old = stat()
    let exists = stat(path, &old) == 0
    // A file one may not write to stays, even where the folder would allow its replacement.
    if exists && access(path, W_OK) != 0 { return errno }
    let folder = FilePath.folder(of: path)
    var attempt = 0
    var temporary = ""
    var descriptor: Int32 = -1
    repeat {
      temporary = FilePath.join(folder, ".nns-\(getpid())-\(attempt).part")
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      attempt += 1
    } while descriptor < 0 && errno == EEXIST && attempt < 100
    guard descriptor >= 0 else { return errno }

    var code = put(bytes, descriptor)
    if code == nil && exists && fchmod(descriptor, old.st_mode & 0o7777) != 0 { code = errno }
    if code == nil && fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0 && code == nil { code = errno }
    if code == nil && rename(temporary, path) != 0 { code = errno }
    if code != nil {
      unlink(temporary)
      return code
    }
    // The new name is on the disk once the folder is; some file systems cannot, which is no loss.
    let place = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if place >= 0 {
      fsync(place)
      close(place)
    }
    return nil
  }

  /// Writes all bytes; the error number if that failed.
  private static func put(_ bytes: [UInt8], _ descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += count
      }
      return nil
    }
  }
}
