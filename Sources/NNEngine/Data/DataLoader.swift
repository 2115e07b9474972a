import Glibc

/// Finds, recognises and reads data: what a session asks.
public struct DataLoader: Sendable {
  /// How files are reached.
  public var files: any FileAccess
  /// The formats it reads.
  public var formats: [DataFormat]
  /// The sets it knows by name.
  public var sets: [NamedSet]
  /// The folders in which the files of named sets are looked for, the first first.
  public var folders: [String]
  /// The threads that read large files.
  public var workers = Workers.shared

  /// Makes a loader; `folders` are those of the host.
  public init(
    files: any FileAccess = DiskFiles(), formats: [DataFormat] = DataFormat.standard,
    sets: [NamedSet] = NamedSet.standard, folders: [String] = []
  ) {
    self.files = files
    self.formats = formats
    self.sets = sets
    self.folders = folders
  }

  /// The folders that the environment variable `NNS_DATA` names, `:` between them.
  ///
  /// A host that wants them puts them before its own; the loader itself does not look.
  public static var environmentFolders: [String] {
    guard let value = getenv("NNS_DATA") else { return [] }
    return String(cString: value).split(separator: ":").map(String.init)
  }

  /// Reads a file, with the columns, parts and scaling the options ask for.
  ///
  /// - Throws: `EngineError`.
  public func load(_ path: String, options: DataOptions = DataOptions(), seed: UInt64 = 0) throws
    -> Dataset
  {
    var options = options
    let givesBack =
      options.target == [Dataset.ownInputs] && files.kind(of: path) == .folder
    if givesBack { options.target = [] }
    let dataset = try load(path, name: FilePath.name(of: path), options: options, seed: seed)
    return givesBack ? dataset.givingBack() : dataset
  }

  /// Reads a set known by name. Its own test part is used unless the options say otherwise.
  ///
  /// - Throws: `EngineError`.
  public func load(
    set name: String, options given: DataOptions = DataOptions(), seed: UInt64 = 0
  ) throws -> Dataset {
    let set = try set(named: name)
    let path = try locate(set)
    var options = given
    let givesBack = given.target == [Dataset.ownInputs] && !set.columns.contains(given.target[0])
    if options.target.isEmpty || givesBack { options.target = set.target }
    if options.classes.isEmpty && options.target == set.target { options.classes = set.classNames }
    if let testFile = set.testFile, options.test == nil {
      options.test = .file(FilePath.join(FilePath.folder(of: path), testFile))
    }
    if options.shape == nil && options.only.isEmpty && options.drop.isEmpty
      && options.category.isEmpty
      && options.target == set.target
    {
      options.shape = set.inputShape
    }
    // A progress in whole numbers is no class, however few its values are.
    if set.classNames.isEmpty && options.targetKind == .auto { options.targetKind = .values }
    let dataset = try load(path, name: set.name, options: options, seed: seed)
    return givesBack ? dataset.givingBack() : dataset
  }

  /// The entry of a set.
  ///
  /// - Throws: `EngineError.unknownName`.
  public func set(named name: String) throws -> NamedSet {
    guard let set = sets.first(where: { $0.name == name }) else {
      throw EngineError.unknownName(what: "data set", name: name, known: sets.map(\.name))
    }
    return set
  }

  /// The path of a set's file.
  ///
  /// - Throws: `EngineError.setNotInstalled`.
  public func locate(_ set: NamedSet) throws -> String {
    let own = set.folders.filter { $0.hasPrefix("/") }
    let below = folders.flatMap { folder in
      [folder] + set.folders.filter { !$0.hasPrefix("/") }.map { FilePath.join(folder, $0) }
    }
    for folder in below + own {
      let path = FilePath.join(folder, set.file)
      if case .file = files.kind(of: path) { return path }
    }
    throw EngineError.setNotInstalled(name: set.name, help: set.howToGet)
  }

  // MARK: Reading

  private func load(_ path: String, name: String, options: DataOptions, seed: UInt64) throws
    -> Dataset
  {
    let raw = try pictures(
      of: read(path, options: options), column: options.images, options, needsTargets: true)
    let main = try RowSource(raw, options: options)
    var options = options
    // Further parts are brought to the same form.
    if let form = raw.pictures { options.pictures = PictureWish(form) }
    let takesPoints = !main.hasDecimalCommas
    if !takesPoints { options.decimal = main.targetDecimal ?? .point }
    if case .none = main.targets { throw RowSource.noLabels(path) }
    var allNames: [String] = []
    if case .table(let table) = raw.rows { allNames = table.columns.map(\.name) }
    func part(_ part: DataOptions.Part?, labels: String?, own: RawData.Rows? = nil) throws
      -> RowSource?
    {
      let raw: RawData
      if case .file(let path) = part {
        raw = try pictures(
          of: read(path, options: options, labels: labels, takesPoints: takesPoints),
          column: options.images, options,
          needsTargets: true)
      } else if part == nil, let own {
        raw = RawData(path: path, rows: own)
      } else {
        return nil
      }
      return try RowSource(
        raw, inputs: main.inputNames,
        targets: main.targetNames, all: allNames, shape: main.inputShape, needsTargets: true,
        readings: main.readings, options: options)
    }
    let builder = DatasetBuilder(
      name: name, options: options, seed: seed, normalization: options.normalize)
    var dataset = try builder.build(
      main, validation: part(options.validation, labels: nil),
      test: part(options.test, labels: options.testLabels, own: raw.test))
    dataset.source = path
    dataset.remarks = raw.remarks + dataset.remarks
    if case .table(let table) = raw.rows {
      dataset.isTargetAssumed =
        options.target.isEmpty && table.targets == nil
        && (options.learntTarget.isEmpty || main.targetNames != options.learntTarget)
      let (targets, inputs) = (Set(main.targetNames), Set(main.inputNames))
      let kinds = Dictionary(
        main.readings.map { ($0.name, DataColumn.Kind($0)) },
        uniquingKeysWith: { first, _ in first })
      dataset.columns = table.columns.map { column in
        DataColumn(
          name: column.name,
          kind: kinds[column.name]
            ?? (targets.contains(column.name)
              ? DataColumn.Kind(ofTarget: column, as: dataset.reading)
              : column.texts == nil ? .number : .text),
          role: targets.contains(column.name)
            ? .target
            : inputs.contains(column.name)
              ? .input
              : column.name == options.group
                ? .group : column.name == options.order ? .order : .unused,
          missing: column.missing, distinct: column.texts?.count)
      }
      for (index, column) in dataset.columns.enumerated()
      where column.role == .input && table.countsRows(index) {
        dataset.remarks.append(
          "`\(column.name)` only counts the rows; `drop=\(DataOptions.written(column.name))` leaves "
            + "it out")
      }
    }
    return dataset
  }

  /// Reads the file that the options are about.
  ///
  /// - Throws: `EngineError.invalid` for an option that means nothing for its format.
  func read(_ path: String, options: DataOptions) throws -> RawData {
    try read(path, options: options, labels: options.labels) { try check(options, of: path, $0) }
  }

  /// - Throws: `EngineError.invalid` for an option that means nothing for a format.
  func check(_ options: DataOptions, of path: String, _ format: DataFormat) throws {
    guard let option = options.formatOptions.first(where: { !format.options.contains($0) }) else {
      return
    }
    let others = formats.filter { $0.options.contains(option) }.map(\.name)
    throw EngineError.invalid(
      "`\(option)` is for \(others.joined(separator: " and ")) files, "
        + "`\(FilePath.name(of: path))` \(format.readsFolders ? "holds pictures" : "is \(format.name)")",
      help: "leave it out")
  }

  private func read(
    _ path: String, options: DataOptions, labels: String?, takesPoints: Bool = true,
    check: (DataFormat) throws -> Void = { _ in }
  ) throws -> RawData {
    var (format, request) = try self.request(path, options: options, labels: labels)
    if !takesPoints { request.takesPoints = false }
    try check(format)
    return try format.read(request)
  }

  /// How a file is to be read.
  func request(
    _ path: String, options: DataOptions, labels: String? = nil
  ) throws -> (format: DataFormat, request: FormatRequest) {
    if files.kind(of: path) == .missing { throw files.notFound(path) }
    let file: DataFile
    let format: DataFormat
    if files.kind(of: path) == .folder, let reader = formats.first(where: \.readsFolders) {
      (file, format) = (DataFile(folder: path, files: files), reader)
    } else {
      file = try DataFile(path, files: files)
      format = try self.format(of: path, start: file.start(DataFormat.startLength))
    }
    return (
      format,
      FormatRequest(
        file: file, files: files, text: options.text, missingValues: options.missingValues,
        labels: labels, inputs: options.inputs, targets: options.target, table: options.table,
        query: options.query, decimal: options.decimal, takesPoints: options.decimal != .comma,
        pictures: options.pictures, dropsDamaged: options.missing == .drop, workers: workers)
    )
  }

  func format(of path: String, start: [UInt8]) throws -> DataFormat {
    if let format = formats.first(where: { $0.recognises(path, start) }) { return format }
    if let refusal = ForeignFormat.refusal(start, path: path) { throw refusal }
    throw EngineError.badFile(
      path: path, problem: "it is in no format known here",
      help: "formats: " + formats.map(\.name).joined(separator: ", "))
  }
}
