/// A module of Python that anyone can read, and its weights beside it: `iris.py` and
/// `iris_weights.safetensors`, under the names that the library gives them.
struct PythonExit: Exit {
  let library: PythonLibrary

  var ending: String { ".py" }
  var name: String { library.rawValue }
  var summary: String { "a module of \(library.title), preprocessing included" }

  func companion(of path: String) -> String? {
    "\(path.dropLast(ending.count))_weights.safetensors"
  }

  func files(
    of model: FinishedModel, path: String, options: ExitOptions
  ) throws(EngineError) -> [ExitFile] {
    try Allowance.admit(
      16 * model.network.parameterCount, for: "the \(library.title) module")
    var writer = PythonWriter(model, for: library)
    try writer.write(isRaw: options.isRaw)
    let weights = companion(of: path) ?? path
    let name = weights.split(separator: "/").last.map(String.init) ?? weights
    let file = Safetensors(
      tensors: writer.tensors, metadata: library == .pytorch ? ["format": "pt"] : [:])
    let module = PythonModule(model: model, writer: writer, weights: name, isRaw: options.isRaw)
    return [ExitFile(weights, file.encoded()), ExitFile(path, Array(module.text.utf8))]
  }
}
