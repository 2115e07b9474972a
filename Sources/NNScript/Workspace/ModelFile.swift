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

  /// The format that is written: one with a sum over all bytes. `2` had none, and may be written by
  /// others; `1` had script lines instead of items.
  private static let format = "3"
  private static let formatKey = "nnscript.format"
  private static let modelKey = "nnscript.model"
  private static let preprocessingKey = "nnscript.preprocessing"
  private static let trainingKey = "nnscript.training"
  private static let originKey = "nnscript.origin"
  private static let checkpointKey = "nnscript.checkpoint"
  private static let checkKey = "nnscript.check"

  var source: Source
  var preprocessing: Preprocessing?
  var tensors: [String: Tensor]
  /// Where its training stands.
  var training: SavedTraining?
  /// What it learnt from.
  var origin: Model.Origin?
  /// What lets that training go on, where it was under way.
  var checkpoint: Checkpoint?

  init(model: Model, network: Network) throws {
    source = .items(.array(model.items.map(\.json)))
    preprocessing = model.preprocessing
    tensors = try network.tensors
    training = model.state.epoch > 0 ? SavedTraining(model, network) : nil
    origin = model.origin
  }

  /// A model from elsewhere, as a file would say it.
  init(items: JSONValue, tensors: [String: Tensor]) {
    (source, self.tensors) = (.items(items), tensors)
  }

  /// Reads a file.
  ///
  /// - Throws: `EngineError` for what cannot be opened or is no such file.
  init(reading path: String, files: any FileAccess) throws {
    let bytes = try files.read(path)
    let file = try Safetensors(decoding: bytes, path: path)
    guard let text = file.metadata[Self.modelKey] else {
      throw EngineError.badFile(
        path: path, problem: "it holds tensors but no model of ours",
        help:
          "weights of others go into layers that are declared: add `from=pytorch` or `from=keras`"
      )
    }
    let sum = file.metadata[Self.checkKey]
    if sum != nil || file.metadata[Self.formatKey] == Self.format,
      try !FileCheck.holds(bytes, key: Self.checkKey, sum: sum ?? "")
    {
      throw EngineError.badFile(
        path: path, problem: "it is damaged: its content has changed since it was saved",
        detail: "whoever changes a file on purpose sets its `\(Self.formatKey)` to 2 and leaves out"
          + " `\(Self.checkKey)`",
        help: "take another copy, or `save` the model again")
    }
    switch file.metadata[Self.formatKey] {
    case "1": source = .lines(text)
    case "2", Self.format:
      guard let items = try? JSONValue(parsing: text) else {
        throw EngineError.badFile(path: path, problem: "its description cannot be read")
      }
      source = .items(items)
    case let other:
      throw EngineError.badFile(
        path: path, problem: "it has the format \(other ?? "of no number"), known are 1, 2 and 3",
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
    if let text = file.metadata[Self.originKey] {
      guard let origin = (try? JSONValue(parsing: text)).flatMap(Model.Origin.init(json:)) else {
        throw EngineError.badFile(path: path, problem: "what it says of its data cannot be read")
      }
      self.origin = origin
    }
    var kept: [TrainingPoint.TensorName: [Float]] = [:]
    for name in TrainingPoint.TensorName.allCases {
      kept[name] = tensors.removeValue(forKey: name.rawValue)?.elements
    }
    if let json = file.metadata[Self.checkpointKey] {
      guard let value = try? JSONValue(parsing: json),
        let read = Checkpoint(json: value, tensors: kept)
      else { throw EngineError.badFile(path: path, problem: "its checkpoint cannot be read") }
      checkpoint = read
    }
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `EngineError.unreadableFile`, `.interrupted`.
  func write(to path: String, files: any FileAccess) throws {
    try content.write(to: path, files: files, sealedBy: Self.checkKey)
  }

  /// The bytes of the file.
  ///
  /// - Throws: `EngineError.interrupted`.
  func bytes() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try content.forEachBlock(sealedBy: Self.checkKey) { bytes += $0 }
    return bytes
  }

  private var content: Safetensors {
    var metadata = [Self.formatKey: Self.format, Self.checkKey: FileCheck.open]
    switch source {
    case .items(let items): metadata[Self.modelKey] = items.text()
    case .lines(let text):
      metadata[Self.formatKey] = "1"
      metadata[Self.modelKey] = text
    }
    if let preprocessing { metadata[Self.preprocessingKey] = preprocessing.json.text() }
    if let origin { metadata[Self.originKey] = origin.json.text() }
    var tensors = tensors
    if let training {
      metadata[Self.trainingKey] = training.json.text()
      let slots = training.slots
      if !slots.isEmpty {
        tensors[SavedTraining.slotsName] = Tensor(shape: [slots.count], elements: slots)
      }
    }
    if let checkpoint {
      metadata[Self.checkpointKey] = checkpoint.json.text()
      for (name, values) in checkpoint.tensors where !values.isEmpty {
        tensors[name.rawValue] = Tensor(shape: [values.count], elements: values)
      }
    }
    return Safetensors(tensors: tensors, metadata: metadata)
  }
}

extension Model.Origin {
  fileprivate var json: JSONValue {
    [
      "data": .string(data), "rows": .number(Double(rows)), "version": .string(Release.version),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let data = json["data"]?.string, let rows = json["rows"]?.integer,
      let version = json["version"]?.string
    else { return nil }
    self.init(data: data, rows: rows, version: version)
  }
}

extension Network {
  /// All parameters by `layer.parameter`, as files name them.
  var tensors: [String: Tensor] {
    get throws(EngineError) {
      var tensors: [String: Tensor] = [:]
      for node in nodes {
        for slot in node.parameters {
          tensors["\(node.name).\(slot.name)"] = try value(layer: node.name, parameter: slot.name)
        }
      }
      return tensors
    }
  }
}
