// Slips from other languages that only the names tell: what is a variable, what a function.

extension Checker {
  /// The line of a place with fixes made, as a hint.
  private func hint(_ fixes: [Diagnostic.Fix], _ purpose: String = "") -> [String] {
    guard let source = fixes.first?.range.source, let session,
      let line = session.sources.texts[source].corrected(fixes)
    else { return [] }
    return ["write `\(line)`" + (purpose.isEmpty ? "" : " \(purpose)")]
  }

  /// What stands between two places of a line.
  private func gap(_ left: SourceRange, _ right: SourceRange) -> SourceRange {
    SourceRange(source: left.source, start: left.end, end: right.start)
  }

  /// `x -1`, `xs [0]`: operators and indices need other spacing where a word begins the statement.
  func variableAsCommand(_ command: Command) -> Diagnostic {
    let word = command.word
    var diagnostic = Diagnostic(
      .ambiguousSpacing, "`\(word.text)` is a variable, not a command", at: word.range,
      "a variable")
    guard let argument = command.arguments.first, argument.name == nil else { return diagnostic }
    let value = argument.value
    let joined =
      switch value.form {
      case .number(let number) where number < 0: " - \(text(of: value).dropFirst())"
      case .negate(let operand): " - \(text(of: operand))"
      case .list where !value.isParenthesized: text(of: value)
      case _ where value.isParenthesized: " * \(text(of: value))"
      default: ""
      }
    guard !joined.isEmpty, command.arguments.count == 1 else {
      diagnostic.help = [
        "to change it write `\(word.text) = \(text(of: value))`; to show it, `print \(word.text)`"
      ]
      return diagnostic
    }
    let place = SourceRange(
      source: word.range.source, start: word.range.end, end: argument.range.end)
    diagnostic.fixes = [Diagnostic.Fix(place, joined)]
    diagnostic.help = hint(diagnostic.fixes)
    return diagnostic
  }

  /// `sqrt -1`, `max 1 2`: a function of the vocabulary takes its values in parentheses.
  func spacedCall(_ name: String, _ command: Command, _ range: SourceRange) -> Diagnostic {
    let inside = command.arguments.map { argument in
      (argument.name.map { "\($0.text)=" } ?? "") + text(of: argument.value)
    }
    var diagnostic = Diagnostic(
      .ambiguousSpacing, "`\(name)` is a function, it does not stand like a command",
      at: command.word.range, "a function")
    guard command.blocks.isEmpty else { return diagnostic }
    var call = "\(name)(\(inside.joined(separator: ", ")))"
    if isAtLineStart(range) { call = "print " + call }
    diagnostic.fixes = [Diagnostic.Fix(range, call)]
    diagnostic.help = hint(diagnostic.fixes)
    return diagnostic
  }

  private func isAtLineStart(_ range: SourceRange) -> Bool {
    guard let text = session?.sources.texts[range.source] else { return false }
    let line = text.line(text.line(at: range.start))
    return line[..<range.start].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// `n (4)`, `n(4)`, where `n` is known to be no function.
  func callOfAValue(
    _ symbol: Symbol, _ name: String, _ arguments: [Argument], _ callee: SourceRange,
    _ range: SourceRange
  ) -> Diagnostic? {
    guard let constant = symbol.constant, constant.functionValue == nil else { return nil }
    var diagnostic = Diagnostic(
      .notCallable, "`\(name)` is \(constant.kindName) and cannot be called", at: callee,
      "not a function",
      secondary: [Diagnostic.Label(symbol.range, "`\(name)` gets its value here")])
    if case .number = constant, arguments.count == 1, arguments[0].name == nil {
      let between = SourceRange(source: range.source, start: callee.end, end: callee.end)
      let product = Diagnostic.Fix(
        SourceRange(
          source: range.source, start: callee.end, end: arguments[0].range.start),
        " * (")
      let isTight = between.end + 1 == arguments[0].range.start
      diagnostic.fixes = [isTight ? Diagnostic.Fix(between, " * ") : product]
      diagnostic.help = hint(diagnostic.fixes)
    }
    return diagnostic
  }

  /// `print(1) * 3`: the parenthesis ends the command.
  func commandInArithmetic(_ expression: Expression) -> Diagnostic? {
    let first = expression.leftmost
    guard first.range != expression.range, case .call(let callee, let arguments) = first.form,
      case .name(let name) = callee.form, scope.find(name) == nil,
      vocabulary.command(name) != nil, vocabulary.function(name) == nil
    else { return nil }
    let rest = SourceRange(
      source: first.range.source, start: first.range.end, end: expression.range.end)
    var diagnostic = Diagnostic(
      .ambiguousSpacing, "`\(text(of: first))` is a whole command", at: first.range,
      "ends with its parenthesis",
      secondary: [Diagnostic.Label(rest, "belongs to its result, not to its value")])
    if arguments.count == 1, arguments[0].name == nil {
      let behind = SourceRange(
        source: callee.range.source, start: callee.range.end, end: callee.range.end)
      diagnostic.fixes = [Diagnostic.Fix(behind, " ")]
      diagnostic.help = hint(diagnostic.fixes)
    }
    return diagnostic
  }

  /// `for i in 0..len(xs)`: the range has one number more than the list has items.
  func warnOfLength(_ source: Expression) {
    guard case .range(let from, let to, nil, false) = source.form,
      case .number(0) = from.form, case .call(let callee, let arguments) = to.form,
      case .name("len") = callee.form, arguments.count == 1, scope.find("len") == nil
    else { return }
    let list = text(of: arguments[0].value)
    let fix = Diagnostic.Fix(gap(from.range, to.range), "..<")
    warn(
      Diagnostic(
        .rangeEnd, "`\(text(of: source))` goes one past the last index of `\(list)`",
        at: source.range, "ends with `len(\(list))` itself", help: hint([fix]), fixes: [fix]))
  }

  /// `print a -1`: two values, where one was perhaps meant.
  func warnOfSigns(in command: Command) {
    for (left, right) in zip(command.arguments, command.arguments.dropFirst()) {
      guard left.name == nil, right.name == nil, !right.value.isParenthesized else { continue }
      // A word such as `dense` cannot be subtracted from.
      if case .name(let name) = left.value.form, scope.find(name) == nil { continue }
      switch (left.value.form, right.value.form) {
      case (.number, .negate), (.name, .negate), (.index, .negate), (.field, .negate),
        (.call, .negate):
        break
      case (.number, .number(let number)), (.name, .number(let number)),
        (.index, .number(let number)), (.field, .number(let number)), (.call, .number(let number)):
        guard number < 0 else { continue }
      default: continue
      }
      let second = text(of: right.value)
      let (one, two) = (
        Diagnostic.Fix(
          gap(left.range, right.range).through(right.range), " - \(second.dropFirst())"),
        Diagnostic.Fix(right.range, "(\(second))")
      )
      warn(
        Diagnostic(
          .ambiguousSpacing, "`\(text(of: left.value)) \(second)` are two values here",
          at: left.range.through(right.range), "white space before `-`, none behind",
          help: hint([one], "to subtract") + hint([two], "for two values")))
    }
  }

  /// `print sqrt (4)`, `print xs [0]`: among arguments white space makes two values of them.
  func warnOfGaps(in command: Command) {
    for (left, right) in zip(command.arguments, command.arguments.dropFirst()) {
      guard left.name == nil, right.name == nil, case .name(let name) = left.value.form,
        !left.value.isParenthesized
      else { continue }
      let symbol = scope.find(name)
      let isFunction =
        symbol.map { $0.isFunction } ?? (vocabulary.function(name) != nil)
      var isSlip = isFunction && right.value.isParenthesized
      if case .list(let items) = right.value.form, items.count == 1, symbol != nil, !isFunction {
        isSlip = !right.value.isParenthesized
      }
      guard isSlip else { continue }
      let second = text(of: right.value)
      let shown = right.value.isParenthesized && !second.hasPrefix("(") ? "(\(second))" : second
      let fix = Diagnostic.Fix(gap(left.range, right.range), "")
      warn(
        Diagnostic(
          .ambiguousSpacing, "`\(name)` and `\(shown)` are two values here",
          at: left.range.through(right.range), "white space stands between them",
          help: hint([fix]), fixes: [fix]))
    }
  }
}

extension Expression {
  /// What an expression without parentheses begins with.
  fileprivate var leftmost: Expression {
    guard !isParenthesized else { return self }
    return switch form {
    case .binary(_, let left, _), .logical(_, let left, _): left.leftmost
    case .comparison(let first, _): first.leftmost
    case .range(let from, _, _, _): from.leftmost
    default: self
    }
  }
}
