import Glibc
import NNEngine
import NNScript

#if canImport(nns)
  @testable import nns
#endif

/// What an input is given to. The first byte of an input chooses, so that one run reaches all.
enum Target: UInt8, CaseIterable {
  /// A script, checked and run; what the user's own `init.nn` is too.
  case script = 65
  /// Statements at the prompt, with Tab behind each.
  case prompt
  /// A table: the first line holds the options of `data`, the rest is the file.
  case table
  case idx
  case gzip
  /// A saved model.
  case model
  case history
  /// A picture, named by a table.
  case picture
  /// One NumPy array, or an archive of several.
  case arrays
  case database

  /// Which one an input is for, with what it is given.
  static func of(_ input: UnsafeBufferPointer<UInt8>) -> (Target, [UInt8]) {
    guard let first = input.first else { return (.script, []) }
    let all = Target.allCases
    return (all[(Int(first) + all.count * 10 - 65) % all.count], Array(input.dropFirst()))
  }

  /// Gives it the bytes; whatever they are, it comes back.
  func take(_ bytes: [UInt8]) {
    switch self {
    case .script: Self.run(String(decoding: bytes, as: UTF8.self), [:])
    case .prompt: Self.type(String(decoding: bytes, as: UTF8.self))
    case .table:
      let line = bytes.prefix { $0 != 10 }
      let options = String(decoding: line, as: UTF8.self)
      Self.run(
        """
        data "t.csv" \(options)
        show data
        layer dense 3
        train epochs=1 batch=8
        evaluate
        predict on="t.csv"
        """, ["t.csv": Array(bytes.dropFirst(line.count + 1))])
    case .idx:
      Self.run(
        """
        data "t-images-idx3-ubyte" labels="t-labels-idx1-ubyte"
        show data
        layer dense 3
        train epochs=1
        """,
        ["t-images-idx3-ubyte": bytes, "t-labels-idx1-ubyte": Seeds.labels])
    case .gzip:
      Self.run("data \"t.csv.gz\"\nshow data\nlayer dense 2\ntrain epochs=1", ["t.csv.gz": bytes])
    case .model:
      Self.run(
        """
        load "m.nnm"
        show model
        show data
        predict [1, 2, 3, 4]
        predict [1, 2]
        data iris
        evaluate
        train epochs=1 batch=64
        save "n.nnm"
        """, ["m.nnm": bytes])
    case .history: Self.remember(bytes)
    case .picture:
      Self.run(
        """
        data "p.csv" images=file target=kind size=4x4
        show data
        augment shift=20% flip rotate=10
        layer conv 2 3x3 relu
        layer flatten
        layer dense 2
        train epochs=1
        predict "p.jpg"
        data "p.csv" images=file target=kind
        """,
        ["p.csv": Array("file,kind\np.jpg,a\nq.png,b\n".utf8), "p.jpg": bytes, "q.png": bytes])
    case .arrays:
      Self.run(
        """
        data "t.npz"
        show data
        layer dense 2
        train epochs=1
        predict on="t.npz"
        data "t.npz" target=y inputs=x
        data iris
        data "x.npy" labels="t.npz"
        """, ["t.npz": bytes, "x.npy": Seeds.array])
    case .database:
      Self.run(
        """
        data "t.db"
        show data
        layer dense 2
        train epochs=1
        data "t.db" table="orders"
        data "t.db" query="select * from sqlite_schema"
        """, ["t.db": bytes])
    }
  }

  /// Runs a script among a few files of its own.
  private static func run(_ text: String, _ files: [String: [UInt8]]) {
    let session = session(files)
    let origin = Session.Origin(name: "t.nn", folder: nil, isWhole: true)
    _ = session.check(text, from: origin)
    // A script that is stopped at its first mistake would end here: every line has its turn.
    guard files.isEmpty else {
      for line in text.split(separator: "\n") { _ = try? session.run(String(line)) }
      return
    }
    do {
      try session.run(text, from: origin)
    } catch let error as ScriptError {
      precondition(error.isInterruption || error.diagnostics.contains { $0.severity == .error })
      precondition(!error.description.isEmpty)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func type(_ text: String) {
    let session = session([:])
    var pending = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(20) {
      _ = session.complete(pending.isEmpty ? String(line) : continuing(pending, with: String(line)))
      let line = Transcript.code(in: String(line), behind: pending)
      pending = pending.isEmpty ? line : continuing(pending, with: line)
      if case .incomplete = isComplete(pending) { continue }
      _ = try? session.run(pending, from: Session.Origin(name: "<prompt>", isPrompt: true))
      pending = ""
      if session.hasQuit { return }
    }
  }

  /// An own file of history: what is read from it is written again and read the same.
  private static func remember(_ bytes: [UInt8]) {
    let path = "/dev/shm/nns-fuzz-history-\(getpid())"
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    defer { unlink(path) }
    for entry in HistoryFile(path: path).entries {
      precondition(HistoryFile.entry(HistoryFile.line(entry)) == entry)
      _ = isComplete(entry)
    }
  }

  private static func session(_ files: [String: [UInt8]]) -> Session {
    var options = Session.Options()
    options.threads = 1
    options.memory = 256 << 20
    options.dataFolders = [Seeds.data]
    return Session(host: BoundedHost(files), options: options)
  }
}

/// Stops a script after a while of work, since a loop may have no end; and keeps what it writes.
private final class BoundedHost: Host {
  let files: any FileAccess
  private let start = clock()

  init(_ files: [String: [UInt8]]) { self.files = FewFiles(files) }

  // The processor's time, not the clock's: others may want the machine too.
  var isCancelled: Bool { clock() - start > CLOCKS_PER_SEC * 3 / 10 }

  func receive(_ event: Event) {
    if case .diagnostic(let diagnostic) = event { precondition(!diagnostic.message.isEmpty) }
  }
}

/// Files in memory, and the sets that come along.
private final class FewFiles: FileAccess, @unchecked Sendable {
  private var content: [String: [UInt8]]
  private let disk = DiskFiles()

  init(_ content: [String: [UInt8]]) {
    self.content = content.merging(Seeds.files) { given, _ in given }
  }

  private func isReadable(_ path: String) -> Bool {
    path.hasPrefix(Seeds.data + "/") && !path.contains("..")
  }

  func kind(of path: String) -> FileKind {
    if let bytes = content[path] { return .file(size: bytes.count) }
    return isReadable(path) ? disk.kind(of: path) : .missing
  }

  func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    if let bytes = content[path] { return Array(bytes.prefix(count)) }
    guard isReadable(path) else { throw notFound(path) }
    return try disk.read(path, atMost: count)
  }

  func list(_ folder: String) throws -> [String] { content.keys.sorted() }

  func write(_ bytes: [UInt8], to path: String) throws {
    guard bytes.count < 1 << 20 else {
      throw EngineError.unreadableFile(path: path, reason: "the disk is full")
    }
    content[path] = bytes
  }
}
