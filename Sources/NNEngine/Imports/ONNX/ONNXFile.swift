extension ImportedNetwork {
  /// Reads the network of an ONNX file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - files: where it stands, with files beside it that hold its weights.
  /// - Throws: `EngineError.badFile` for what is no such file and for the first node that no layer
  ///   here stands for; `.fileNotFound`, `.unreadableFile`, `.outOfMemory`, `.interrupted`.
  public init(onnx path: String, files: any FileAccess) throws {
    let bytes = try files.read(path)
    var beside: [String: [UInt8]] = [:]
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    do {
      let model = try ONNXModel(decoding: bytes) { name in
        if let known = beside[name] { return known }
        let read = try files.read(folder + name)
        beside[name] = read
        return read
      }
      self = try ONNXReader.network(of: model, path: path)
    } catch let damage as ProtobufReader.Damage {
      throw EngineError.badFile(
        path: path, problem: "not an ONNX file, or damaged", detail: damage.problem)
    }
  }
}
