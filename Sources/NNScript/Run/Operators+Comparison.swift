import NNEngine

extension Operators {
  // MARK: Comparing

  static func compare(
    _ operation: ComparisonOperator, _ left: Value, _ right: Value
  ) throws -> Value {
    switch operation {
    case .isIn: return .truth(try contains(right, left))
    case .isNotIn: return .truth(try !contains(right, left))
    default: break
    }
    try Allowance.proceed()
    switch (left, right) {
    case (.number(let a), .number(let b)): return .truth(holds(operation, a, b))
    case (.text(let a), .text(let b)): return .truth(holds(operation, a.text, b.text))
    case (.tensor(let a), .tensor(let b)):
      return .tensor(try compare(operation, a.tensor, b.tensor))
    case (.tensor(let a), .number(let b)):
      return .tensor(try compare(operation, a.tensor, Tensor(Float(b))))
    case (.number(let a), .tensor(let b)):
      return .tensor(try compare(operation, Tensor(Float(a)), b.tensor))
    case (.tensor(let a), .list):
      return .tensor(try compare(operation, a.tensor, tensor(right, argument: 1)))
    case (.list, .tensor(let b)):
      return .tensor(try compare(operation, tensor(left, argument: 0), b.tensor))
    case (.list(let a), .list(let b)):
      try checkLengths(a.count, b.count, operation.rawValue)
      return .list(try ListBox.making(a.count) { try compare(operation, a[$0], b[$0]) })
    case (.list(let a), .number), (.list(let a), .text), (.list(let a), .truth):
      return .list(try ListBox.making(a.count) { try compare(operation, a[$0], right) })
    case (.number, .list(let b)), (.text, .list(let b)), (.truth, .list(let b)):
      return .list(try ListBox.making(b.count) { try compare(operation, left, b[$0]) })
    default: break
    }
    switch operation {
    case .equal, .notEqual:
      try checkSpelling(operation.rawValue, left, right)
      return .truth((left == right) == (operation == .equal))
    default:
      if let truths = comparedWithNothing(operation, left, right) { return truths }
      throw ValueError(
        code: .wrongType,
        message:
          "`\(operation.rawValue)` cannot compare \(left.kindName) with \(right.kindName)",
        label: "\(left.kindName) and \(right.kindName) have no order")
    }
  }

  /// A number never equals a text, not even the one that spells it: who asks means something else.
  static func checkSpelling(_ word: String, _ left: Value, _ right: Value) throws {
    let (text, textArgument): (String, Int)
    switch (left, right) {
    case (.number, .text(let box)): (text, textArgument) = (box.text, 1)
    case (.text(let box), .number): (text, textArgument) = (box.text, 0)
    case (.record(let a), .record(let b)):
      for field in a.fields {
        if let place = b.index(of: field.name) {
          try checkSpelling(word, field.value, b.fields[place].value)
        }
      }
      return
    default: return
    }
    guard Texts.number(text) != nil else { return }
    let quoted = Formatting.quoted(text)
    throw ValueError(
      code: .wrongType,
      message: "`\(word)` compares a number with the text \(quoted)",
      label: "a text, which no number equals",
      help: ["write \(text) without quotes, or `text(…)` around the number"],
      argument: textArgument)
  }

  /// `none` is neither less nor greater than anything, nor as great: false, element by element.
  /// `nil` where neither side is `none`.
  private static func comparedWithNothing(
    _ operation: ComparisonOperator, _ left: Value, _ right: Value
  ) -> Value? {
    let other: Value
    if case .none = left {
      other = right
    } else if case .none = right {
      other = left
    } else {
      return nil
    }
    switch other {
    case .list(let list):
      return .list(
        (0..<list.count).map { comparedWithNothing(operation, .none, list[$0]) ?? .truth(false) })
    case .tensor(let box):
      return .tensor(Tensor(repeating: 0, shape: box.tensor.shape))
    default: return .truth(false)
    }
  }

  private static func compare(
    _ operation: ComparisonOperator, _ a: Tensor, _ b: Tensor
  ) throws -> Tensor {
    let operation: Tensor.BinaryOperation =
      switch operation {
      case .equal, .isIn: .equal
      case .notEqual, .isNotIn: .notEqual
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .greater: .greater
      case .greaterOrEqual: .greaterOrEqual
      }
    return try TensorMath.combine(operation, a, b)
  }

  @inline(__always)
  static func holds<T: Comparable>(_ operation: ComparisonOperator, _ a: T, _ b: T) -> Bool {
    switch operation {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .isIn, .isNotIn: false
    }
  }

  /// `item in container`.
  private static func contains(_ container: Value, _ item: Value) throws -> Bool {
    switch container {
    case .list(let list):
      if let numbers = list.numbers {
        guard case .number(let number) = item else {
          if list.count > 0 { try checkSpelling("in", item, list[0]) }
          return false
        }
        for start in stride(from: 0, to: list.count, by: 0x10000) {
          try Allowance.proceed()
          let end = min(start + 0x10000, list.count)
          if (start..<end).contains(where: { numbers[$0] == number }) { return true }
        }
        return false
      }
      return try (0..<list.count).contains { index in
        try Allowance.proceed()
        try checkSpelling("in", item, list[index])
        return list[index] == item
      }
    case .tensor(let box):
      guard case .number(let number) = item else { return false }
      return box.tensor.elements.contains(Float(number))
    case .text(let text):
      guard case .text(let part) = item else {
        throw ValueError.wrongType("in", takes: "text before a text", found: item, argument: 0)
      }
      return part.text.isEmpty || Texts.find(part.text, in: text.text) != nil
    case .record(let record):
      guard case .text(let name) = item else { return false }
      return record.index(of: name.text) != nil
    default:
      throw ValueError.wrongType(
        "in", takes: "a list, text or record behind it", found: container, argument: 1)
    }
  }

  // MARK: Truth

  /// One truth, where the language needs one.
  static func truth(_ value: Value) throws -> Bool {
    switch value {
    case .truth(let truth): return truth
    case .list, .tensor:
      throw ValueError(
        code: .notOneTruth, message: "\(value.kindName) is not one truth",
        label: "this has many truths, one is needed",
        help: ["write `all(…)` or `any(…)` around it"])
    default: throw notATruth(value, argument: nil)
    }
  }

  private static func notATruth(_ value: Value, argument: Int?) -> ValueError {
    var help: [String] = []
    switch value {
    case .number: help = ["compare it: `x != 0`"]
    case .text: help = ["compare it: `x != \"\"`"]
    case .none: help = ["compare it: `x != none`"]
    default: break
    }
    return ValueError(
      code: .wrongType, message: "\(value.kindName) is not a truth value",
      label: "this is \(value.kindName)", help: help, argument: argument)
  }

  /// The truth of a condition, or `nil` if it has elements.
  static func onlyTruth(_ value: Value) throws -> Bool? {
    switch value {
    case .truth(let truth): return truth
    case .list, .tensor: return nil
    default: throw notATruth(value, argument: nil)
    }
  }

  /// Whether the first side of `and` or `or` decides alone.
  static func isSettled(_ value: Value, isAnd: Bool) throws -> Bool {
    guard let truth = try onlyTruth(value) else { return false }
    return truth != isAnd
  }

  static func not(_ value: Value) throws -> Value {
    switch value {
    case .truth(let truth): return .truth(!truth)
    case .list(let list): return .list(try ListBox.making(list.count) { try not(list[$0]) })
    case .tensor(let box): return .tensor(Tensor.combine(.equal, box.tensor, 0))
    default: throw notATruth(value, argument: 0)
    }
  }

  static func logical(isAnd: Bool, _ left: Value, _ right: Value) throws -> Value {
    let word = isAnd ? "and" : "or"
    switch (left, right) {
    case (.truth(let a), .truth(let b)): return .truth(isAnd ? a && b : a || b)
    case (.list(let a), .list(let b)):
      try checkLengths(a.count, b.count, word)
      return .list(try ListBox.making(a.count) { try logical(isAnd: isAnd, a[$0], b[$0]) })
    case (.list(let a), .truth):
      return .list(try ListBox.making(a.count) { try logical(isAnd: isAnd, a[$0], right) })
    case (.truth, .list(let b)):
      return .list(try ListBox.making(b.count) { try logical(isAnd: isAnd, left, b[$0]) })
    case (.tensor, _), (_, .tensor):
      let a = try mask(left, argument: 0)
      let b = try mask(right, argument: 1)
      // Truths are ones and zeros: the lesser of two is `and`, the greater `or`.
      let (x, y) = (TensorMath.ones(where: a), TensorMath.ones(where: b))
      return .tensor(try TensorMath.combine(isAnd ? .minimum : .maximum, x, y))
    default:
      if case .truth = left { throw notATruth(right, argument: 1) }
      if case .list = left { throw notATruth(right, argument: 1) }
      throw notATruth(left, argument: 0)
    }
  }

  /// `if condition then … else …` once the condition has elements or is one falsehood.
  static func select(_ condition: Value, _ then: Value, _ otherwise: Value) throws -> Value {
    switch condition {
    case .truth(let truth): return truth ? then : otherwise
    case .list(let list):
      let pick = { (value: Value, index: Int) throws -> Value in
        guard case .list(let items) = value else { return value }
        try checkLengths(list.count, items.count, "if then else")
        return items[index]
      }
      if then.tensorValue != nil || otherwise.tensorValue != nil {
        return try select(.tensor(mask(condition, argument: 0)), then, otherwise)
      }
      return .list(
        try ListBox.making(list.count) { index in
          try select(list[index], pick(then, index), pick(otherwise, index))
        })
    case .tensor(let box):
      let a = try tensor(then, argument: 1)
      let b = try tensor(otherwise, argument: 2)
      return .tensor(try TensorMath.select(box.tensor, a, b))
    default: throw notATruth(condition, argument: 0)
    }
  }

  /// Truths as a tensor of ones and zeros.
  private static func mask(_ value: Value, argument: Int) throws -> Tensor {
    switch value {
    case .truth(let truth): return Tensor(truth ? 1 : 0)
    case .list(let list):
      let numbers = try made(list.count) { index -> Value in
        let item = list[index]
        if case .truth(let truth) = item { return .number(truth ? 1 : 0) }
        return .tensor(try mask(item, argument: argument))
      }
      return try tensor(.list(numbers), argument: argument)
    case .tensor(let box): return box.tensor
    default: throw notATruth(value, argument: argument)
    }
  }
}
