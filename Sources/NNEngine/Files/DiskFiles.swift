import Glibc

/// The files of the machine, as the process may see them.
public struct DiskFiles: FileAccess {
  /// The bytes of memory the machine has: a file larger than that is refused, not attempted.
  static let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  /// Makes the plain disk.
  public init() {}

  /// What stands at `path`, links followed.
  public func kind(of path: String) -> FileKind {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return .missing }
    switch facts.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG: return .file(size: Int(facts.st_size))
    default: return .stream
    }
  }

  /// Reads up to `count` bytes.
  ///
  /// The file is read, not mapped: a mapped file that somebody shortens meanwhile kills the process.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile` with the reason in words.
  public func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    let (descriptor, facts) = try Self.opened(path)
    defer { close(descriptor) }
    let isStream = facts.st_mode & S_IFMT != S_IFREG
    if min(count, Int(facts.st_size)) > min(Self.memory, MemoryLimit.machine.bytes) {
      throw EngineError.tooLarge(what: "the file `\(path)`", count: Int(facts.st_size))
    }
    // One byte more than the size, so that the end is found without a second, empty round.
    let expected = min(count, Int(facts.st_size) + 1)
    var result: [UInt8] = []
    while result.count < count {
      let room = result.isEmpty ? expected : max(result.count / 2, 1 << 16)
      // What a stream holds is known only as it comes.
      try Allowance.admit(room + result.count, for: "the content of `\(path)`")
      let block = try Self.readBlock(
        descriptor, min(max(room, 1), count - result.count), path, waits: isStream)
      if block.isEmpty { break }
      if result.isEmpty { result = block } else { result += block }
      if !isStream && block.count < room { break }
    }
    return result
  }

  /// The path itself.
  public func localPath(of path: String) -> String? { path }

  /// A file to be read block by block.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile` with the reason in words.
  public func reader(of path: String) throws -> any FileReader { try DescriptorReader(path) }

  /// Opens what is no folder. A pipe is not waited for here: nobody could end that.
  fileprivate static func opened(_ path: String) throws -> (descriptor: Int32, facts: stat) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw DiskFiles().notFound(path) }
      throw EngineError.unreadableFile(path: path, reason: reason(code))
    }
    var facts = stat()
    var problem: String?
    if fstat(descriptor, &facts) != 0 {
      problem = reason(errno)
    } else if facts.st_mode & S_IFMT == S_IFDIR {
      problem = "it is a folder"
    }
    if let problem {
      close(descriptor)
      throw EngineError.unreadableFile(path: path, reason: problem)
    }
    return (descriptor, facts)
  }

  /// Reads until `room` bytes are there or the file ends.
  ///
  /// - Parameter waits: whether it may take a while until there is something to read.
  fileprivate static func readBlock(
    _ descriptor: Int32, _ room: Int, _ path: String, waits: Bool
  ) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      while filled < room {
        try Allowance.proceed()
        if waits, !isReady(descriptor, Int16(POLLIN)) { continue }
        let got = Glibc.read(
          descriptor, buffer.baseAddress.map { $0 + filled }, min(room - filled, 4 << 20))
        if got == 0 { break }
        if got < 0 {
          if errno == EINTR || errno == EAGAIN { continue }
          throw EngineError.unreadableFile(path: path, reason: reason(errno))
        }
        filled += got
      }
    }
  }

  /// Whether a pipe or a device can be read or written, or has ended; waits for some milliseconds.
  static func isReady(_ descriptor: Int32, _ events: Int16) -> Bool {
    var request = pollfd(fd: descriptor, events: events, revents: 0)
    return poll(&request, 1, 10) > 0
  }

  /// The names in a folder, `.` and `..` left out.
  ///
  /// - Throws: `EngineError.unreadableFile` with the reason in words.
  public func list(_ folder: String) throws -> [String] {
    guard let stream = opendir(folder) else {
      throw EngineError.unreadableFile(path: folder, reason: Self.reason(errno))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// An error number in the words used for people.
  static func reason(_ code: Int32) -> String {
    switch code {
    case EACCES, EPERM: "permission is missing"
    case EISDIR: "it is a folder"
    case ENOTDIR: "a part of its path is a file, not a folder"
    case ENOENT: "there is no such folder"
    case ENOSPC: "the disk is full"
    case EROFS: "that place is read-only"
    case ENAMETOOLONG: "the name is too long"
    case EMFILE, ENFILE: "too many files are open"
    case ELOOP: "its links go round in a circle"
    default: String(cString: strerror(code)).lowercased()
    }
  }
}

/// An open file of the disk.
private final class DescriptorReader: FileReader {
  private let path: String
  private let descriptor: Int32
  private let isStream: Bool

  init(_ path: String) throws {
    self.path = path
    let (descriptor, facts) = try DiskFiles.opened(path)
    (self.descriptor, isStream) = (descriptor, facts.st_mode & S_IFMT != S_IFREG)
  }

  deinit { close(descriptor) }

  func read(atMost count: Int) throws -> [UInt8] {
    try DiskFiles.readBlock(descriptor, count, path, waits: isStream)
  }
}
