import NNEngine

/// A model as scripts read and assign it: `model.dense1.weights`, `a.history.loss`.
final class ModelObject: LiveObject {
  private let own: OwnSession
  /// `nil` for the current model, whichever that is.
  private let name: String?

  init(_ session: Session, name: String?) {
    own = OwnSession(session)
    self.name = name
  }

  let kindName = "a model"

  private func model() throws -> Model {
    let session = try own.session
    let isCurrent = name == nil || name == session.workspace.currentName
    if isCurrent { try session.buildIfPossible() }
    return name.map { session.workspace[model: $0] ?? Model(name: $0) } ?? session.workspace.model
  }

  /// The fields every model has; its layers are fields too.
  static let fixedNames = ["layers", "parameters", "loss", "epoch", "history", "name"]

  var fieldNames: [String] {
    Self.fixedNames
      + ((try? model())?.network?.nodes.map(\.name) ?? [])
  }

  func field(_ field: String) throws -> Value? {
    let model = try model()
    switch field {
    case "name": return .text(model.name)
    case "layers":
      let names = model.network?.nodes.map(\.name) ?? model.blueprint.names
      return .list(names.map { .text($0) })
    case "parameters": return .number(Double(model.network?.learnableCount ?? 0))
    case "loss": return model.blueprint.loss.map { .text($0.name) } ?? Value.none
    case "epoch": return .number(Double(model.state.epoch))
    case "history": return .history(model.history)
    default:
      if model.network?.nodes.contains(where: { $0.name == field }) == true {
        return .object(LayerObject(try own.session, model: model.name, layer: field))
      }
      if model.network == nil, model.blueprint.names.contains(field) {
        throw ValueError(
          code: .noData, message: "`\(field)` has no weights yet: its input size is not known",
          label: "not built yet", help: ["load data first, or say the size: `input 4`"])
      }
      return nil
    }
  }

  func assign(_ field: String, _ value: Value) throws -> Bool { false }
}

extension Value {
  /// Epochs as a record of lists: `history.loss` is the loss of each.
  static func history(_ epochs: [Model.Epoch]) -> Value {
    var columns: [(name: String, values: [Value])] = [("epoch", [])]
    for (row, epoch) in epochs.enumerated() {
      columns[0].values.append(.number(Double(epoch.number)))
      for (name, value) in epoch.figures + [("lr", epoch.learningRate)] {
        let place =
          columns.firstIndex { $0.name == name }
          ?? {
            columns.append((name, []))
            return columns.count - 1
          }()
        // Metrics may have been chosen later: earlier epochs do not have them.
        while columns[place].values.count < row { columns[place].values.append(.none) }
        columns[place].values.append(.figure(value))
      }
    }
    return .record(columns.map { (name: $0.name, value: .list($0.values)) })
  }
}

/// A layer as scripts read and assign it.
final class LayerObject: LiveObject {
  private let own: OwnSession
  private let model: String
  private let layer: String

  init(_ session: Session, model: String, layer: String) {
    own = OwnSession(session)
    self.model = model
    self.layer = layer
  }

  let kindName = "a layer"

  private func network() throws -> Network? { try own.session.workspace[model: model]?.network }

  private var node: Network.Node? { (try? network())?.nodes.first { $0.name == layer } }

  var fieldNames: [String] {
    (node?.parameters.map(\.name) ?? []) + ["kind", "inputs", "outputs", "activation"]
  }

  func field(_ field: String) throws -> Value? {
    guard let network = try network(), let node else { return nil }
    if node.parameters.contains(where: { $0.name == field }) {
      return .tensor(try network.value(layer: layer, parameter: field))
    }
    switch field {
    case "kind": return .text(node.layer.kind)
    case "inputs": return .list(node.inputShape.sizes.map { .number(Double($0)) })
    case "outputs": return .list(node.outputShape.sizes.map { .number(Double($0)) })
    case "activation": return node.layer.activation.map { .text($0.name) } ?? Value.none
    default: return nil
    }
  }

  func assign(_ field: String, _ value: Value) throws -> Bool {
    guard let node, node.parameters.contains(where: { $0.name == field }) else { return false }
    guard let tensor = value.asTensor else {
      throw ValueError(
        code: .wrongType, message: "`\(field)` takes a list of numbers, not \(value.kindName)",
        label: "this is \(value.kindName)")
    }
    let session = try own.session
    try session.workspace[model: model]?.network?.assign(tensor, layer: layer, parameter: field)
    session.workspace[model: model]?.hasAssignedWeights = true
    return true
  }
}
