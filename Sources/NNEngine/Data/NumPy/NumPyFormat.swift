extension DataFormat {
  /// One NumPy array, or an archive of several.
  static var numPy: DataFormat {
    DataFormat(
      "NumPy", extensions: ["npy", "npz"],
      "An array whose last column is the target, or an archive of inputs and targets.",
      example: #"data "digits.npz" test=20%"#,
      options: ["inputs", "labels"],
      recognises: { _, start in
        start.starts(with: NumPyHeader.mark) || ZipArchive.holdsArrays(start)
      },
      outline: { path, start, isWhole, options in
        try NumPyReader.outline(start, isWhole: isWhole, path: path, options)
      },
      read: { request in
        try NumPyReader(request).read()
      })
  }
}

extension ZipArchive {
  /// Whether the first file of an archive is an array.
  static func holdsArrays(_ start: [UInt8]) -> Bool {
    guard recognises(start), start.count > 30 else { return false }
    let length = Int(start[26]) | Int(start[27]) << 8
    return start[30...].prefix(length).reversed().starts(with: ".npy".utf8.reversed())
  }
}

/// Makes rows of NumPy arrays.
///
///     one array, two axes      a table, its last column the target
///     x and y (X, inputs, …)   rows of inputs, and their targets
///     x_test and y_test too    rows to test with
struct NumPyReader {
  private let path: String
  private let arrays: [NumPyArray]
  private let inputs: String?
  private let targets: [String]
  private let labels: NumPyArray?

  /// Reads what a file holds.
  ///
  /// - Throws: `EngineError.badFile`, `.fileNotFound`, `.unreadableFile`.
  init(_ request: FormatRequest) throws {
    path = request.file.path
    (inputs, targets) = (request.inputs, request.targets)
    arrays = try Self.arrays(in: request.file)
    labels = try request.labels.map { path in
      let found = try Self.arrays(in: DataFile(path, files: request.files))
      guard found.count == 1 else {
        throw EngineError.badFile(
          path: path, problem: "it holds \(found.count) arrays, the labels are one")
      }
      return found[0]
    }
  }

  private static func arrays(in file: DataFile) throws -> [NumPyArray] {
    let content = try file.content()
    if content.starts(with: NumPyHeader.mark) {
      return [try NumPyArray(content, name: "x", path: file.path)]
    }
    let archive = try ZipArchive(content, path: file.path)
    let arrays = archive.entries.filter { $0.name.hasSuffix(".npy") }
    guard !arrays.isEmpty else {
      throw EngineError.badFile(path: file.path, problem: "it holds no arrays")
    }
    return try arrays.map {
      try NumPyArray(
        archive.content($0), name: String($0.name.dropLast(4)), path: file.path)
    }
  }

  static func outline(
    _ start: [UInt8], isWhole: Bool, path: String, _ options: DataOptions
  ) throws -> DataOutline? {
    if start.starts(with: NumPyHeader.mark) {
      guard let header = try NumPyHeader(start, path: path) else { return nil }
      if header.isRecords {
        return DataOutline(columnNames: header.fields.map(\.name), rowCount: header.shape.first)
      }
      if header.shape.count > 2 {
        return DataOutline(
          inputShape: IDXReader.rowShape(header.shape), rowCount: header.shape.first)
      }
      return DataOutline(rowCount: header.shape.first)
    }
    // The directory of an archive stands at its end.
    return isWhole ? DataOutline() : nil
  }

  // MARK: Which array is what

  private static let inputNames = [
    "x", "X", "inputs", "features", "images", "data", "x_train", "X_train",
  ]
  private static let targetNames = [
    "y", "Y", "targets", "target", "labels", "label", "y_train", "Y_train",
  ]

  private func array(_ name: String) throws -> NumPyArray {
    if let array = arrays.first(where: { $0.name == name }) { return array }
    throw EngineError.unknownName(what: "array", name: name, known: arrays.map(\.name))
  }

  /// - Throws: `EngineError`.
  func read() throws -> RawData {
    if arrays.count == 1, let only = arrays.first, inputs == nil || inputs == only.name {
      if let labels { return RawData(path: path, rows: try rows(only, labels)) }
      return RawData(path: path, rows: try rows(only))
    }
    let names = arrays.map(\.name)
    guard
      let x = try inputs.map(array)
        ?? Self.inputNames.lazy.compactMap({ name in arrays.first { $0.name == name } }).first
    else {
      throw EngineError.badFile(
        path: path, problem: "it holds \(arrays.count) arrays, and none is called `x`",
        detail: "they are " + names.map { "`\($0)`" }.joined(separator: ", "),
        help: "`inputs=\(names[0])` and `target=\(names.last ?? "")` say which are which")
    }
    let wanted = targets.count == 1 ? arrays.first { $0.name == targets[0] } : nil
    let y =
      wanted ?? labels
      ?? Self.targetNames.lazy.compactMap({ name in arrays.first { $0.name == name } }).first
    guard let y, y.name != x.name || labels != nil else {
      return RawData(path: path, rows: try rows(x))
    }
    var result = RawData(path: path, rows: try rows(x, y))
    if let testX = arrays.first(where: { $0.name == Self.testName(x.name) }),
      let testY = arrays.first(where: { $0.name == Self.testName(y.name) })
    {
      result.test = try rows(testX, testY)
    }
    let used = Set(
      [x.name, y.name] + (result.test == nil ? [] : [Self.testName(x.name), Self.testName(y.name)]))
    let rest = names.filter { !used.contains($0) }
    result.remarks = ["inputs are the array `\(x.name)`, targets `\(y.name)`"]
    if !rest.isEmpty {
      result.remarks.append("arrays not used: " + rest.map { "`\($0)`" }.joined(separator: ", "))
    }
    return result
  }

  /// `x_test` for `x_train`.
  private static func testName(_ name: String) -> String {
    name.hasSuffix("_train") ? name.dropLast(5) + "test" : name + "_test"
  }

  // MARK: Rows

  private func bad(_ problem: String, _ help: String? = nil) -> EngineError {
    .badFile(path: path, problem: problem, help: help)
  }

  /// One array with its targets in it, or rows without.
  private func rows(_ array: NumPyArray) throws -> RawData.Rows {
    if array.shape.count > 2, !array.header.isRecords {
      return .array(
        try array.inputs(), shape: IDXReader.rowShape(array.shape), targets: .none, named: "label")
    }
    return .table(try table(columns(array, named: { "column\($0 + 1)" }), rows: array.rowCount))
  }

  private func rows(_ x: NumPyArray, _ y: NumPyArray) throws -> RawData.Rows {
    guard x.rowCount == y.rowCount else {
      throw bad("`\(x.name)` has \(x.rowCount) rows, `\(y.name)` has \(y.rowCount)")
    }
    guard y.shape.count <= 2 else {
      throw bad("the targets `\(y.name)` are \(Shape(y.shape)): one or two axes are needed")
    }
    let own = y.shape.count == 2 && y.shape[1] > 1
    let name = labels == nil ? y.name : "label"
    if x.shape.count > 2, !x.header.isRecords {
      let element = y.header.fields[0].element
      let shape = IDXReader.rowShape(x.shape)
      let inputs = try x.inputs()
      if element.isText {
        let (codes, names) = y.texts()
        return .array(
          inputs, shape: shape, targets: .texts(codes.map { names[Int($0)] }), named: name)
      }
      let numbers = try y.numbers()
      // Whole numbers beside pictures are labels, as in MNIST and its relatives.
      let labels = numbers.compactMap { Int32(exactly: $0) }
      if case .bytes(let pixels) = inputs, !own, element.kind != .float,
        labels.count == numbers.count
      {
        return .bytes(pixels, shape: shape, labels: labels)
      }
      let targets = Numbers(shape: Shape(y.shape), elements: numbers)
      return .array(inputs, shape: shape, targets: .numbers(targets), named: name)
    }
    let inputColumns = try columns(x, named: { "column\($0 + 1)" })
    let targetColumns = try columns(y, named: { own ? "\(name)\($0 + 1)" : name })
    var table = try table(inputColumns + targetColumns, rows: x.rowCount)
    table.targets = .init(
      array: name, columns: inputColumns.count..<inputColumns.count + targetColumns.count)
    return .table(table)
  }

  /// A column on its way into a table.
  private struct Column {
    var name: String
    var texts: [String]?
    var cells: [Double]
  }

  /// The columns of an array of at most two axes, or the fields of its records.
  private func columns(_ array: NumPyArray, named name: (Int) -> String) throws -> [Column] {
    if array.header.isRecords {
      guard array.shape.count == 1 else { throw bad("its records stand in more than one axis") }
      return try array.header.fields.enumerated().map { place, field -> Column in
        guard field.element.isText else {
          return Column(name: field.name, cells: try array.numbers(place))
        }
        let (codes, names) = array.texts(place)
        return Column(name: field.name, texts: names, cells: codes.map(Double.init))
      }
    }
    guard array.shape.count <= 2 else {
      throw bad("`\(array.name)` is \(Shape(array.shape)), where a table has two axes")
    }
    let width = array.shape.count == 2 ? array.shape[1] : 1
    var (names, numbers): ([String]?, [Double]) = (nil, [])
    if array.header.fields[0].element.isText {
      let (codes, texts) = array.texts()
      (names, numbers) = (texts, codes.map(Double.init))
    } else {
      numbers = try array.numbers()
    }
    return (0..<width).map { place in
      let cells = stride(from: place, to: numbers.count, by: width).map { numbers[$0] }
      return Column(name: name(place), texts: names, cells: cells)
    }
  }

  private func table(_ columns: [Column], rows: Int) throws -> Table {
    guard rows > 0, !columns.isEmpty else { throw bad("it holds no rows") }
    try Allowance.admit(8 * rows * columns.count, for: "the table in `\(path)`")
    var cells = [Double](repeating: 0, count: rows * columns.count)
    for (place, column) in columns.enumerated() {
      for row in 0..<rows { cells[row * columns.count + place] = column.cells[row] }
    }
    var table = Table(columns: columns.map(\.name), count: rows, cells: cells)
    table.hasHeader = arrays.contains { $0.header.isRecords }
    for (place, column) in columns.enumerated() {
      table.columns[place].take(column.texts, column.cells)
    }
    return table
  }
}
