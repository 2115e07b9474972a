import NNEngine

/// A call of a function of the vocabulary: its values, read with the checks all functions share.
struct FunctionCall {
  let name: String
  let values: [Value?]
  let context: any FunctionContext

  subscript(index: Int) -> Value { values[index] ?? .none }

  /// Whether a value was given and is not `none`.
  func has(_ index: Int) -> Bool { values[index].map { !$0.isNone } ?? false }

  func wrong(_ index: Int, _ expected: String) -> ValueError {
    ValueError.wrongType(name, takes: expected, found: self[index], argument: index)
  }

  func number(_ index: Int, default value: Double? = nil) throws -> Double {
    if let value, !has(index) { return value }
    guard let number = self[index].numberValue else { throw wrong(index, "a number") }
    return number
  }

  /// A whole number within bounds.
  func integer(_ index: Int, _ range: ClosedRange<Int>, default value: Int? = nil) throws -> Int {
    if let value, !has(index) { return value }
    let number = try number(index)
    guard number == number.rounded(), number.magnitude < 1e15 else {
      throw wrong(index, "a whole number").saying(
        "`\(name)` takes a whole number, not \(Formatting.number(number))")
    }
    guard range.contains(Int(number)) else {
      throw ValueError(
        code: .outOfRange,
        message: range.upperBound == .max || range.upperBound == Operators.countLimit
          ? "`\(name)` takes \(range.lowerBound) or more, not \(Int(number))"
          : "`\(name)` takes \(range.lowerBound) to \(range.upperBound), not \(Int(number))",
        label: "out of range", argument: index)
    }
    return Int(number)
  }

  func text(_ index: Int) throws -> String {
    guard let text = self[index].textValue else { throw wrong(index, "text") }
    return text
  }

  func list(_ index: Int) throws -> ListBox {
    switch self[index] {
    case .list(let list): return list
    case .tensor(let box) where box.tensor.shape.rank > 0: return try TensorMath.list(box.tensor)
    default: throw wrong(index, "a list")
    }
  }

  func function(_ index: Int) throws -> FunctionBox {
    guard let function = self[index].functionValue else { throw wrong(index, "a function") }
    return function
  }

  /// An axis of a value of that many, counted from the end where negative; `nil` if none is given.
  func axis(_ index: Int, rank: Int) throws -> Int? {
    guard has(index) else { return nil }
    let axis = try integer(index, -1_000...1_000)
    guard (-rank..<rank).contains(axis) else {
      throw ValueError(
        code: .outOfRange, message: "there is no axis \(axis): the value has \(rank)",
        label: "axes count from 0", argument: index)
    }
    return axis < 0 ? axis + rank : axis
  }
}

extension ValueError {
  /// The same facts with another first line.
  func saying(_ message: String) -> ValueError {
    var copy = self
    copy.message = message
    return copy
  }
}

extension FunctionEntry {
  /// A function whose body reads its values through a `FunctionCall`.
  static func make(
    _ name: String, _ summary: String, _ parameters: Parameter..., example: String,
    callsBack: Bool = false, body: @escaping (FunctionCall) throws -> Value
  ) -> FunctionEntry {
    FunctionEntry(name, summary, parameters, example: example, callsBack: callsBack) {
      context, values in
      try body(FunctionCall(name: name, values: values, context: context))
    }
  }

  /// A function of one number that goes element by element over lists and tensors.
  ///
  /// - Parameter needs: what the number must be for a finite result, for the message.
  static func elementwise(
    _ name: String, _ summary: String, example: String, needs: String = "",
    kernel: Tensor.UnaryOperation? = nil, _ function: @escaping (Double) -> Double
  ) -> FunctionEntry {
    FunctionEntry(name, summary, ["x"], example: example, ofNumber: function) { _, values in
      let map = Elementwise(name: name, needs: needs, kernel: kernel, function: function)
      return try map(values[0] ?? .none)
    }
  }

  /// The same with a setting that may be left out.
  static func elementwise(
    _ name: String, _ summary: String, option: (name: String, value: Double), example: String,
    _ function: @escaping (Double, Double) -> Double
  ) -> FunctionEntry {
    let setting = Parameter(
      name: option.name, defaultText: Formatting.text(of: .number(option.value)))
    return FunctionEntry(
      name, summary, ["x", setting], example: example, ofNumber: { function($0, option.value) }
    ) { context, values in
      let call = FunctionCall(name: name, values: values, context: context)
      let value = try call.number(1, default: option.value)
      return try Elementwise(name: name) { function($0, value) }(call[0])
    }
  }
}

/// A function of one number applied to any value made of numbers.
struct Elementwise {
  let name: String
  var needs = ""
  var kernel: Tensor.UnaryOperation?
  let function: (Double) -> Double

  func callAsFunction(_ value: Value) throws -> Value {
    switch value {
    case .number(let x):
      let y = function(x)
      if !y.isFinite, x.isFinite { throw fault(Formatting.number(x)) }
      return .number(y)
    case .list(let list):
      guard let numbers = list.numbers else {
        return .list(try ListBox.making(list.count) { try callAsFunction(list[$0]) })
      }
      try Operators.admit(items: list.count)
      return .list(
        try ListBox(count: list.count) { result in
          for index in 0..<list.count {
            if index & 0xFFFF == 0 { try Allowance.proceed() }
            result[index] = function(numbers[index])
            if !result[index].isFinite, numbers[index].isFinite {
              throw fault(Formatting.number(numbers[index]), item: index)
            }
          }
        })
    case .tensor(let box):
      try Allowance.admit(4 * box.tensor.elements.count, for: "the result of `\(name)`")
      let result =
        if let kernel { box.tensor.applying(kernel) } else {
          try TensorMath.map(box.tensor) { Float(function(Double($0))) }
        }
      try Allowance.proceed()
      if !TensorMath.isFinite(result), TensorMath.isFinite(box.tensor) {
        let place = result.elements.firstIndex { !$0.isFinite } ?? 0
        throw fault(Formatting.number(Double(box.tensor.elements[place])), item: place)
      }
      return .tensor(result)
    default:
      throw ValueError.wrongType(
        name, takes: "a number, list or tensor", found: value, argument: 0)
    }
  }

  private func fault(_ x: String, item: Int? = nil) -> ValueError {
    ValueError(
      code: .domainFault, message: "`\(name)(\(x))` is not a finite number",
      label: needs.isEmpty ? "too large" : "`\(name)` needs \(needs)",
      notes: item.map { ["this is item \($0)"] } ?? [])
  }
}
