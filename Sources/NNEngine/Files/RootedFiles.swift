import Glibc

/// The files below some folders of the disk, and files in memory: what a host opens to scripts that it
/// does not trust.
///
/// Relative paths start from a folder of their own, or from the first folder that is read, or that which
/// is written.
/// Absolute ones, `..` and links are followed as long as they end inside; where a path leads out,
/// nothing is told of what stands there. Paths that begin with `memory:` are files in memory.
public struct RootedFiles: FileAccess {
  /// Where files in memory stand.
  public let memory = MemoryFiles()
  private let readFolders: [String]
  private let writtenFolder: String?
  /// Where relative paths start.
  private let start: String?
  private let disk = DiskFiles()

  /// Opens folders.
  ///
  /// - Parameters:
  ///   - reading: the folders below which files are read.
  ///   - writing: the folder below which files are written.
  ///   - start: where relative paths start; `nil` for the first of the folders read, and of paths that
  ///     are written for that folder.
  /// - Throws: `EngineError.unreadableFile` for one that is no folder.
  public init(reading: [String] = [], writing: String? = nil, from start: String? = nil) throws {
    self.start = try start.map(Self.folder)
    readFolders = try reading.map(Self.folder)
    writtenFolder = try writing.map(Self.folder)
  }

  private static func folder(_ path: String) throws -> String {
    guard case .folder = DiskFiles().kind(of: path), let real = real(path) else {
      throw EngineError.unreadableFile(path: path, reason: "there is no such folder")
    }
    return real
  }

  // MARK: Where paths lead

  /// A path without links; `nil` where nothing stands there.
  private static func real(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  private static func isInside(_ path: String, _ folder: String) -> Bool {
    folder == "/" || path == folder || path.hasPrefix(folder + "/")
  }

  /// What a path means.
  private enum Place {
    case inside(String)
    case missing
    case outside
  }

  private func place(ofRead path: String) -> Place {
    guard let first = readFolders.first else { return .outside }
    let whole = FilePath.join(start ?? first, path)
    guard let real = Self.real(whole) else {
      // Whether something is missing is told of places inside alone.
      guard let parent = Self.real(FilePath.folder(of: whole)) else {
        return path.hasPrefix("/") || path.contains("..") ? .outside : .missing
      }
      return readFolders.contains { Self.isInside(parent, $0) } ? .missing : .outside
    }
    return readFolders.contains { Self.isInside(real, $0) } ? .inside(real) : .outside
  }

  private func place(ofWritten path: String) -> Place {
    guard let folder = writtenFolder else { return .outside }
    let whole = FilePath.join(start ?? folder, path)
    if let real = Self.real(whole) { return Self.isInside(real, folder) ? .inside(real) : .outside }
    // A link that leads nowhere would be followed when the file is made.
    var facts = stat()
    if lstat(whole, &facts) == 0 { return .outside }
    guard let parent = Self.real(FilePath.folder(of: whole)) else { return .missing }
    guard Self.isInside(parent, folder) else { return .outside }
    return .inside(FilePath.join(parent, FilePath.name(of: whole)))
  }

  /// Does something with a file of the disk; errors name the path as the script has it.
  private func atPlace<Result>(
    _ place: Place, _ path: String, _ what: String, _ body: (String) throws -> Result
  ) throws -> Result {
    switch place {
    case .inside(let real):
      do {
        return try body(real)
      } catch EngineError.unreadableFile(_, let reason) {
        throw EngineError.unreadableFile(path: path, reason: reason)
      }
    case .missing: throw notFound(path)
    case .outside:
      throw EngineError.unreadableFile(
        path: path, reason: "it is outside of the folders that may be \(what)")
    }
  }

  // MARK: Files

  /// What stands at `path`. A place outside looks like a file, whatever is there: reading says why
  /// not.
  public func kind(of path: String) -> FileKind {
    if MemoryFiles.has(path) { return memory.kind(of: path) }
    switch place(ofRead: path) {
    case .inside(let real): return disk.kind(of: real)
    case .missing, .outside:
      if case .inside(let real) = place(ofWritten: path) { return disk.kind(of: real) }
      if case .missing = place(ofRead: path) { return .missing }
      return .file(size: 0)
    }
  }

  /// Reads up to `count` bytes.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile`.
  public func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    if MemoryFiles.has(path) { return try memory.read(path, atMost: count) }
    return try atPlace(place(ofRead: path), path, "read") { try disk.read($0, atMost: count) }
  }

  /// The names in a folder.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  public func list(_ folder: String) throws -> [String] {
    if MemoryFiles.has(folder) { return [] }
    return try atPlace(place(ofRead: folder), folder, "read") { try disk.list($0) }
  }

  /// Puts `bytes` at `path`, whole or not at all.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  public func write(_ bytes: [UInt8], to path: String) throws {
    if MemoryFiles.has(path) { return memory[path] = bytes }
    try atPlace(place(ofWritten: path), path, "written") { try disk.write(bytes, to: $0) }
  }

  /// Where a file is on the disk; `nil` for one in memory or outside.
  public func localPath(of path: String) -> String? {
    if case .inside(let real) = place(ofRead: path), !MemoryFiles.has(path) { return real }
    return nil
  }

  /// A file to be read block by block.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile`.
  public func reader(of path: String) throws -> any FileReader {
    if MemoryFiles.has(path) { return BytesReader(try read(path)) }
    return try atPlace(place(ofRead: path), path, "read") { try disk.reader(of: $0) }
  }

  /// A file to be written block by block.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  public func writer(to path: String) throws -> any FileWriter {
    if MemoryFiles.has(path) { return CollectingWriter(files: self, path: path) }
    return try atPlace(place(ofWritten: path), path, "written") { try disk.writer(to: $0) }
  }
}

/// Named bytes, which several threads may read and write.
public final class MemoryFiles: @unchecked Sendable {
  private var files: [String: [UInt8]] = [:]
  private let lock: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// Whether a path means a file in memory.
  public static func has(_ path: String) -> Bool { path.hasPrefix("memory:") }

  /// A file's bytes; `nil` where there is none.
  public subscript(path: String) -> [UInt8]? {
    get { locked { files[path] } }
    set { locked { files[path] = newValue } }
  }

  func kind(of path: String) -> FileKind {
    self[path].map { .file(size: $0.count) } ?? .missing
  }

  func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    guard let bytes = self[path] else {
      throw EngineError.fileNotFound(
        path: path, folder: "", present: locked { files.keys.sorted() })
    }
    return count < bytes.count ? Array(bytes.prefix(count)) : bytes
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }
}
