// Conditions: jumps that compare, and `if then else` as a value, which goes element by element
// where its condition has elements.

extension Compiler {
  /// Compiles a condition that must be one truth; gives the jumps taken when it is `jumpWhen`.
  func condition(_ node: Node, jumpWhen: Bool) throws -> [Int] {
    switch node.form {
    case .constant(.truth(let truth)):
      return truth == jumpWhen ? [emit(Instruction(.jump), node.range)] : []
    case .not(let inner): return try condition(inner, jumpWhen: !jumpWhen)
    case .logical(let isAnd, let left, let right):
      if isAnd == jumpWhen {
        // Both must hold to jump, so the first leads past the second when it does not.
        let past = try condition(left, jumpWhen: !jumpWhen)
        let jumps = try condition(right, jumpWhen: jumpWhen)
        for jump in past { patch(jump) }
        return jumps
      }
      return try condition(left, jumpWhen: jumpWhen) + condition(right, jumpWhen: jumpWhen)
    case .comparison(let left, let steps) where steps.count == 1 && isOrder(steps[0].operation):
      return try scratch {
        [try compareAndJump(steps[0].operation, left, steps[0].operand, jumpWhen, node.range)]
      }
    default:
      return try scratch {
        let register = try operand(node)
        return [
          emit(Instruction(jumpWhen ? .jumpIfTrue : .jumpIfFalse, a: register), node.range)
        ]
      }
    }
  }

  private func isOrder(_ operation: ComparisonOperator) -> Bool {
    operation != .isIn && operation != .isNotIn
  }

  /// One instruction that compares and jumps if the outcome is `jumpWhen`.
  private func compareAndJump(
    _ operation: ComparisonOperator, _ left: Node, _ right: Node, _ jumpWhen: Bool,
    _ range: SourceRange
  ) throws -> Int {
    if case .constant(.number(let number)) = right.form {
      let register = try operand(left)
      let opcode: Opcode =
        switch (operation, jumpWhen) {
        case (.equal, true), (.notEqual, false): .jumpIfEqualNumber
        case (.notEqual, true), (.equal, false): .jumpIfNotEqualNumber
        case (.less, true): .jumpIfLessNumber
        case (.less, false): .jumpUnlessLessNumber
        case (.lessOrEqual, true): .jumpIfLessOrEqualNumber
        case (.lessOrEqual, false): .jumpUnlessLessOrEqualNumber
        case (.greater, true): .jumpIfGreaterNumber
        case (.greater, false): .jumpUnlessGreaterNumber
        case (.greaterOrEqual, true): .jumpIfGreaterOrEqualNumber
        case (_, _): .jumpUnlessGreaterOrEqualNumber
        }
      return emit(
        Instruction(opcode, a: register, number: number), range,
        operands: [left.range, right.range])
    }
    var first = try operand(left, before: right)
    var second = try operand(right)
    var operands = [left.range, right.range]
    if operation == .greater || operation == .greaterOrEqual {
      swap(&first, &second)
      operands.reverse()
    }
    let opcode: Opcode =
      switch (operation, jumpWhen) {
      case (.equal, true), (.notEqual, false): .jumpIfEqual
      case (.notEqual, true), (.equal, false): .jumpIfNotEqual
      case (.less, true), (.greater, true): .jumpIfLess
      case (.less, false), (.greater, false): .jumpUnlessLess
      case (_, true): .jumpIfLessOrEqual
      case (_, false): .jumpUnlessLessOrEqual
      }
    return emit(Instruction(opcode, a: first, c: second), range, operands: operands)
  }

  // MARK: if then else as a value

  /// Whether a condition is one comparison that may be worked out twice: once to jump, and again
  /// if it turns out to have elements.
  func isFusable(_ condition: Node) -> Bool {
    if case .comparison(_, let steps) = condition.form, steps.count == 1,
      isOrder(steps[0].operation)
    {
      return isPure(condition)
    }
    return false
  }

  private func isPure(_ node: Node) -> Bool {
    switch node.form {
    case .constant, .variable: true
    case .negate(let inner): isPure(inner)
    case .binary(_, let left, let right): isPure(left) && isPure(right)
    case .comparison(let first, let steps):
      isPure(first) && steps.allSatisfy { isPure($0.operand) }
    default: false
    }
  }

  /// The jumps taken when the condition is false, and those that find it has elements.
  func fusedCondition(_ condition: Node) throws -> (skips: [Int], masks: [Int]) {
    let skips = try self.condition(condition, jumpWhen: false)
    return (skips, skips)
  }

  /// Lets comparisons that turn out to have elements go on here.
  func maskTarget(_ comparisons: [Int]) {
    for comparison in comparisons { masks[comparison] = instructions.count }
  }

  func conditional(
    _ condition: Node, _ then: Node, _ otherwise: Node, into target: Int
  ) throws {
    guard isFusable(condition) else {
      return try select(condition, then, otherwise, into: target)
    }
    let (skips, masks) = try fusedCondition(condition)
    try value(then, into: target)
    let afterThen = emit(Instruction(.jump), then.range)
    for skip in skips { patch(skip) }
    try value(otherwise, into: target)
    let afterElse = emit(Instruction(.jump), otherwise.range)
    maskTarget(masks)
    try select(condition, then, otherwise, into: target)
    patch(afterThen)
    patch(afterElse)
  }

  /// `if then else` with any condition: one truth runs one branch, elements run both and choose.
  func select(_ condition: Node, _ then: Node, _ otherwise: Node, into target: Int) throws {
    try scratch {
      let test = claim()
      try value(condition, into: test)
      let toElse = emit(Instruction(.jumpIfOnlyElse, a: test), condition.range)
      try selectValue(then, into: target)
      let toEnd = emit(Instruction(.jumpIfOnlyThen, a: test), condition.range)
      patch(toElse)
      let other = claim()
      try selectValue(otherwise, into: other)
      emit(
        Instruction(.select, a: target, b: test, c: other),
        condition.range.through(otherwise.range),
        operands: [condition.range, then.range, otherwise.range])
      patch(toEnd)
    }
  }

  /// A branch of `select`: conditions in it take the general form at once, or nested ones would
  /// be compiled twice at each level.
  private func selectValue(_ node: Node, into target: Int) throws {
    if case .conditional(let condition, let then, let otherwise) = node.form {
      try select(condition, then, otherwise, into: target)
    } else {
      try value(node, into: target)
    }
  }
}
