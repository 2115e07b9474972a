import NNEngine

/// The data set as scripts read it: `data.rows`, `data.train.inputs`.
final class DataObject: LiveObject {
  private let own: OwnSession

  init(_ session: Session) { own = OwnSession(session) }

  let kindName = "the data"
  /// Every field, for checking before there are data.
  static let allFields = [
    "name", "rows", "inputs", "columns", "target", "classes", "shape", "train", "validation",
    "test",
  ]
  let fieldNames: [String] = DataObject.allFields

  func field(_ field: String) throws -> Value? {
    let session = try own.session
    // What the targets mean may depend on the current model.
    let wanted =
      ["classes", "train", "validation", "test"].contains(field)
      ? session.workspace.dataAsDecided(session.vocabulary.catalog) : session.workspace.data
    guard let data = wanted else {
      throw ValueError(
        code: .noData, message: "no data has been loaded at this point", label: "nothing to read",
        help: ["load some first, for example `data iris`"])
    }
    let preprocessing = data.preprocessing
    switch field {
    case "name": return .text(data.name)
    case "rows": return .number(Double(data.rowCount))
    case "inputs": return .number(Double(preprocessing.inputShape.count))
    case "shape": return .list(preprocessing.inputShape.sizes.map { .number(Double($0)) })
    case "columns": return .list(preprocessing.columnNames.map { .text($0) })
    case "target": return .list(preprocessing.targetNames.map { .text($0) })
    case "classes": return .list(preprocessing.classValues)
    case "train":
      return .object(PartObject(data.train, preprocessing, kindName: "the training part"))
    case "validation":
      return data.validation.map {
        .object(PartObject($0, preprocessing, kindName: "the validation part"))
      } ?? Value.none
    case "test":
      return data.test.map { .object(PartObject($0, preprocessing, kindName: "the test part")) }
        ?? Value.none
    default: return nil
    }
  }

  func assign(_ field: String, _ value: Value) throws -> Bool { false }
}

/// The session that a live object reads from. Its values hold such objects, so these do not hold it.
struct OwnSession {
  private weak var held: Session?

  init(_ session: Session) { held = session }

  /// - Throws: `ValueError` where a host kept the object for longer than the session.
  var session: Session {
    get throws {
      guard let held else {
        throw ValueError(
          code: .noData, message: "the session that this belongs to has ended",
          label: "nothing to read")
      }
      return held
    }
  }
}

/// Some rows of the data as scripts read them: as they were given, which is what `predict` takes,
/// and as the network sees them.
final class PartObject: LiveObject {
  private let examples: Examples
  private let preprocessing: Preprocessing
  let kindName: String

  init(_ examples: Examples, _ preprocessing: Preprocessing, kindName: String) {
    self.examples = examples
    self.preprocessing = preprocessing
    self.kindName = kindName
  }

  let fieldNames = ["rows", "inputs", "scaled", "targets"]

  func field(_ field: String) throws -> Value? {
    switch field {
    case "rows": return .number(Double(examples.count))
    case "inputs":
      return try examples.cells(preprocessing.columns).map { rows in
        .list(
          try ListBox.making(rows.count) { row in
            Value.record(rows[row].map { ($0.name, Value($0.cell)) })
          })
      } ?? .tensor(try examples.inputs(scaledBy: nil))
    case "scaled": return .tensor(try examples.inputs(scaledBy: preprocessing.inputScaling))
    case "targets":
      switch examples.targets {
      case .none: return Value.none
      case .classes(let classes):
        let names = preprocessing.classValues
        return .list(
          classes.map { names.indices.contains(Int($0)) ? names[Int($0)] : .number(Double($0)) })
      case .values(let values, let width):
        return .tensor(
          Tensor(
            shape: width == 1 ? [examples.count] : [examples.count, width],
            elements: values.map { Float($0) }))
      }
    default: return nil
    }
  }

  func assign(_ field: String, _ value: Value) throws -> Bool { false }
}

extension Value {
  /// A cell of a table.
  init(_ cell: TableCell) {
    switch cell {
    case .missing: self = .none
    case .number(let number): self = .number(number)
    case .text(let text): self = .text(text)
    }
  }
}

extension Preprocessing {
  /// The classes as scripts see them: whole numbers stay numbers.
  var classValues: [Value] {
    classNames.map { name in
      classesAreNumbers ? Double(name).map { .number($0) } ?? .text(name) : .text(name)
    }
  }
}

extension Examples {
  /// The inputs, `[rows] + inputShape`, as they were given or scaled.
  ///
  /// - Throws: `EngineError.interrupted`.
  func inputs(scaledBy scaling: Preprocessing.Scaling?) throws -> Tensor {
    let width = max(1, inputShape.count)
    let elements = try made(inputs.count) { place in
      let number = inputs.number(at: place)
      return Float(scaling?.scaled(number, column: place % width) ?? number)
    }
    return Tensor(shape: Shape([count] + inputShape.sizes), elements: elements)
  }
}
