/// What stands at a path.
public enum FileKind: Sendable, Equatable {
  /// Nothing, or nothing this process may see.
  case missing
  /// A file with so many bytes.
  case file(size: Int)
  /// A folder.
  case folder
  /// A pipe or a device: it can be read once, and its size is not known before.
  case stream
}

/// How the engine reaches files: a host decides what a script may read and write.
///
/// `DiskFiles` is the plain disk; a sandbox, an archive or a test gives its own.
public protocol FileAccess: Sendable {
  /// What stands at `path`.
  func kind(of path: String) -> FileKind
  /// The first `count` bytes of a file, fewer if it is shorter.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile`.
  func read(_ path: String, atMost count: Int) throws -> [UInt8]
  /// The names in a folder, in any order.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  func list(_ folder: String) throws -> [String]
  /// Puts `bytes` at `path`, whole or not at all.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  func write(_ bytes: [UInt8], to path: String) throws
  /// Where a file is on the disk, for libraries that open files themselves; `nil`, as by default,
  /// where it is nowhere or not to be opened by others.
  func localPath(of path: String) -> String?
  /// A file to be read one block after the other; by default of bytes that are read at once.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile`.
  func reader(of path: String) throws -> any FileReader
  /// A file to be written one block after the other; by default its bytes are collected and written
  /// at once.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  func writer(to path: String) throws -> any FileWriter
}

/// The bytes of a file, from its beginning to its end. Serves one thread at a time.
public protocol FileReader: AnyObject {
  /// The next bytes, at most `count` of them; none at the end.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  func read(atMost count: Int) throws -> [UInt8]
}

/// A file in the making. One that is dropped before it is finished leaves what stood there before.
/// Serves one thread at a time.
public protocol FileWriter: AnyObject {
  /// Puts bytes behind those before.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  func write(_ bytes: [UInt8]) throws
  /// Says that all is written; to be called once.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  func finish() throws
}

extension FileAccess {
  /// `nil`: the files are nowhere that a library in C could open.
  public func localPath(of path: String) -> String? { nil }

  /// Reads the whole file at once and hands it out in blocks.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  public func reader(of path: String) throws -> any FileReader {
    BytesReader(try read(path))
  }

  /// Collects what is written and writes it as one file at the end.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  public func writer(to path: String) throws -> any FileWriter {
    CollectingWriter(files: self, path: path)
  }

  /// All bytes of a file.
  ///
  /// - Throws: `EngineError.fileNotFound` or `.unreadableFile`.
  public func read(_ path: String) throws -> [UInt8] { try read(path, atMost: .max) }

  /// The error for a path where nothing stands, with what its folder holds for suggestions.
  public func notFound(_ path: String) -> EngineError {
    let folder = FilePath.folder(of: path)
    let present = (try? list(folder.isEmpty ? "." : folder)) ?? []
    // Suggestions need the names near to the one typed, not a whole photo collection.
    return .fileNotFound(
      path: path, folder: folder, present: Array(present.sorted().prefix(1_000)))
  }
}

/// The few things the engine does with the text of a path.
enum FilePath {
  /// `models/data` of `models/data/iris.csv`; empty where the path is a plain name.
  static func folder(of path: String) -> String {
    let path = withoutSlash(path)
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `iris.csv` of `models/data/iris.csv`.
  static func name(of path: String) -> String {
    let path = withoutSlash(path)
    guard let slash = path.lastIndex(of: "/"), path.count > 1 else { return String(path) }
    return String(path[path.index(after: slash)...])
  }

  /// `pets` of `pets/`.
  private static func withoutSlash(_ path: String) -> Substring {
    var result = path[...]
    while result.count > 1, result.last == "/" { result = result.dropLast() }
    return result
  }

  /// `csv` of `iris.csv` and of `iris.csv.gz`, in lower case; empty where there is none.
  static func fileExtension(of path: String) -> String {
    var name = Substring(name(of: path).lowercased())
    if name.hasSuffix(".gz") { name = name.dropLast(3) }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return String(name[name.index(after: dot)...])
  }

  /// `folder/name`, or `name` alone where it is absolute or there is no folder.
  static func join(_ folder: String, _ name: String) -> String {
    if folder.isEmpty || name.hasPrefix("/") { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}

/// Bytes that are there already, as a file.
final class BytesReader: FileReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(atMost count: Int) -> [UInt8] {
    let block = Array(bytes[place..<min(place + count, bytes.count)])
    place += block.count
    return block
  }
}

/// Collects what is written and hands it over at once.
final class CollectingWriter: FileWriter {
  private let files: any FileAccess
  private let path: String
  private var bytes: [UInt8] = []

  init(files: any FileAccess, path: String) { (self.files, self.path) = (files, path) }

  func write(_ bytes: [UInt8]) { self.bytes += bytes }
  func finish() throws { try files.write(bytes, to: path) }
}
