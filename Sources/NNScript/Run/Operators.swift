import Glibc
import NNEngine

/// What the operators mean for any values.
enum Operators {
  /// The most items a list may have: 400 MB of numbers.
  static let countLimit = 50_000_000
  /// The most bytes a text may have.
  static let lengthLimit = 256_000_000

  // MARK: Arithmetic

  static func binary(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
    if case .number(let a) = left, case .number(let b) = right {
      return .number(try number(operation, a, b))
    }
    if operation == .matrixProduct { return try matrixProduct(left, right) }
    if operation == .add, case .text(let a) = left, case .text(let b) = right {
      try checkLength(a.text.utf8.count + b.text.utf8.count)
      return .text(a.text + b.text)
    }
    return switch (left, right) {
    case (.tensor(let a), .tensor(let b)):
      .tensor(try TensorMath.binary(operation, a.tensor, b.tensor))
    case (.tensor(let a), .number(let b)):
      .tensor(try TensorMath.binary(operation, a.tensor, Tensor(Float(b))))
    case (.number(let a), .tensor(let b)):
      .tensor(try TensorMath.binary(operation, Tensor(Float(a)), b.tensor))
    case (.tensor(let a), .list):
      .tensor(try TensorMath.binary(operation, a.tensor, tensor(right, argument: 1)))
    case (.list, .tensor(let b)):
      .tensor(try TensorMath.binary(operation, tensor(left, argument: 0), b.tensor))
    case (.list(let a), .list(let b)): .list(try lists(operation, a, b))
    case (.list(let a), .number(let b)): .list(try list(operation, a, b))
    case (.number(let a), .list(let b)): .list(try list(operation, a, b))
    default: throw mismatch(operation, left, right)
    }
  }

  /// One operation on two numbers.
  static func number(_ operation: BinaryOperator, _ a: Double, _ b: Double) throws -> Double {
    let result: Double
    switch operation {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    case .divide: result = a / b
    case .remainder: result = remainder(a, b)
    case .power: result = pow(a, b)
    case .matrixProduct:
      throw ValueError(
        code: .wrongType, message: "`@` multiplies matrices, not single numbers",
        label: "two numbers", help: ["write `*`"])
    }
    if result.isFinite || !a.isFinite || !b.isFinite { return result }
    throw fault(operation, a, b)
  }

  /// The remainder with the sign of the divisor.
  static func remainder(_ a: Double, _ b: Double) -> Double {
    if b == 0 { return .nan }
    let rest = fmod(a, b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  /// Why an operation on finite numbers has no finite result.
  static func fault(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> ValueError {
    let left = a < 0 && operation == .power ? "(\(Formatting.number(a)))" : Formatting.number(a)
    let shown = "\(left) \(operation.rawValue) \(Formatting.number(b))"
    switch operation {
    case .divide where b == 0, .remainder where b == 0:
      return .domain("`\(shown)` divides by zero", label: "the divisor is 0")
    case .power where a == 0:
      return .domain("`\(shown)` divides by zero", label: "0 to a negative power")
    case .power where a < 0:
      return .domain(
        "`\(shown)` is not a real number", label: "a fractional power of a negative number")
    default:
      return .domain("`\(shown)` is too large for a number", label: "beyond 1.8e308")
    }
  }

  static func negate(_ value: Value) throws -> Value {
    switch value {
    case .number(let number): return .number(-number)
    case .list(let list):
      if let numbers = list.numbers {
        return .list(
          try ListBox(count: list.count) { result in
            try steadily(list.count) { result[$0] = -numbers[$0] }
          })
      }
      return .list(try ListBox.making(list.count) { try negate(list[$0]) })
    case .tensor(let box): return .tensor(box.tensor.applying(.negate))
    default:
      throw ValueError(
        code: .wrongType, message: "`-` takes a number, not \(value.kindName)",
        label: "this is \(value.kindName)", argument: 0)
    }
  }

  // MARK: Lists

  private static func lists(
    _ operation: BinaryOperator, _ a: ListBox, _ b: ListBox
  ) throws -> ListBox {
    try checkLengths(a.count, b.count, operation.rawValue)
    guard let x = a.numbers, let y = b.numbers else {
      return try ListBox.making(a.count) { try binary(operation, a[$0], b[$0]) }
    }
    return try numbers(operation, a.count) {
      x[$0]
    } _: {
      y[$0]
    }
  }

  private static func list(
    _ operation: BinaryOperator, _ a: ListBox, _ b: Double
  ) throws -> ListBox {
    guard let x = a.numbers else {
      return try ListBox.making(a.count) { try binary(operation, a[$0], .number(b)) }
    }
    return try numbers(operation, a.count) {
      x[$0]
    } _: { _ in
      b
    }
  }

  private static func list(
    _ operation: BinaryOperator, _ a: Double, _ b: ListBox
  ) throws -> ListBox {
    guard let y = b.numbers else {
      return try ListBox.making(b.count) { try binary(operation, .number(a), b[$0]) }
    }
    return try numbers(operation, b.count) { _ in
      a
    } _: {
      y[$0]
    }
  }

  /// One operation over numbers side by side; the loops differ only in the operation, so that each
  /// is compiled to straight arithmetic.
  @inline(__always)
  private static func numbers(
    _ operation: BinaryOperator, _ count: Int, _ a: (Int) -> Double, _ b: (Int) -> Double
  ) throws -> ListBox {
    try admit(items: count)
    let result = try ListBox(count: count) { result in
      // In pieces, so that a long one can be ended.
      for first in stride(from: 0, to: count, by: 100_000) {
        if first > 0 { try Allowance.proceed() }
        let part = first..<min(first + 100_000, count)
        switch operation {
        case .add: for index in part { result[index] = a(index) + b(index) }
        case .subtract: for index in part { result[index] = a(index) - b(index) }
        case .multiply: for index in part { result[index] = a(index) * b(index) }
        case .divide: for index in part { result[index] = a(index) / b(index) }
        case .remainder: for index in part { result[index] = remainder(a(index), b(index)) }
        case .power: for index in part { result[index] = pow(a(index), b(index)) }
        case .matrixProduct: break
        }
      }
    }
    guard let made = result.numbers else { return result }
    try steadily(count) { index in
      guard !made[index].isFinite else { return }
      // Says which item it was, or finds that it came in like that.
      do {
        _ = try number(operation, a(index), b(index))
      } catch var error as ValueError {
        error.notes.append("this is item \(index)")
        throw error
      }
    }
    return result
  }

  static func checkLengths(_ a: Int, _ b: Int, _ word: String) throws {
    guard a != b else { return }
    throw ValueError(
      code: .lengthMismatch, message: "`\(word)` needs lists of equal length, not \(a) and \(b)",
      label: "\(a) and \(b) items",
      help: word == "+" ? ["to join lists write `concat(a, b)`; `append(a, x)` adds one item"] : [])
  }

  private static func mismatch(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) -> ValueError {
    let isLeft = !isArithmetic(left)
    let culprit = isLeft ? left : right
    var help: [String] = []
    if case .text = culprit, operation == .add {
      help = ["to put a value into a text write `\"{a}{b}\"`"]
    } else if case .truth = culprit {
      help = ["`if c then 1 else 0` makes a number of a truth value"]
    } else if case .none = culprit {
      help = ["a function without `return` gives nothing"]
    }
    return ValueError(
      code: .wrongType,
      message: "`\(operation.rawValue)` cannot combine \(left.kindName) and \(right.kindName)",
      label: "this is \(culprit.kindName)", help: help, argument: isLeft ? 0 : 1)
  }

  private static func isArithmetic(_ value: Value) -> Bool {
    switch value {
    case .number, .list, .tensor: true
    default: false
    }
  }

  // MARK: Limits

  /// A number of things in words: what is too much to be counted is not given to the last digit.
  static func many(_ count: Int) -> String { count >= 1 << 60 ? "more than 1e18" : "\(count)" }

  /// An amount of memory in words.
  static func bytes(_ count: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1000, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
    let digits = value < 10 && unit > 0 ? (value * 10).rounded() / 10 : value.rounded()
    return "\(Formatting.number(digits)) \(units[unit])"
  }

  /// Sizes multiplied, the largest whole number where they are too large for that.
  static func product(_ sizes: Int...) -> Int { Shape.product(sizes) ?? .max }

  static func checkCount(_ count: Int) throws {
    if count > countLimit {
      throw ValueError(
        code: .limitReached, message: "a list of \(many(count)) items is too large",
        label: "\(countLimit) items are the limit")
    }
  }

  /// Says that a list of so many numbers is about to be made.
  static func admit(items count: Int) throws {
    try Allowance.admit(8 * count, for: "a list of \(count) items")
  }

  static func checkWeight(_ weight: Int) throws {
    if weight > countLimit { throw ValueError.tooHeavy(weight) }
  }

  static func checkLength(_ length: Int) throws {
    if length > lengthLimit {
      throw ValueError(
        code: .limitReached, message: "a text of \(many(length)) bytes is too large",
        label: "\(lengthLimit) bytes are the limit")
    }
  }
}
