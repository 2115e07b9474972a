import Glibc

/// A file in the making, beside the one it will replace: what stands at the path stays as it was
/// until all is written, even when the power fails.
///
/// One that is dropped before it is finished leaves nothing behind.
final class PartFile: FileWriter {
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  /// What the path holds until then; `nil` for nothing.
  private var old: stat?

  /// Makes a new file in the folder of `path`, which must be no link.
  ///
  /// - Throws: `EngineError.unreadableFile` with the reason in words.
  init(replacing path: String) throws {
    func failure() -> EngineError {
      .unreadableFile(path: path, reason: DiskFiles.reason(errno))
    }
    self.path = path
    var facts = stat()
    if stat(path, &facts) == 0 {
      old = facts
      // A file one may not write to stays, even where the folder would allow its replacement.
      guard access(path, W_OK) == 0 else { throw failure() }
    }
    let folder = FilePath.folder(of: path)
    Self.removeLeftovers(of: path, in: folder)
    var attempt = 0
    var name = ""
    repeat {
      name = FilePath.join(folder, ".nns-\(getpid())-\(attempt)\(Self.suffix(path))")
      // Nobody else's until it is whole and has the rights of the file it replaces.
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      attempt += 1
    } while descriptor < 0 && errno == EEXIST && attempt < 100
    temporary = name
    guard descriptor >= 0 else { throw failure() }
    // Where a file system has no locks, the number of the process has to do.
    flock(descriptor, LOCK_EX | LOCK_NB)
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  func write(_ bytes: [UInt8]) throws {
    if let code = DiskFiles.put(bytes, descriptor) {
      throw DiskFiles.writingFailure(code, path)
    }
  }

  func finish() throws {
    var code: Int32?
    if var old {
      // Where the owner may not be kept, the rights of the old one must not go to the new one's group.
      if old.st_uid != geteuid() || old.st_gid != getegid(),
        fchown(descriptor, old.st_uid, old.st_gid) != 0
      {
        old.st_mode &= ~0o7070
      }
      if fchmod(descriptor, old.st_mode & 0o7777) != 0 { code = errno }
    } else if fchmod(descriptor, 0o666 & ~Self.mask) != 0 {
      code = errno
    }
    if code == nil && fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0 && code == nil { code = errno }
    descriptor = -1
    if code == nil && rename(temporary, path) != 0 { code = errno }
    if let code {
      unlink(temporary)
      throw EngineError.unreadableFile(path: path, reason: DiskFiles.reason(code))
    }
    // The new name is on the disk once the folder is; some file systems cannot, which is no loss.
    let folder = FilePath.folder(of: path)
    let place = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if place >= 0 {
      fsync(place)
      close(place)
    }
  }

  // MARK: Names and rights

  /// What part files of a path are called, before the process that writes them is told apart.
  private static func suffix(_ path: String) -> String {
    // A name may have 255 bytes.
    "-" + String(decoding: FilePath.name(of: path).utf8.prefix(200), as: UTF8.self) + ".part"
  }

  /// Removes what processes left that ended while they wrote this very path.
  private static func removeLeftovers(of path: String, in folder: String) {
    let suffix = suffix(path)
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

  /// The rights that new files of the process do not get. To ask the system for it is to set it, for
  /// a moment and for all threads; where it is written down that is not needed.
  private static var mask: mode_t {
    let status = ProcessMemory.text(of: "/proc/self/status") ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Umask:") }
    return line.flatMap { mode_t($0.dropFirst(6).drop { $0 == "\t" || $0 == " " }, radix: 8) }
      ?? 0o077
  }
}

/// A pipe or a device, written as the bytes come.
final class StreamWriter: FileWriter {
  private let path: String
  private let descriptor: Int32

  /// - Throws: `EngineError.unreadableFile` with the reason in words.
  init(_ path: String) throws {
    self.path = path
    var opened = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
    // A pipe that nobody reads yet.
    while opened < 0 && errno == ENXIO && Self.isPipe(path) {
      try Allowance.proceed()
      usleep(10_000)
      opened = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
    }
    descriptor = opened
    guard descriptor >= 0 else {
      throw EngineError.unreadableFile(path: path, reason: DiskFiles.reason(errno))
    }
  }

  deinit { close(descriptor) }

  private static func isPipe(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFIFO
  }

  func write(_ bytes: [UInt8]) throws {
    if let code = DiskFiles.put(bytes, descriptor) {
      throw DiskFiles.writingFailure(code, path)
    }
  }

  func finish() throws {}
}
