import Glibc

extension DiskFiles {
  /// Writes a file that is either whole or as it was before, even when the power fails: into a
  /// new file of the same folder, onto the disk, and only then under its name.
  ///
  /// Links are followed and permissions kept; a device such as `/dev/null` is written directly.
  ///
  /// - Throws: `EngineError.unreadableFile` with the reason in words; nothing is left behind.
  public func write(_ bytes: [UInt8], to path: String) throws {
    func failure(_ code: Int32) -> any Error {
      do {
        if code == ECANCELED { try Allowance.proceed() }
        return EngineError.unreadableFile(path: path, reason: Self.reason(code))
      } catch {
        return error
      }
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

  /// What part files of a path are called, before the process that writes them is told apart.
  private static func partSuffix(_ path: String) -> String {
    // A name may have 255 bytes.
    "-" + String(decoding: FilePath.name(of: path).utf8.prefix(200), as: UTF8.self) + ".part"
  }

  /// Removes what processes left that ended while they wrote this very path.
  private static func removeLeftovers(of path: String, in folder: String) {
    let suffix = partSuffix(path)
    for name in (try? DiskFiles().list(folder.isEmpty ? "." : folder)) ?? []
    where name.hasPrefix(".nns-") && name.hasSuffix(suffix) {
      let owner = name.dropFirst(5).prefix { $0 != "-" }
      guard let process = pid_t(owner), process != getpid() else { continue }
      let part = FilePath.join(folder, name)
      if kill(process, 0) != 0 && errno == ESRCH || isLeft(part) { unlink(part) }
    }
  }

  /// Whether nobody writes a part file any more. Its process may still be counted, though it has
  /// ended; its lock is gone with it.
  private static func isLeft(_ part: String) -> Bool {
    let descriptor = open(part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    // One that was made just now may not have its lock yet.
    guard fstat(descriptor, &status) == 0, status.st_mtim.tv_sec + 2 < time(nil) else {
      return false
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// Puts a finished file in the place of `path`; the error number if that failed.
  private static func replace(_ path: String, with bytes: [UInt8]) -> Int32? {
    var old = stat()
    let exists = stat(path, &old) == 0
    // A file one may not write to stays, even where the folder would allow its replacement.
    if exists && access(path, W_OK) != 0 { return errno }
    let folder = FilePath.folder(of: path)
    removeLeftovers(of: path, in: folder)
    var attempt = 0
    var temporary = ""
    var descriptor: Int32 = -1
    repeat {
      temporary = FilePath.join(folder, ".nns-\(getpid())-\(attempt)\(partSuffix(path))")
      // Nobody else's until it is whole and has the rights of the file it replaces.
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      attempt += 1
    } while descriptor < 0 && errno == EEXIST && attempt < 100
    guard descriptor >= 0 else { return errno }
    // Where a file system has no locks, the number of the process has to do.
    flock(descriptor, LOCK_EX | LOCK_NB)

    var code = put(bytes, descriptor)
    // Where the owner may not be kept, the rights of the old one must not go to the new one's group.
    if exists && (old.st_uid != geteuid() || old.st_gid != getegid()),
      fchown(descriptor, old.st_uid, old.st_gid) != 0
    {
      old.st_mode &= ~0o7070
    }
    let rights = exists ? old.st_mode & 0o7777 : 0o666 & ~Self.mask
    if code == nil && fchmod(descriptor, rights) != 0 { code = errno }
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

  /// The rights that new files of the process do not get. To ask the system for it is to set it, for
  /// a moment and for all threads; where it is written down that is not needed.
  private static var mask: mode_t {
    let status = ProcessMemory.text(of: "/proc/self/status") ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Umask:") }
    return line.flatMap { mode_t($0.dropFirst(6).drop { $0 == "\t" || $0 == " " }, radix: 8) }
      ?? 0o077
  }

  /// Writes all bytes, on their way to the disk as they come; the error number if that failed, or
  /// `ECANCELED` where the work is to end.
  private static func put(_ bytes: [UInt8], _ descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        if Allowance.isHalted { return ECANCELED }
        let count = Glibc.write(
          descriptor, buffer.baseAddress.map { $0 + done }, min(buffer.count - done, piece))
        if count < 0 {
          if errno == EINTR { continue }
          return errno
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
