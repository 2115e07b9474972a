/// Reads the files MNIST and its relatives come in: a magic number, sizes, 8-bit values.
///
///     00 00 08 03   8-bit values, three axes
///     00 00 ea 60   60,000 pictures, big-endian
///     00 00 00 1c   of 28
///     00 00 00 1c   times 28
///     ..            pixels
enum IDXReader {
  /// Whether a file's first bytes are an IDX header.
  static func recognises(_ start: some Collection<UInt8>) -> Bool {
    let magic = Array(start.prefix(4))
    return magic.count == 4 && magic[0] == 0 && magic[1] == 0 && (8...14).contains(magic[2])
      && (1...8).contains(magic[3])
  }

  /// The sizes of the axes, the outermost being the number of rows.
  ///
  /// - Throws: `EngineError.badFile`.
  static func sizes(_ start: [UInt8], path: String) throws -> [Int] {
    func bad(_ problem: String, help: String? = nil) -> EngineError {
      .badFile(path: path, problem: problem, help: help)
    }
    guard recognises(start) else { throw bad("it is no IDX file") }
    guard start[2] == 8 else {
      throw bad("its values are not 8-bit ones", help: "only 8-bit IDX files are read")
    }
    let rank = Int(start[3])
    guard start.count >= 4 + 4 * rank else { throw bad("it ends within its header") }
    let sizes = (0..<rank).map { axis in
      start[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
    // Nothing real is near 2^40.
    guard let count = Shape.product(sizes), count <= 1 << 40 else {
      throw bad("its header claims \(Shape(sizes)) values")
    }
    return sizes
  }

  /// The shape of one row: pictures get a channel axis, `28x28x1`.
  static func rowShape(_ sizes: [Int]) -> Shape {
    switch sizes.count {
    case 1: [1]
    case 3: Shape([sizes[1], sizes[2], 1])
    default: Shape(Array(sizes.dropFirst()))
    }
  }

  /// Reads a file and checks that it holds exactly what its header says.
  ///
  /// Memory is taken for what the file really has, never for what the header only claims.
  ///
  /// - Throws: `EngineError.badFile`.
  static func read(_ file: DataFile) throws -> (sizes: [Int], values: [UInt8]) {
    let sizes = try sizes(file.start(40), path: file.path)
    let headerLength = 4 + 4 * sizes.count
    let needed = Shape(sizes).count
    let values = try file.body(from: headerLength, count: needed)
    guard values.count == needed else {
      throw EngineError.badFile(
        path: file.path,
        problem: values.count < needed
          ? "it ends after \(values.count) of \(needed) values"
          : "it holds more than the \(Shape(sizes)) values of its header",
        detail: values.count < needed ? "the header says \(Shape(sizes))" : nil,
        help: values.count < needed ? "the file is cut off: fetch it again" : nil)
    }
    return (sizes, values)
  }

  /// Reads pictures and, where there is a file of them, their labels.
  ///
  /// - Throws: `EngineError.badFile`, `.fileNotFound`, `.unreadableFile`.
  static func read(_ request: FormatRequest) throws -> RawData {
    let path = request.file.path
    let (sizes, values) = try read(request.file)
    guard Shape(sizes).count > 0 else {
      throw EngineError.badFile(path: path, problem: "it holds no rows")
    }
    var labels: [Int32]?
    var remarks: [String] = []
    if let labelPath = request.labels ?? labelsBeside(path, request.files) {
      if request.labels == nil { remarks.append("labels from \(FilePath.name(of: labelPath))") }
      let (labelSizes, values) = try read(DataFile(labelPath, files: request.files))
      guard labelSizes.count == 1 else {
        throw EngineError.badFile(
          path: labelPath, problem: "it holds \(Shape(labelSizes)) values, labels have one axis")
      }
      guard labelSizes[0] == sizes[0] else {
        throw EngineError.badFile(
          path: labelPath,
          problem: "it holds \(labelSizes[0]) labels for \(sizes[0]) rows",
          detail: "the rows are those of \(FilePath.name(of: path))")
      }
      labels = values.map { Int32($0) }
    }
    return RawData(
      path: path, rows: .bytes(values, shape: rowShape(sizes), labels: labels), remarks: remarks)
  }

  /// The labels' file after the usual naming: `train-labels-idx1-ubyte` beside
  /// `train-images-idx3-ubyte`, packed or not.
  static func labelsBeside(_ path: String, _ files: any FileAccess) -> String? {
    let name = FilePath.name(of: path)
    var candidate = name
    for (old, new) in [("images", "labels"), ("idx3", "idx1"), ("idx4", "idx1")] {
      guard let range = candidate.firstRange(of: old) else { continue }
      candidate.replaceSubrange(range, with: new)
    }
    guard candidate != name, name.contains("images") else { return nil }
    let plain = candidate.hasSuffix(".gz") ? String(candidate.dropLast(3)) : candidate
    return [candidate, plain, plain + ".gz"].map {
      FilePath.join(FilePath.folder(of: path), $0)
    }.first { if case .file = files.kind(of: $0) { true } else { false } }
  }
}
