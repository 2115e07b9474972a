#if SQLite
  import Glibc

  /// SQLite's C library, opened at run time: a program needs it neither to build nor to start.
  ///
  /// The functions are those of SQLite's C interface, version 3.36 and later.
  struct SQLiteLibrary: Sendable {
    typealias Handle = OpaquePointer
    typealias Open =
      @convention(c) (
        UnsafePointer<CChar>, UnsafeMutablePointer<Handle?>, Int32, UnsafePointer<CChar>?
      ) -> Int32
    typealias Prepare =
      @convention(c) (
        Handle?, UnsafePointer<CChar>, Int32, UnsafeMutablePointer<Handle?>,
        UnsafeMutablePointer<UnsafePointer<CChar>?>?
      ) -> Int32
    typealias Act = @convention(c) (Handle?) -> Int32
    typealias Ask = @convention(c) (Handle?, Int32) -> Int32
    typealias Progress = @convention(c) (UnsafeMutableRawPointer?) -> Int32

    let open: Open
    let close, isReadOnly, step, finalize, columnCount: Act
    let type, length, setTimeout: Ask
    let message: @convention(c) (Handle?) -> UnsafePointer<CChar>?
    let prepare: Prepare
    let deserialize:
      @convention(c) (
        Handle?, UnsafePointer<CChar>, UnsafeMutablePointer<UInt8>?, Int64, Int64, UInt32
      ) -> Int32
    let columnName: @convention(c) (Handle?, Int32) -> UnsafePointer<CChar>?
    let integer: @convention(c) (Handle?, Int32) -> Int64
    let number: @convention(c) (Handle?, Int32) -> Double
    let text: @convention(c) (Handle?, Int32) -> UnsafePointer<UInt8>?
    let setProgress: @convention(c) (Handle?, Int32, Progress?, UnsafeMutableRawPointer?) -> Void

    /// The library of this machine; `nil` where there is none.
    static let installed: SQLiteLibrary? = {
      for name in ["libsqlite3.so.0", "libsqlite3.so"] {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { continue }
        if let functions = try? SQLiteLibrary(library) { return functions }
      }
      return nil
    }()

    private struct Missing: Error {}

    private init(_ library: UnsafeMutableRawPointer) throws {
      func find<Function>(_ name: String) throws -> Function {
        guard let place = dlsym(library, "sqlite3_" + name) else { throw Missing() }
        return unsafeBitCast(place, to: Function.self)
      }
      open = try find("open_v2")
      close = try find("close_v2")
      isReadOnly = try find("stmt_readonly")
      step = try find("step")
      finalize = try find("finalize")
      columnCount = try find("column_count")
      type = try find("column_type")
      length = try find("column_bytes")
      setTimeout = try find("busy_timeout")
      message = try find("errmsg")
      prepare = try find("prepare_v2")
      deserialize = try find("deserialize")
      columnName = try find("column_name")
      integer = try find("column_int64")
      number = try find("column_double")
      text = try find("column_text")
      setProgress = try find("progress_handler")
    }
  }
#endif
