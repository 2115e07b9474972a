extension DataFormat {
  /// Pictures: a folder of them, with a folder for each class, or one.
  static var pictures: DataFormat {
    var format = DataFormat(
      "picture", extensions: PictureKind.extensions.sorted(),
      "A folder of JPEG, PNG, BMP, PPM or PGM pictures, in which each class has a folder.",
      example: #"data "pets/" size=64x64 test=20%"#, options: ["size", "fit", "channels"],
      recognises: { path, start in
        PictureKind(start).map { $0 != .pnm || PictureKind.isNamed(path) } ?? false
          || ForeignPicture.of(start) != nil
      },
      outline: { _, _, _, _ in DataOutline() }, read: { try PictureSource($0).read() })
    format.readsFolders = true
    format.opensLibraries = true
    return format
  }
}

/// Pictures of a folder, or a single one, as rows.
struct PictureSource {
  private let request: FormatRequest
  private let path: String
  private let isFolder: Bool

  init(_ request: FormatRequest) {
    (self.request, path) = (request, request.file.path)
    isFolder = request.files.kind(of: path) == .folder
  }

  /// - Throws: `EngineError`.
  func read() throws -> RawData {
    if request.needsTargets, !isFolder {
      let folder = FilePath.name(of: FilePath.folder(of: path))
      throw EngineError.badFile(
        path: path, problem: "it is one picture, and many are needed to learn from",
        help: "`data \"\(folder.isEmpty ? "pictures" : folder)/\" size=64x64` reads a folder that "
          + "has a folder for each class")
    }
    let folder =
      isFolder ? try PictureFolder(path, request.files, hasClasses: request.needsTargets) : nil
    let files =
      folder?.files
      ?? [PictureFolder.File(path: path, name: FilePath.name(of: path), label: nil)]
    let size = try PictureSizes(files: files, path: path, access: request.files)
      .size(request.pictures)
    let found = try PictureReading.read(
      files, of: path, request.files, request.pictures, size: size,
      drops: request.dropsDamaged, workers: request.workers)
    let kept = found.kept.map { files[$0] }
    let labels = kept.compactMap(\.label)
    var raw = RawData(
      path: path,
      rows: .array(
        .bytes(found.bytes), shape: found.form.shape,
        targets: request.needsTargets ? .texts(labels) : .none, named: "class"),
      remarks: (folder?.remarks ?? []) + found.remarks)
    raw.pictures = found.form
    raw.rowNames = kept.map(\.name)
    return raw
  }
}

/// The sizes that pictures have.
struct PictureSizes {
  let files: [PictureFolder.File]
  /// What is read, for messages.
  let path: String
  let access: any FileAccess

  /// The size that all pictures are brought to: the one asked for, or the one that all have.
  ///
  /// - Throws: `EngineError.badFile` where they have several.
  func size(_ wish: PictureWish) throws -> (height: Int, width: Int) {
    if let size = wish.size { return (size[0], size.count > 1 ? size[1] : size[0]) }
    var sizes: [[Int]: Int] = [:]
    for file in files {
      try Allowance.proceed()
      guard let bytes = try? access.read(file.path),
        let size = try? PictureDecoder(bytes).size()
      else { continue }
      sizes[[size.height, size.width], default: 0] += 1
    }
    let sorted = sizes.keys.sorted { ($0[0] * $0[1], $0[0]) < ($1[0] * $1[1], $1[0]) }
    guard let least = sorted.first, let most = sorted.last else {
      // Whatever is wrong with them is told by who reads them.
      return (1, 1)
    }
    if sorted.count == 1, least[0] <= Self.mostByItself, least[1] <= Self.mostByItself {
      return (least[0], least[1])
    }
    func text(_ size: [Int]) -> String { "\(size[0])x\(size[1])" }
    throw EngineError.badFile(
      path: path,
      problem: sorted.count == 1
        ? "its pictures are \(text(least)) points: say to which size they are brought"
        : "its pictures have \(sorted.count) sizes, and a network needs one",
      detail: sorted.count == 1 ? nil : "from \(text(least)) to \(text(most)), height first",
      help: "`size=64x64`; `fit=crop` or `fit=pad` keep the proportions")
  }

  /// Height and width up to which pictures of equal size stay as they are.
  private static let mostByItself = 256
}
