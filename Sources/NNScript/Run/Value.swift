import NNEngine

/// A value of the language.
///
/// Assignment copies: lists, records, texts and tensors are shared until one side changes. Every
/// payload is one word, so that a value is two words and the machine's registers stay small.
public enum Value {
  case none
  case truth(Bool)
  case number(Double)
  case text(TextBox)
  case list(ListBox)
  case record(RecordBox)
  case tensor(TensorBox)
  case function(FunctionBox)
  /// Something of the session that is read by field: the model, a layer, the data.
  case object(ObjectBox)
  /// A variable that several functions share. The machine's own: no script and no host meets one.
  case cell(Cell)
}

/// Named values in order.
public final class RecordBox {
  /// The fields in the order they were written.
  public private(set) var fields: [(name: String, value: Value)]
  /// How deep values are nested in it, itself included; never less than the truth.
  private(set) var depth = 1
  /// How many values it holds; see `ListBox.weight`.
  private(set) var weight = 0
  /// Where each name stands, once there are more than a look at all of them finds quickly.
  private var places: [String: Int] = [:]
  private static let mostWithoutPlaces = 8

  init(_ fields: [(name: String, value: Value)]) {
    self.fields = fields
    for field in fields { count(field.value) }
    if fields.count > Self.mostWithoutPlaces { notePlaces() }
  }

  private init(_ other: RecordBox) {
    fields = other.fields
    depth = other.depth
    weight = other.weight
    places = other.places
  }

  /// Where a field of that name stands.
  func index(of name: String) -> Int? {
    fields.count > Self.mostWithoutPlaces
      ? places[name] : fields.firstIndex { $0.name == name }
  }

  /// A record with the same fields.
  func copy() -> RecordBox { RecordBox(self) }

  /// Adds a field of a new name; only a sole holder may.
  func append(_ name: String, _ value: Value) {
    fields.append((name, value))
    count(value)
    if fields.count > Self.mostWithoutPlaces + 1 {
      places[name] = fields.count - 1
    } else if fields.count > Self.mostWithoutPlaces {
      notePlaces()
    }
  }

  /// Lets a closure change one value where it stands; only a sole holder may.
  func update<R>(_ index: Int, _ change: (inout Value) throws -> R) rethrows -> R {
    weight -= fields[index].value.weight
    defer { count(fields[index].value) }
    return try change(&fields[index].value)
  }

  deinit { if depth > Dismantling.least { Dismantling.of(self) } }

  /// Counts what it holds; its own place has been counted.
  func addMemory(to total: inout MemoryCount) {
    total.add(fields.capacity * MemoryLayout<(name: String, value: Value)>.stride)
    total.add(places.capacity * 48)
    fields.withUnsafeBufferPointer { fields in
      for field in fields { total.add(field.value) }
    }
  }

  /// Hands out the values that hold others.
  func dismantle(into waiting: inout Dismantling) {
    guard depth > 1 else { return }
    for index in fields.indices { waiting.take(&fields[index].value) }
  }

  private func count(_ value: Value) {
    depth = max(depth, value.depth + 1)
    weight = Value.together(weight, value.weight)
  }

  private func notePlaces() {
    places = Dictionary(fields.indices.map { (fields[$0].name, $0) }) { first, _ in first }
  }
}

/// A tensor behind one reference.
public final class TensorBox {
  /// The tensor; changed in place only where one value alone holds the box.
  public internal(set) var tensor: Tensor
  init(_ tensor: Tensor) { self.tensor = tensor }
}

/// A live object behind one reference.
public final class ObjectBox {
  /// The object.
  public let object: any LiveObject
  init(_ object: any LiveObject) { self.object = object }
}

/// A variable that a function and the functions inside it share.
public final class Cell {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// A function as a value: one of the vocabulary, or one of the script with what it closes over.
public final class FunctionBox {
  enum Body {
    case builtin(FunctionEntry)
    case script(FunctionTemplate)
  }

  let body: Body
  /// The compiled form of a script's function, alive as long as the machine that made it.
  let code: UnsafePointer<CodeHeader>?
  /// The variables around a script's function that it uses, in the order its code counts them.
  let captures: [Cell]
  /// How deep values were nested in it when it was made.
  let depth: Int

  /// A function of the vocabulary.
  init(_ body: Body) {
    self.body = body
    code = nil
    captures = []
    depth = 1
  }

  init(_ template: FunctionTemplate, code: UnsafePointer<CodeHeader>, captures: [Cell]) {
    body = .script(template)
    self.code = code
    self.captures = captures
    depth = captures.reduce(1) { max($0, $1.value.depth + 1) }
  }

  /// The name a function has as text.
  public var name: String {
    switch body {
    case .builtin(let entry): entry.name
    case .script(let template): template.name.isEmpty ? "function" : template.name
    }
  }

  /// What it prints as: its name, or the definition of one that was worked out.
  public var text: String {
    if case .builtin(let entry) = body, let equation = entry.equation {
      return FormulaText(equation).definition
    }
    return name
  }

  /// The names of the parameters that a call by order has to give: all up to the last without a
  /// default.
  var requiredNames: [String] {
    let isRequired =
      switch body {
      case .builtin(let entry): entry.parameters.map { $0.defaultText == nil }
      case .script(let template): template.parameters.map { $0.defaultValue == nil }
      }
    return Array(parameterNames[..<((isRequired.lastIndex(of: true) ?? -1) + 1)])
  }

  /// The names of its parameters, in order.
  public var parameterNames: [String] {
    switch body {
    case .builtin(let entry): entry.parameters.map(\.name)
    case .script(let template): template.parameters.map(\.variable.name)
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
  /// A list value.
  public static func list(_ items: [Value]) -> Value { .list(ListBox(items)) }
  /// A list of numbers.
  public static func list(_ numbers: [Double]) -> Value { .list(ListBox(numbers)) }
  /// A record value with fields in order.
  public static func record(_ fields: [(name: String, value: Value)]) -> Value {
    .record(RecordBox(fields))
  }
  /// A tensor value.
  public static func tensor(_ tensor: Tensor) -> Value { .tensor(TensorBox(tensor)) }
  /// A function of the vocabulary as a value.
  static func function(_ entry: FunctionEntry) -> Value { .function(FunctionBox(.builtin(entry))) }
  /// A part of the session as a value.
  public static func object(_ object: any LiveObject) -> Value { .object(ObjectBox(object)) }

  /// The number, if it is one.
  public var numberValue: Double? { if case .number(let number) = self { number } else { nil } }
  /// The truth, if it is one.
  public var truthValue: Bool? { if case .truth(let truth) = self { truth } else { nil } }
  /// The text, if it is one.
  public var textValue: String? { if case .text(let box) = self { box.text } else { nil } }
  /// The items, if it is a list.
  public var listItems: [Value]? { if case .list(let box) = self { box.items } else { nil } }
  /// The fields in order, if it is a record.
  public var recordFields: [(name: String, value: Value)]? {
    if case .record(let box) = self { box.fields } else { nil }
  }
  /// The tensor, if it is one.
  public var tensorValue: Tensor? { if case .tensor(let box) = self { box.tensor } else { nil } }
  /// The function, if it is one.
  public var functionValue: FunctionBox? {
    if case .function(let box) = self { box } else { nil }
  }
  /// The part of the session, if it is one.
  public var liveObject: (any LiveObject)? {
    if case .object(let box) = self { box.object } else { nil }
  }
  /// Whether it is nothing.
  public var isNone: Bool { if case .none = self { true } else { false } }

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
    case .object(let box): box.object.kindName
    case .cell: "a variable"
    }
  }

  /// Whether copying and dropping it touches no reference count.
  @inline(__always) var isPlain: Bool {
    switch self {
    case .none, .truth, .number: true
    default: false
    }
  }

  /// How deep values are nested in it: 0 for a number. Bounded, because dropping a value walks it
  /// recursively.
  var depth: Int {
    switch self {
    case .list(let box): box.depth
    case .record(let box): box.depth
    case .function(let box): box.depth
    default: 0
    }
  }

  /// How many values it stands for, those of lists and records in it counted wherever they stand;
  /// at least 1. Bounded, because printing, comparing or adding walks all of them.
  var weight: Int {
    switch self {
    case .list(let box): max(box.weight, 1)
    case .record(let box): max(box.weight, 1)
    default: 1
    }
  }

  /// Two weights together. What is beyond all bounds is not counted on.
  @inline(__always) static func together(_ a: Int, _ b: Int) -> Int { min(a &+ b, 1 << 60) }
}

extension Value: Equatable {
  /// The language's `==` for whole values: same kind and same content. A list of numbers and a
  /// tensor of the same numbers are different values here.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.truth(let a), .truth(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a === b || a.text == b.text
    case (.list(let a), .list(let b)): a === b || a.isEqual(to: b)
    case (.record(let a), .record(let b)):
      a === b
        || a.fields.count == b.fields.count
          && a.fields.allSatisfy { field in
            b.index(of: field.name).map { b.fields[$0].value } == field.value
          }
    case (.tensor(let a), .tensor(let b)): a === b || a.tensor == b.tensor
    case (.function(let a), .function(let b)): a === b || a.isSameEntry(as: b)
    case (.object(let a), .object(let b)): a.object === b.object
    default: false
    }
  }
}

extension FunctionBox {
  /// Whether both are the same function of the vocabulary.
  func isSameEntry(as other: FunctionBox) -> Bool {
    if case .builtin(let a) = body, case .builtin(let b) = other.body { return a === b }
    return false
  }
}
