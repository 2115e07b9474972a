#if SQLite
  /// A database that is open for reading. Nothing is ever written to it.
  ///
  /// Serves one thread at a time.
  final class SQLiteDatabase {
    /// What a row holds in a column.
    enum Cell {
      case missing
      case integer(Int64)
      case number(Double)
      case text(String)
      /// Bytes of no kind that is known.
      case bytes
    }

    private let library: SQLiteLibrary
    private let path: String
    private var handle: OpaquePointer?
    /// The database itself, where it is in memory.
    private var content: UnsafeMutableBufferPointer<UInt8>?

    private enum Code {
      static let ok: Int32 = 0
      static let interrupt: Int32 = 9
      static let row: Int32 = 100
      static let done: Int32 = 101
    }

    /// Opens a database on the disk, or one that a host keeps elsewhere.
    ///
    /// - Throws: `EngineError.badFile`, also where SQLite is not installed.
    init(_ file: DataFile, files: any FileAccess) throws {
      let path = file.path
      guard let library = SQLiteLibrary.installed else {
        throw EngineError.badFile(
          path: path, problem: "it is an SQLite database, and SQLite is not installed",
          help: "install it: `apt-get install libsqlite3-0`")
      }
      (self.library, self.path) = (library, path)
      let disk = files.localPath(of: path)
      guard library.open(disk ?? ":memory:", &handle, disk == nil ? 2 : 1, nil) == Code.ok else {
        throw failure("it cannot be opened")
      }
      if disk == nil { try take(file.content()) }
      // Another program may be writing just now.
      _ = library.setTimeout(handle, 2_000)
      library.setProgress(handle, 10_000, { _ in Allowance.isHalted ? 1 : 0 }, nil)
    }

    deinit {
      _ = library.close(handle)
      content?.deallocate()
    }

    /// Makes these bytes the database.
    private func take(_ bytes: [UInt8]) throws {
      let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
      _ = copy.initialize(from: bytes)
      content = copy
      // A journal of its own, which 2 says here, stands in another file.
      if bytes.count > 19 { (copy[18], copy[19]) = (1, 1) }
      let readOnly: UInt32 = 4
      guard
        library.deserialize(
          handle, "main", copy.baseAddress, Int64(bytes.count), Int64(bytes.count), readOnly)
          == Code.ok
      else { throw failure("it cannot be opened") }
    }

    private func failure(_ problem: String) -> EngineError {
      .badFile(
        path: path, problem: problem, detail: library.message(handle).map { String(cString: $0) })
    }

    /// The tables and views, in the order of their names.
    var tables: [String] {
      get throws {
        var names: [String] = []
        try query(
          "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            + "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        ) { _ in
        } row: { cells in
          if case .text(let name) = cells[0] { names.append(name) }
        }
        return names
      }
    }

    /// Runs a statement that reads.
    ///
    /// - Throws: `EngineError.badFile` with SQLite's words, `.invalid` for a statement that writes or
    ///   is several.
    func query(
      _ text: String, columns: ([String]) throws -> Void, row: ([Cell]) throws -> Void
    ) throws {
      var statement: OpaquePointer?
      defer { _ = library.finalize(statement) }
      let rest = try text.withCString { start in
        var end: UnsafePointer<CChar>?
        guard library.prepare(handle, start, -1, &statement, &end) == Code.ok else {
          throw failure("the query is not understood")
        }
        return end.map { String(cString: $0) } ?? ""
      }
      guard statement != nil else { throw EngineError.invalid("`query` is empty") }
      guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
        throw EngineError.invalid(
          "`query` holds more than one statement", help: "keep the one that selects the rows")
      }
      guard library.isReadOnly(statement) != 0 else {
        throw EngineError.invalid(
          "`query` would change the database", help: "`query=\"select …\"` reads rows")
      }
      let count = library.columnCount(statement)
      guard count > 0 else {
        throw EngineError.invalid("`query` gives no rows", help: "`query=\"select …\"` reads rows")
      }
      try columns(
        (0..<count).map { place in
          library.columnName(statement, place).map { String(cString: $0) } ?? "column\(place + 1)"
        })
      while true {
        switch library.step(statement) {
        case Code.row: try row((0..<count).map { try cell(statement, $0) })
        case Code.done: return
        case Code.interrupt:
          try Allowance.proceed()
          throw failure("it could not be read")
        default: throw failure("it could not be read")
        }
      }
    }

    private func cell(_ statement: OpaquePointer?, _ column: Int32) throws -> Cell {
      switch library.type(statement, column) {
      case 1: return .integer(library.integer(statement, column))
      case 2: return .number(library.number(statement, column))
      case 3:
        let start = library.text(statement, column)
        let count = Int(library.length(statement, column))
        try Allowance.admit(2 * count, for: "a text in `\(path)`")
        return .text(
          String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
      case 5: return .missing
      default: return .bytes
      }
    }
  }
#endif
