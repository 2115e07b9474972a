import NNEngine

/// A saved model: weights by `layer.parameter`, and in the metadata the lines that make the model
/// and how rows are prepared for it. Nothing in it depends on when or where it was saved.
struct ModelFile {
  private static let formatKey = "nnscript.format"
  private static let modelKey = "nnscript.model"
  private static let preprocessingKey = "nnscript.preprocessing"
  private static let trainingKey = "nnscript.training"

  /// The lines that make the model.
  var text: String
  var preprocessing: Preprocessing?
  var tensors: [String: Tensor]
  /// Where its training stands.
  var training: SavedTraining?

  init(model: Model, network: Network) throws {
    text = model.text
    preprocessing = model.preprocessing
    tensors = [:]
    for node in network.nodes {
      for slot in node.parameters {
        tensors["\(node.name).\(slot.name)"] = try network.value(
          layer: node.name, parameter: slot.name)
      }
    }
    training = SavedTraining(model, network)
  }

  /// Reads a file.
  ///
  /// - Throws: `EngineError` for what cannot be opened or is no such file.
  init(reading path: String, files: any FileAccess) throws {
    let file = try Safetensors(decoding: files.read(path), path: path)
    guard let text = file.metadata[Self.modelKey] else {
      throw EngineError.badFile(
        path: path, problem: "it holds tensors but no model of ours",
        help: "load a file that `save` wrote")
    }
    self.text = text
    tensors = file.tensors
    if let json = file.metadata[Self.preprocessingKey] {
      guard let value = try? JSONValue(parsing: json), let read = Preprocessing(json: value) else {
        throw EngineError.badFile(path: path, problem: "its preprocessing cannot be read")
      }
      preprocessing = read
    }
    if let json = file.metadata[Self.trainingKey] {
      let slots = tensors[SavedTraining.slotsName]?.elements ?? []
      guard let value = try? JSONValue(parsing: json),
        let read = SavedTraining(json: value, slots: slots)
      else { throw EngineError.badFile(path: path, problem: "its training cannot be read") }
      training = read
    }
  }

  var bytes: [UInt8] {
    var metadata = [Self.formatKey: "1", Self.modelKey: text]
    if let preprocessing { metadata[Self.preprocessingKey] = preprocessing.json.text() }
    var tensors = tensors
    if let training {
      metadata[Self.trainingKey] = training.json.text()
      let slots = training.slots
      if !slots.isEmpty {
        tensors[SavedTraining.slotsName] = Tensor(shape: [slots.count], elements: slots)
      }
    }
    return Safetensors(tensors: tensors, metadata: metadata).encoded()
  }
}
