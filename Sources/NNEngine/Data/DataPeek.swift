/// What a checker can know of a data file without reading all of it.
public struct DataPeek: Sendable, Equatable {
  /// The names of its columns; empty where it has none.
  public var columnNames: [String]
  /// Whether these names come from the file; a number names a column by its place, from 1, where
  /// they do not.
  public var hasHeader = true
  /// The shape of one row of inputs, where it does not depend on options.
  public var inputShape: Shape?
  /// The number of rows, where the file says it.
  public var rowCount: Int?
  /// The number of classes, where it is certain.
  public var classCount: Int?
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
    case .folder where !formats.contains(where: \.readsFolders):
      throw EngineError.unreadableFile(path: path, reason: "it is a folder")
    case .folder: return try peek(folder: path, options)
    case .stream:
      return DataPeek(columnNames: [], inputShape: nil, rowCount: nil, size: nil, isCheap: false)
    case .file(let found): size = found
    }
    let outline = try outline(path, size: size, options)
    return DataPeek(
      columnNames: outline.columnNames, hasHeader: outline.hasHeader,
      inputShape: outline.inputShape, rowCount: outline.rowCount, size: size,
      isCheap: size < 256 << 10)
  }

  /// What the names in a folder of pictures tell.
  private func peek(folder: String, _ options: DataOptions) throws -> DataPeek {
    let found = try PictureFolder(folder, files, hasClasses: true)
    let sizes = options.pictures.size.map { $0.count == 1 ? [$0[0], $0[0]] : $0 }
    let shape = sizes.flatMap { sizes in
      options.pictures.channels.map { Shape(sizes + [$0.count]) }
    }
    // A class may be left without a picture.
    let isCertain =
      options.missing != .drop && found.files.allSatisfy { PictureKind.isNamed($0.name) }
    return DataPeek(
      columnNames: [], inputShape: options.shape == nil ? shape : nil, rowCount: nil,
      classCount: isCertain ? Set(found.files.map(\.label)).count : nil, size: nil, isCheap: false)
  }

  /// What as much of a file tells as it takes to know what reading it will find.
  private func outline(_ path: String, size: Int, _ options: DataOptions) throws -> DataOutline {
    var length = DataFormat.startLength
    while true {
      let file = try DataFile(path, files: files, atMost: length)
      let start = file.start(length)
      // Where not even a beginning can be unpacked, the file is damaged rather than empty.
      if start.isEmpty { _ = try file.content() }
      let isWhole = size < length && start.count < length
      let format = try format(of: path, start: Array(start.prefix(DataFormat.startLength)))
      if let outline = try format.outline(path, start, isWhole, options) { return outline }
      if isWhole || length >= DataFormat.longestLook { return DataOutline() }
      length *= 16
    }
  }
}

extension DataFormat {
  /// As many bytes as are looked at to recognise a file: room for a header of thousands of columns.
  static let startLength = 64 << 10
  /// As many bytes as are looked at in all: rows enough to see what a table's first row is.
  static let longestLook = 16 << 20
}
