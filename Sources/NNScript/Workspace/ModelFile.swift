import NNEngine

/// A saved model: weights by `layer.parameter`, and in the metadata what the model is made of and
/// how rows are prepared for it. Nothing in it depends on when or where it was saved.
struct ModelFile {
  /// What makes a model, as a file says it.
  enum Source {
    case items(JSONValue)
    /// The lines of a script, of which only declarations are taken: how the first files had it.
    case lines(String)
  }

  /// The format that is written. The first, `1`, had script lines instead of items.
  private static let format = "2"
  private static let formatKey = "nnscript.format"
  private static let modelKey = "nnscript.model"
  private static let preprocessingKey = "nnscript.preprocessing"
  private static let trainingKey = "nnscript.training"

  var source: Source
  var preprocessing: Preprocessing?
  var tensors: [String: Tensor]
  /// Where its training stands.
  var training: SavedTraining?

  init(model: Model, network: Network) throws {
    source = .items(.array(model.items.map(\.json)))
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
    switch file.metadata[Self.formatKey] {
    case "1": source = .lines(text)
    case Self.format:
      guard let items = try? JSONValue(parsing: text) else {
        throw EngineError.badFile(path: path, problem: "its description cannot be read")
      }
      source = .items(items)
    case let other:
      throw EngineError.badFile(
        path: path, problem: "it has the format \(other ?? "of no number"), known are 1 and 2",
        help: "load it with the version of nns that wrote it")
    }
    tensors = file.tensors
    if let json = file.metadata[Self.preprocessingKey] {
      guard let value = try? JSONValue(parsing: json), let read = Preprocessing(json: value) else {
        throw EngineError.badFile(path: path, problem: "its preprocessing cannot be read")
      }
      preprocessing = read
    }
    let slots = tensors.removeValue(forKey: SavedTraining.slotsName)?.elements ?? []
    if let json = file.metadata[Self.trainingKey] {
      guard let value = try? JSONValue(parsing: json),
        let read = SavedTraining(json: value, slots: slots)
      else { throw EngineError.badFile(path: path, problem: "its training cannot be read") }
      training = read
    }
  }

  var bytes: [UInt8] {
    var metadata = [Self.formatKey: Self.format]
    switch source {
    case .items(let items): metadata[Self.modelKey] = items.text()
    case .lines(let text):
      metadata[Self.formatKey] = "1"
      metadata[Self.modelKey] = text
    }
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
