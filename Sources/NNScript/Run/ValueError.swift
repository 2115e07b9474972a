import NNEngine

/// What is wrong with values, as facts; the machine knows the place and makes the diagnostic.
struct ValueError: Error, Equatable {
  var code: DiagnosticCode
  var message: String
  /// What stands under the marked place.
  var label = ""
  var help: [String] = []
  var notes: [String] = []
  /// Which argument or operand is meant, where one can be named.
  var argument: Int?
}

extension ValueError {
  /// A value of a kind that a function or operator does not take.
  static func wrongType(
    _ word: String, takes expected: String, found: Value, argument: Int?, help: [String] = []
  ) -> ValueError {
    ValueError(
      code: .wrongType, message: "`\(word)` takes \(expected), not \(found.kindName)",
      label: "this is \(found.kindName)", help: help, argument: argument)
  }

  /// A result that is no finite number.
  static func domain(_ message: String, label: String = "", help: [String] = []) -> ValueError {
    ValueError(code: .domainFault, message: message, label: label, help: help)
  }

  static func unknownArgument(
    _ name: String, of word: String, known: [String], argument: Int
  ) -> ValueError {
    ValueError(
      code: .unknownOption, message: "\(word) has no parameter `\(name)`",
      label: "unknown parameter",
      help: Suggestion.nearest(to: name, among: known).map { ["did you mean `\($0)`?"] } ?? [],
      notes: known.isEmpty
        ? ["it takes no values"] : ["it takes \(known.map { "`\($0)`" }.joined(separator: ", "))"],
      argument: argument)
  }

  static func twice(_ name: String, argument: Int) -> ValueError {
    ValueError(
      code: .duplicateOption, message: "`\(name)` is given twice", label: "given before",
      argument: argument)
  }

  static func tooMany(given: Int, takes: Int, _ word: String, argument: Int) -> ValueError {
    let takesText = takes == 0 ? "no value" : takes == 1 ? "one value" : "\(takes) values"
    return ValueError(
      code: .extraValue, message: "\(word) takes \(takesText), \(given) are given",
      label: "one too many", argument: argument)
  }
}

extension Value {
  /// Refuses a value that is nested too deep to be put into another, or holds too much.
  func checkNesting() throws {
    if depth >= ListBox.depthLimit { throw ValueError.tooDeep }
    try checkWeight()
  }

  /// Refuses a value that is small only because parts of it stand in it many times.
  func checkWeight() throws {
    if weight > Operators.countLimit { throw ValueError.tooHeavy(weight) }
  }
}

extension ListBox {
  func checkNesting() throws {
    if depth > Self.depthLimit { throw ValueError.tooDeep }
    if weight > Operators.countLimit { throw ValueError.tooHeavy(weight) }
  }
}

extension ValueError {
  fileprivate static var tooDeep: ValueError {
    ValueError(
      code: .limitReached, message: "values are nested too deep",
      label: "\(ListBox.depthLimit) levels are the limit")
  }

  static func tooHeavy(_ weight: Int) -> ValueError {
    ValueError(
      code: .limitReached,
      message: "this value would hold \(Operators.many(weight)) values, those within it included",
      label: "\(Operators.countLimit) are the limit")
  }
}

extension Machine {
  /// An error with its place and the calls that led there.
  func located(
    _ error: any Error, at place: UnsafePointer<Instruction>, in header: UnsafePointer<CodeHeader>,
    floor: Int
  ) -> any Error {
    let position = header.pointee.code.takeUnretainedValue().position(at: place)
    var diagnostic: Diagnostic
    if let facts = error as? ValueError ?? delegate.facts(of: error) {
      var range = position.range
      if let argument = facts.argument, position.operands.indices.contains(argument) {
        range = position.operands[argument]
      }
      diagnostic = Diagnostic(
        facts.code, facts.message, at: range, facts.label, help: facts.help, notes: facts.notes)
    } else if let known = error as? Diagnostic {
      diagnostic = known
      if diagnostic.primary == nil { diagnostic.primary = Diagnostic.Label(position.range) }
    } else {
      return error
    }
    // The innermost calls say most: three of them.
    var callee = header
    var depth = frameCount
    while depth > floor, diagnostic.secondary.count < 3 {
      depth -= 1
      let frame = frames[depth]
      let name = callee.pointee.code.takeUnretainedValue().name
      let call = frame.header.pointee.code.takeUnretainedValue()
        .position(at: frame.instruction - 1).range
      let label = Diagnostic.Label(call, name.isEmpty ? "called here" : "in `\(name)`, called here")
      if diagnostic.primary?.range != call, !diagnostic.secondary.contains(label) {
        diagnostic.secondary.append(label)
      }
      callee = frame.header
    }
    return diagnostic
  }
}
