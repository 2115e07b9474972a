import NNEngine

/// A value of the language.
///
/// Assignment copies: lists, records, texts and tensors are shared until one side changes.
public enum Value {
  case none
  case truth(Bool)
  case number(Double)
  case text(TextBox)
  case list([Value])
  case record(RecordBox)
  case tensor(TensorBox)
  case function(FunctionBox)
  /// Something of the session that is read by field: the model, a layer, the data.
  case object(any LiveObject)
}

/// A text behind one reference, so that a `Value` stays two words.
public final class TextBox {
  public var text: String
  init(_ text: String) { self.text = text }
}

/// Named values in order.
public final class RecordBox {
  public var fields: [(name: String, value: Value)]
  init(_ fields: [(name: String, value: Value)]) { self.fields = fields }
}

/// A tensor behind one reference.
public final class TensorBox {
  public var tensor: Tensor
  init(_ tensor: Tensor) { self.tensor = tensor }
}

/// A function as a value: one of the vocabulary, or one of the script with what it closes over.
public final class FunctionBox {
  enum Body {
    case builtin(FunctionEntry)
    /// The compiled function and its captured boxes; filled in by the machine.
    case script(FunctionTemplate)
  }

  let body: Body
  init(_ body: Body) { self.body = body }

  /// The name a function has as text.
  public var name: String {
    switch body {
    case .builtin(let entry): entry.name
    case .script(let template): template.name
    }
  }
}

/// A part of the session that a script reads and assigns by field: `model.dense1.weights`.
public protocol LiveObject: AnyObject {
  /// What it is, for messages: `a model`, `a layer`.
  var kindName: String { get }
  /// The names of its fields, for suggestions and completion.
  var fieldNames: [String] { get }
  /// Reads a field; `nil` where there is none of that name.
  func field(_ name: String) throws -> Value?
  /// Assigns a field; false where there is none of that name that can be assigned.
  func assign(_ name: String, _ value: Value) throws -> Bool
}

extension Value {
  /// A text value.
  public static func text(_ text: String) -> Value { .text(TextBox(text)) }
  /// A record value with fields in order.
  public static func record(_ fields: [(name: String, value: Value)]) -> Value {
    .record(RecordBox(fields))
  }
  /// A tensor value.
  public static func tensor(_ tensor: Tensor) -> Value { .tensor(TensorBox(tensor)) }

  /// What kind of value it is, in words, for messages: `a number`, `text`, `a list`.
  public var kindName: String {
    switch self {
    case .none: "nothing"
    case .truth: "a truth value"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .record: "a record"
    case .tensor: "a tensor"
    case .function: "a function"
    case .object(let object): object.kindName
    }
  }
}
