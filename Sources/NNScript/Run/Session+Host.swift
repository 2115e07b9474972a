import NNEngine

// What a host puts into a session and takes out of it, beside the texts it runs.

extension Session {
  /// The script's top-level names, sorted.
  public var names: [String] { topLevelNames }

  /// Gives a top-level name a value, as `let` or `=` would.
  ///
  /// - Throws: `ScriptError` where the text is no name, or is one of the language's words.
  public func set(_ name: String, to value: Value) throws {
    let isKnown = globals.symbols[name] != nil
    let text = isKnown ? "\(name) = none" : "let \(name) = none"
    try bounded {
      // What else a text might do that is put together with it.
      guard Self.isName(name) else {
        throw error([
          Diagnostic(
            .unknownName, "`\(name)` is no name", at: nil,
            help: ["letters, digits and `_`, not beginning with a digit"])
        ])
      }
      try run(text, from: Origin(name: "<\(name)>"))
      guard let symbol = globals.symbols[name], case .global(let slot) = symbol.variable.storage
      else { return }
      (symbol.constant, symbol.template, symbol.isFunction) = (nil, nil, false)
      try machine.setGlobal(slot, value)
    }
  }

  /// Makes a function of the host known by its name; help and completion know it too.
  ///
  /// - Throws: `ScriptError` where its name is one of the language's words.
  public func define(_ function: FunctionEntry) throws {
    try set(function.name, to: .function(function))
  }

  /// The value of a name, or of a field behind it: `rows`, `model.dense1.weights`; `nil` where there is
  /// none.
  ///
  /// - Throws: `EngineError` where a part of the session cannot be read.
  public func value(ofPath path: String) throws -> Value? {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let first = parts.first else { return nil }
    let isLive = ["model", "data"].contains(first) || workspace.modelNames.contains(first)
    var value = try self[first] ?? (isLive ? liveValue(first) : nil)
    for part in parts.dropFirst() {
      switch value {
      case .record(let box)?: value = box.index(of: part).map { box.fields[$0].value }
      case .object(let box)?: value = try bounded { try box.object.field(part) }
      default: return nil
      }
    }
    return value
  }

  /// A text as a script writes it, between quotes.
  public static func literal(_ text: String) -> String {
    let range = SourceRange(source: 0, start: 0, end: 0)
    return Printer.print(Expression(.text([.literal(text)]), range))
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first == "_" else { return false }
    return text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  // MARK: Predicting

  /// The numbers in a row of the current model's inputs, and in a row of its answers; `nil` where there
  /// is no network. Rows that are not plain hold texts, dates or gaps.
  ///
  /// - Throws: `EngineError` where a network cannot be built.
  public func rowSizes() throws -> (inputs: Int, answers: Int, arePlain: Bool)? {
    try rowPredictor().map { ($0.rowLength, $0.answerLength, $0.takesPlainRows) }
  }

  /// Predicts rows of raw numbers that stand one after the other: for each row the probabilities of
  /// the classes, or the values in the targets' own units. Allocates nothing once it is warm.
  ///
  /// - Parameters:
  ///   - inputs: `rows` · `rowSizes().inputs` numbers.
  ///   - answers: room for `rows` · `rowSizes().answers` numbers.
  /// - Throws: `EngineError` where there is no network, where its rows are not plain, and where inputs
  ///   or answers are not finite.
  public func predict(
    _ inputs: UnsafePointer<Double>, rows: Int, into answers: UnsafeMutablePointer<Double>
  ) throws {
    guard let predictor = try rowPredictor() else {
      throw EngineError.invalid("there is no network yet", help: "`train` or `load` makes one")
    }
    // So few are over before anyone could ask.
    if rows <= 64 { return try predictor.predict(inputs, rows: rows, into: answers) }
    try bounded { try predictor.predict(inputs, rows: rows, into: answers) }
  }

  private func rowPredictor() throws -> Predictor? {
    if workspace.model.network == nil { try bounded { try buildIfPossible() } }
    guard let network = workspace.model.network, let preprocessing = workspace.model.preprocessing
    else { return nil }
    return predictor(network, preprocessing)
  }
}
