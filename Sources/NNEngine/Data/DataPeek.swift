/// What a checker can know of a data file without reading all of it.
public struct DataPeek: Sendable, Equatable {
  /// The names of its columns; empty where it has none.
  public var columnNames: [String]
  /// The shape of one row of inputs, where it does not depend on options.
  public var inputShape: Shape?
  /// The number of rows, where the file says it.
  public var rowCount: Int?
  /// The size on the disk in bytes; `nil` for a pipe.
  public var size: Int?
  /// Whether reading it all takes no time worth mentioning.
  public var isCheap: Bool
}

extension DataLoader {
  /// Looks at the beginning of a file.
  ///
  /// A pipe is not touched, since its bytes are there only once: nothing is known of it.
  ///
  /// - Throws: `EngineError` where the file is missing, a folder, unreadable or clearly broken.
  public func peek(_ path: String, options: DataOptions = DataOptions()) throws -> DataPeek {
    let size: Int
    switch files.kind(of: path) {
    case .missing: throw files.notFound(path)
    case .folder: throw EngineError.unreadableFile(path: path, reason: "it is a folder")
    case .stream:
      return DataPeek(columnNames: [], inputShape: nil, rowCount: nil, size: nil, isCheap: false)
    case .file(let found): size = found
    }
    let file = try DataFile(path, files: files, atMost: DataFormat.startLength)
    let start = file.start(DataFormat.startLength)
    // Where not even a beginning can be unpacked, the file is damaged rather than empty.
    if start.isEmpty { _ = try file.content() }
    let outline = try format(of: path, start: start).outline(path, start, options)
    return DataPeek(
      columnNames: outline.columnNames, inputShape: outline.inputShape,
      rowCount: outline.rowCount, size: size, isCheap: size < 256 << 10)
  }
}

extension DataFormat {
  /// As many bytes as are looked at to recognise a file: room for a header of thousands of columns.
  static let startLength = 64 << 10
}
