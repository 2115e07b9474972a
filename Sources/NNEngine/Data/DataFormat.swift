/// What a format is asked to read.
public struct FormatRequest {
  /// The file, read and ready to be unpacked.
  public var file: DataFile
  /// How to reach further files.
  public var files: any FileAccess
  /// What the script says of how a text is to be read.
  public var text: TextReading
  /// The texts that a script takes for missing values; `nil` for the usual ones.
  public var missingValues: [String]?
  /// The file of labels a script names.
  public var labels: String?
  /// What a script names as inputs, where a file holds several arrays.
  public var inputs: String?
  /// What a script names as targets: columns, or an array.
  public var targets: [String] = []
  /// The table of a database a script names.
  public var table: String?
  /// The rows of a database a script selects.
  public var query: String?
  /// Columns of a text file whose cells stay as they stand.
  var texts: Set<String> = []
  /// What begins a fraction, where a script says it.
  var decimal: DataOptions.DecimalSign?
  /// Whether cells of a text file with a point may be numbers; their columns are texts otherwise.
  var takesPoints = true
  /// The form that pictures are brought to.
  var pictures = PictureWish()
  /// Whether damaged pictures are left out.
  var dropsDamaged = false
  /// Whether rows without targets are of no use.
  var needsTargets = true
  /// The threads that may share the work.
  public var workers: Workers
}

extension FormatRequest {
  var textWish: SeparatedValuesReader.Wish {
    SeparatedValuesReader.Wish(
      path: file.path, options: text, missingValues: missingValues, texts: texts, decimal: decimal,
      takesPoints: takesPoints, workers: workers)
  }
}

/// What a look at the beginning of a file tells, without reading it all.
public struct DataOutline: Sendable, Equatable {
  /// The names of its columns; empty where it has none.
  public var columnNames: [String] = []
  /// Whether these names come from the file.
  public var hasHeader = true
  /// The shape of one row of inputs, where it does not depend on options.
  public var inputShape: Shape?
  /// The number of rows, where the file says it.
  public var rowCount: Int?

  /// Says what is known; anything may be left out.
  public init(
    columnNames: [String] = [], hasHeader: Bool = true, inputShape: Shape? = nil,
    rowCount: Int? = nil
  ) {
    self.columnNames = columnNames
    self.hasHeader = hasHeader
    self.inputShape = inputShape
    self.rowCount = rowCount
  }
}

/// A kind of data file: how to recognise it and how to read it. One file and one line in `standard`.
public struct DataFormat: Sendable {
  /// Its name in messages and help.
  public let name: String
  /// Usual ends of file names, without the point and without `.gz`.
  public let extensions: [String]
  /// One sentence for help.
  public let summary: String
  /// A script line that uses it.
  public let example: String
  /// The options of `data` that say how to read such a file, and mean nothing for another.
  public let options: Set<String>
  /// Whether a file is of this kind, by its path and its first bytes (unpacked).
  public let recognises: @Sendable (_ path: String, _ start: [UInt8]) -> Bool
  /// Whether libraries of the machine are opened for it.
  public internal(set) var opensLibraries = false
  /// Whether a folder can be read in place of a file.
  var readsFolders = false
  /// Looks at the first bytes (unpacked) of a file; `isWhole` where these are all. What it tells
  /// must be what reading finds: `nil` asks for more bytes.
  public let outline:
    @Sendable (_ path: String, _ start: [UInt8], _ isWhole: Bool, DataOptions) throws ->
      DataOutline?
  /// Reads the file.
  public let read: @Sendable (FormatRequest) throws -> RawData
  /// Reads it block by block, where that is possible; `nil` for a file that has to be read at once.
  let blocks: @Sendable (FormatRequest) throws -> TextStream?

  /// Makes a format.
  public init(
    _ name: String, extensions: [String], _ summary: String, example: String,
    options: Set<String> = [],
    recognises: @escaping @Sendable (_ path: String, _ start: [UInt8]) -> Bool,
    outline:
      @escaping @Sendable (_ path: String, _ start: [UInt8], _ isWhole: Bool, DataOptions) throws
      -> DataOutline?,
    read: @escaping @Sendable (FormatRequest) throws -> RawData
  ) {
    self.init(
      name, extensions: extensions, summary, example: example, options: options,
      recognises: recognises, outline: outline, read: read, blocks: { _ in nil })
  }

  init(
    _ name: String, extensions: [String], _ summary: String, example: String,
    options: Set<String>,
    recognises: @escaping @Sendable (_ path: String, _ start: [UInt8]) -> Bool,
    outline:
      @escaping @Sendable (_ path: String, _ start: [UInt8], _ isWhole: Bool, DataOptions) throws
      -> DataOutline?,
    read: @escaping @Sendable (FormatRequest) throws -> RawData,
    blocks: @escaping @Sendable (FormatRequest) throws -> TextStream?
  ) {
    self.name = name
    self.extensions = extensions
    self.summary = summary
    self.example = example
    self.options = options
    self.recognises = recognises
    self.outline = outline
    self.read = read
    self.blocks = blocks
  }

  /// The formats that come along, in the order they are tried; those with a clear mark go first.
  public static var standard: [DataFormat] {
    #if SQLite
      [idx, numPy, sqlite, pictures, separatedValues]
    #else
      [idx, numPy, pictures, separatedValues]
    #endif
  }
}

extension DataFormat {
  /// IDX pictures and labels.
  static var idx: DataFormat {
    DataFormat(
      "IDX", extensions: ["idx3-ubyte", "idx1-ubyte"],
      "Pictures and their labels in a pair of files, as MNIST and its relatives have them.",
      example: #"data "train-images-idx3-ubyte.gz" labels="train-labels-idx1-ubyte.gz""#,
      options: ["labels"],
      recognises: { _, start in IDXReader.recognises(start) },
      outline: { path, start, _, _ in
        let sizes = try IDXReader.sizes(start, path: path)
        return DataOutline(inputShape: IDXReader.rowShape(sizes), rowCount: sizes.first)
      },
      read: { try IDXReader.read($0) })
  }

  /// CSV, TSV and the like.
  static var separatedValues: DataFormat {
    DataFormat(
      "CSV", extensions: ["csv", "tsv", "tab", "txt", "data"],
      "A table, one row a line, with or without names in the first; `,` `;` `|` or tabs separate.",
      example: #"data "iris.csv" target=species"#,
      options: [
        "header", "separator", "quote", "escape", "comment", "skip", "ragged", "encoding", "images",
        "size", "fit", "channels",
      ],
      recognises: { path, start in
        ["csv", "tsv", "tab", "txt", "data"].contains(FilePath.fileExtension(of: path))
          || SeparatedText.isText(start)
      },
      outline: { path, start, isWhole, options in
        try SeparatedValuesReader.outline(
          start, isWhole: isWhole, path: path, options: options.text,
          missingValues: options.missingValues
        ).map { DataOutline(columnNames: $0.names, hasHeader: $0.hasHeader) }
      },
      read: {
        try SeparatedValuesReader.read($0.file.content(), $0.textWish)
      },
      blocks: { try TextStream($0) })
  }
}
