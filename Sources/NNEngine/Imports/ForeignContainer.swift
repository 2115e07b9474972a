/// Files of other libraries that hold weights in a form of their own, and the lines of Python that
/// make a safetensors file of them.
enum ForeignContainer {
  /// Why a file is not read; `nil` for one of no kind that is known here.
  static func refusal(_ bytes: [UInt8], path: String) -> EngineError? {
    let keras =
      "`from safetensors.numpy import save_file; "
      + "save_file({v.path: keras.ops.convert_to_numpy(v) for v in model.weights}, "
      + "\"weights.safetensors\")`"
    let pytorch =
      "`from safetensors.torch import save_file; "
      + "save_file(model.state_dict(), \"weights.safetensors\")`"
    if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
      return refused(path, "it is an HDF5 file, which Keras writes", keras)
    }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      // The name of an archive's first file stands behind 30 bytes.
      let start = String(decoding: bytes.dropFirst(30).prefix(200), as: UTF8.self)
      if start.contains("data.pkl") || start.contains(".format_version") {
        return refused(path, "it is a file of PyTorch's own", pytorch)
      }
      if start.hasPrefix("metadata.json") || start.hasPrefix("config.json") {
        return refused(path, "it is a whole model of Keras", keras)
      }
    }
    if bytes.first == 0x80, let version = bytes.dropFirst().first, (2...5).contains(version) {
      return refused(path, "it holds Python objects, as PyTorch once wrote them", pytorch)
    }
    return nil
  }

  private static func refused(_ path: String, _ problem: String, _ lines: String) -> EngineError {
    .badFile(
      path: path, problem: "\(problem), not a safetensors file",
      help: "write one there: \(lines)")
  }
}
