import NNEngine

// Where a session reads and writes, always through its host.

extension Session {
  /// The path a script means to read: from its own folder, else from the working directory.
  func readingPath(_ path: String) -> String {
    guard let folder, !folder.isEmpty, !path.hasPrefix("/") else { return path }
    let inside = folder.hasSuffix("/") ? folder + path : folder + "/" + path
    guard case .missing = host.files.kind(of: inside) else { return inside }
    switch host.files.kind(of: path) {
    case .file, .folder: return path
    case .missing, .stream: return inside
    }
  }

  /// Puts bytes into a file, whole or not at all.
  func write(_ bytes: [UInt8], to path: String) throws {
    try host.files.write(bytes, to: path)
  }

  /// Reads data: a set by name, a file, or values typed in.
  ///
  /// - Parameter isForeseen: the check looks; the run after it takes what the check has read.
  /// - Throws: `EngineError`.
  func loadData(
    _ request: DataRequest, seed: UInt64, isForeseen: Bool = false
  ) throws -> (dataset: Dataset, isNew: Bool) {
    let options = request.options(readingPath)
    guard let name = request.name else {
      return (try request.typedIn(options, seed: seed), true)
    }
    let key = DataKey(name: name, options: options, folder: folder, seed: seed)
    if let known = foreseenData[key] {
      if !isForeseen { foreseenData[key] = nil }
      return (known, false)
    }
    let dataset =
      if loader.sets.contains(where: { $0.name == name }) {
        try loader.load(set: name, options: options, seed: seed)
      } else {
        try loader.load(readingPath(name), options: options, seed: seed)
      }
    if isForeseen { foreseenData[key] = dataset }
    return (dataset, true)
  }
}
