import NNEngine

@testable import NNScript

/// Sessions for tests of words: files are kept in memory, the sets that come along are there.
enum Words {
  /// A session whose files start empty, but for those of the gallery.
  static func session(_ vocabulary: Vocabulary = .standard, host: ScratchHost? = nil) -> Session {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    options.threads = 1
    return Session(host: host ?? ScratchHost(), options: options, vocabulary: vocabulary)
  }

  /// What is wrong with a script, nothing run.
  static func mistakes(_ text: String, _ vocabulary: Vocabulary = .standard) -> [Diagnostic] {
    session(vocabulary).check(text).filter { $0.severity == .error }
  }
}

/// A host that lets scripts write into memory and read from there, else from the disk.
final class ScratchHost: Host {
  private(set) var lines: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  let files: any FileAccess

  convenience init(_ present: [String: String] = [:]) {
    self.init(bytes: present.mapValues { Array($0.utf8) })
  }

  init(bytes present: [String: [UInt8]]) { files = ScratchFiles(present) }

  var hasError: Bool { diagnostics.contains { $0.severity == .error } }

  func receive(_ event: Event) {
    switch event {
    case .output(let text, _, _): lines.append(text)
    case .diagnostic(let diagnostic): diagnostics.append(diagnostic)
    default: break
    }
  }
}

/// The disk without the working folder, in which the scripts of the corpus save what they save.
enum Disk {
  static func kind(of path: String) -> FileKind {
    path.hasPrefix("/") ? DiskFiles().kind(of: path) : .missing
  }

  static func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    guard path.hasPrefix("/") else { throw DiskFiles().notFound(path) }
    return try DiskFiles().read(path, atMost: count)
  }
}

/// Files in memory before those of the disk. Used by one thread.
private final class ScratchFiles: FileAccess, @unchecked Sendable {
  private var written: [String: [UInt8]]

  init(_ written: [String: [UInt8]]) { self.written = written }

  func kind(of path: String) -> FileKind {
    if let bytes = written[path] { return .file(size: bytes.count) }
    return names(in: path).isEmpty ? Disk.kind(of: path) : .folder
  }

  /// The names in a folder, which is there where a file is below it.
  private func names(in folder: String) -> Set<String> {
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    return Set(
      written.keys.filter { $0.hasPrefix(start) }.compactMap {
        $0.dropFirst(start.count).split(separator: "/").first.map(String.init)
      })
  }

  func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    if let bytes = written[path] { return Array(bytes.prefix(count)) }
    return try Disk.read(path, atMost: count)
  }

  func list(_ folder: String) throws -> [String] {
    if folder == "." { return written.keys.sorted() }
    let own = names(in: folder)
    return own.isEmpty ? try DiskFiles().list(folder) : Array(own)
  }

  /// As on a disk, a folder must be there.
  func write(_ bytes: [UInt8], to path: String) throws {
    if let slash = path.lastIndex(of: "/"), Disk.kind(of: String(path[..<slash])) == .missing {
      return try DiskFiles().write(bytes, to: path)
    }
    written[path] = bytes
  }
}
