/// The pictures below a folder, in the order of their names.
///
///     pets/            the folder of each class is named after it
///       cat/  1.jpg 2.jpg
///       dog/  indoors/1.png
struct PictureFolder {
  struct File {
    var path: String
    /// As a message shows it: `cat/1.jpg`.
    var name: String
    /// The class, where there is a folder for each.
    var label: String?
  }

  private(set) var files: [File] = []
  /// What was passed over, in words for people.
  private(set) var remarks: [String] = []
  private let access: any FileAccess
  private let path: String
  private var hidden = 0
  /// Folders in folders; more than this go round in links.
  private static let deepest = 16

  /// - Parameter hasClasses: whether each folder in it is a class.
  /// - Throws: `EngineError.badFile` for a folder without classes where they are wanted,
  ///   `.unreadableFile`.
  init(_ path: String, _ access: any FileAccess, hasClasses: Bool) throws {
    (self.path, self.access) = (path, access)
    guard hasClasses else {
      try add(path, name: "", label: nil, depth: 0)
      tell()
      return
    }
    let (folders, besides) = try content(of: path)
    guard !folders.isEmpty else { throw noClasses(besides) }
    try checkParts(folders)
    var empty: [String] = []
    for folder in folders {
      let before = files.count
      try add(FilePath.join(path, folder), name: folder, label: folder, depth: 1)
      if files.count == before { empty.append("`\(folder)`") }
    }
    if !besides.isEmpty {
      let isOne = besides.count == 1
      remarks.append(
        "\(besides.count) \(isOne ? "file" : "files") beside the folders of the classes "
          + "\(isOne ? "is" : "are") left out: \(Self.some(besides))")
    }
    if !empty.isEmpty {
      remarks.append(
        "\(empty.count == 1 ? "the folder" : "the folders") \(Self.some(empty)) "
          + "\(empty.count == 1 ? "holds" : "hold") no file and \(empty.count == 1 ? "is" : "are") "
          + "no class")
    }
    tell()
  }

  /// The first of some names.
  static func some(_ names: [String], most: Int = 4) -> String {
    names.prefix(most).joined(separator: ", ")
      + (names.count > most ? " and \(names.count - most) more" : "")
  }

  private mutating func tell() {
    guard hidden > 0 else { return }
    remarks.insert("\(hidden) hidden \(hidden == 1 ? "file" : "files") left out", at: 0)
  }

  /// The names of folders and files, sorted; hidden ones are counted only.
  private mutating func content(of folder: String) throws -> (folders: [String], files: [String]) {
    var (folders, files): ([String], [String]) = ([], [])
    for name in try access.list(folder).sorted(by: NaturalOrder.precedes) {
      try Allowance.proceed()
      if name.hasPrefix(".") {
        hidden += 1
        continue
      }
      switch access.kind(of: FilePath.join(folder, name)) {
      case .folder: folders.append(name)
      case .file: files.append(name)
      case .missing, .stream: hidden += 1
      }
    }
    return (folders, files)
  }

  private mutating func add(_ folder: String, name: String, label: String?, depth: Int) throws {
    guard depth <= Self.deepest else {
      throw EngineError.badFile(
        path: path, problem: "it holds folders in folders without end: `\(name)`",
        help: "remove the link that leads back")
    }
    let (folders, names) = try content(of: folder)
    for own in names {
      files.append(
        File(path: FilePath.join(folder, own), name: FilePath.join(name, own), label: label))
    }
    for own in folders {
      try add(
        FilePath.join(folder, own), name: FilePath.join(name, own), label: label, depth: depth + 1)
    }
  }

  private func noClasses(_ files: [String]) -> EngineError {
    let pictures = files.filter(PictureKind.isNamed)
    let name = FilePath.name(of: path)
    guard !pictures.isEmpty else {
      return .badFile(
        path: path, problem: "it holds no pictures",
        detail: files.isEmpty ? "the folder is empty" : "it holds \(Self.some(files))")
    }
    return .badFile(
      path: path, problem: "its pictures stand in no folder that says their class",
      detail: Self.some(pictures),
      help: "put those of each class into a folder of its own: `\(name)/cat/\(pictures[0])`, "
        + "`\(name)/dog/…`")
  }

  /// Folders that are parts of the data rather than classes.
  private func checkParts(_ folders: [String]) throws {
    let parts = ["train", "test", "val", "valid", "validation"]
    guard folders.count > 1, folders.allSatisfy({ parts.contains($0.lowercased()) }),
      let train = folders.first(where: { $0.lowercased() == "train" })
    else { return }
    let written = FilePath.name(of: path) + "/"
    let others = folders.filter { $0 != train }.map { folder in
      (folder.lowercased() == "test" ? "test" : "validation") + "=\"\(written)\(folder)\""
    }
    throw EngineError.badFile(
      path: path, problem: "its folders are parts of the data, not classes: \(Self.some(folders))",
      help: "`data \"\(written)\(train)\" \(others.joined(separator: " "))`")
  }
}
