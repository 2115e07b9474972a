/// What a name in a scope stands for.
final class Symbol {
  let variable: Variable
  /// Where it was introduced.
  let range: SourceRange
  /// The function, as long as the name is known to be one `def`.
  var template: FunctionTemplate?
  /// Whether a `def` made it: alone on a line it is run.
  var isFunction = false
  /// Its value, where it is written out and never changes.
  var constant: Value?
  /// Whether anything reads it: else a warning says so.
  var isUsed = false
  /// Whether the statement that defines it had an error: uses of it are not errors again.
  var isBroken = false
  /// Whether not using it deserves a warning.
  var isWatched = false

  init(variable: Variable, range: SourceRange) {
    self.variable = variable
    self.range = range
  }
}

/// The names of a block, function or the top level.
final class Scope {
  var symbols = NameTable<Symbol>()
  let parent: Scope?
  /// The function whose calls hold the scope's variables; `nil` at top level.
  let owner: FunctionTemplate?
  /// Bodies of functions defined here, checked once all names of the scope are known.
  var pendingBodies: [() -> Void] = []

  init(parent: Scope?, owner: FunctionTemplate?) {
    self.parent = parent
    self.owner = owner
  }

  /// The symbol of a name here or further out.
  func find(_ name: String) -> Symbol? {
    var scope: Scope? = self
    while let current = scope {
      if let symbol = current.symbols[name] { return symbol }
      scope = current.parent
    }
    return nil
  }

  /// All names that can be seen from here.
  var visibleNames: [String] {
    var names: [String] = []
    var scope: Scope? = self
    while let current = scope {
      names += current.symbols.names.filter { !$0.contains(" ") }
      scope = current.parent
    }
    return names.sorted()
  }
}

/// The names of a session's top level, kept from run to run.
struct GlobalNames {
  var symbols = NameTable<Symbol>()
  /// How many slots are in use.
  var count = 0
  /// The names that the texts so far introduced or changed, in functions too.
  var changed = NameTable<Void>()
}
