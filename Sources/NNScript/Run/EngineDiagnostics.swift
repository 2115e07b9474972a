import NNEngine

// What the engine finds wrong, in the script's terms.

extension Diagnostic {
  /// An error of the engine at a place of the script.
  ///
  /// - Parameter places: the arguments of the command that met it, to mark the one that is meant.
  init(
    _ error: EngineError, at range: SourceRange?, in session: Session? = nil,
    _ places: CallPlaces? = nil
  ) {
    func place(of text: String) -> SourceRange? {
      places?.range(holding: text, in: session?.sources) ?? places?.subject ?? range
    }
    switch error {
    case .wrongInputShape(let layer, let expected, let found, let help):
      self.init(
        .shapeMismatch, "`\(layer)` takes \(expected), it is given \(found)", at: range,
        "\(found) arrives here", help: help.map { [$0] } ?? [])
    case .unequalShapes(let layer, let found):
      self.init(
        .shapeMismatch,
        "the ways that meet in `\(layer)` give "
          + found.map(\.description).joined(separator: " and "), at: range,
        "they do not fit each other")
    case .wrongParameterShape(let layer, let parameter, let expected, let found):
      let verb = parameter == "weights" ? "have" : "has"
      self.init(
        .shapeMismatch,
        "the \(parameter) of `\(layer)` \(verb) the shape \(expected), not \(found)",
        at: places.flatMap { $0.isGiven(parameter) ? $0.range(of: parameter) : nil } ?? range,
        "this is \(found)")
    case .outputMismatch(let found, let needed):
      self.init(
        .shapeMismatch,
        "the network ends in \(count(found, "value")), the targets need \(needed)", at: range)
    case .misfit(let misfit):
      self.init(.misfit, misfit.message, at: range, misfit.label, help: misfit.help)
    case .tooLarge(let what, let number):
      self.init(
        .limitReached, "\(what) would need \(Operators.many(number)) numbers, more than fit",
        at: places?.range(namedIn: what, in: session?.sources) ?? range, "too large")
    case .outOfMemory(let what, let bytes, let left):
      self.init(
        .limitReached,
        bytes == 0
          ? "there is not enough memory for more"
          : "\(what) would take \(Operators.bytes(bytes)), and \(Operators.bytes(left)) are left",
        at: range, "not enough memory")
    case .tooMuchHeld(let bytes, let budget):
      self.init(
        .limitReached,
        "the session holds \(Operators.bytes(bytes)), and may hold \(Operators.bytes(budget))",
        at: range, "not enough memory")
    case .interrupted: self.init(.interrupted, "interrupted", at: range)
    case .equationFault(let found, let place):
      let fault = found.fault
      let (when, what) = Diagnostic.words(for: place)
      self.init(
        .domainFault, "`\(fault.text)` in `\(found.name)` is not a finite number, \(when)",
        at: fault.origin.map { SourceRange(packed: $0) } ?? range,
        fault.isOverflow ? "became too large" : "left its domain here")
      if let range { secondary = [Diagnostic.Label(range, what)] }
    case .lossNotFinite(let fault):
      let what = fault.isInWeights ? "weights" : "the loss"
      self.init(
        .lossNotFinite,
        "\(what) became \(fault.isNaN ? "NaN" : "infinite") in epoch \(fault.epoch), "
          + "batch \(fault.batch) of \(fault.batches)", at: range)
    case .fileNotFound(let path, let folder, let present):
      let name = Diagnostic.fileName(path)
      self.init(
        .fileNotFound, "cannot open `\(name)`: there is no such file", at: place(of: path),
        folder.isEmpty || folder == "." ? "looked in the working directory" : "looked in \(folder)/"
      )
      if let near = Suggestion.nearest(to: name, among: present) {
        help = ["the same folder holds `\(near)`"]
      }
      notes = ["paths to read start in the script's folder, then in the working directory"]
    case .setNotInstalled(let name, let how):
      self.init(
        .fileNotFound, "the data set `\(name)` is not on this machine", at: place(of: name),
        "not found", help: [how])
    case .unreadableFile(let path, let reason):
      if places?.writes(path) == true {
        self.init(
          .unwritableFile, "cannot write `\(path)`: \(reason)", at: place(of: path), "not writable")
        break
      }
      self.init(
        .unreadableFile, "cannot open `\(Diagnostic.fileName(path))`: \(reason)",
        at: place(of: path), "not readable")
    case .badFile(let path, let problem, let detail, let hint):
      let name = Diagnostic.fileName(path)
      let lines = detail?.split(separator: "\n").map(String.init) ?? []
      self.init(
        places?.word.text == "load" ? .badModelFile : .badData,
        problem.contains("`\(name)`") ? problem : "`\(name)`: \(problem)", at: place(of: path),
        lines.count == 1 ? lines[0] : "")
      if lines.count > 1 { notes = lines }
      if let hint { help = [Diagnostic.typed(hint)] }
    case .unknownName(let what, let name, let known):
      let option = what == "class" && places?.isGiven("classes") == true ? "classes" : nil
      self.init(
        .unknownName, "there is no \(what) named `\(name)`",
        at: option.flatMap { places?.range(of: $0) } ?? place(of: name),
        option == nil ? "not \(article(what))" : "`\(name)` is missing here")
      if let near = Suggestion.nearest(to: name, among: known) {
        help = ["did you mean `\(near)`?"]
      } else if !known.isEmpty, known.count <= 24 {
        help = ["known: " + known.map { "`\($0)`" }.joined(separator: ", ")]
      }
    case .invalid(let message, let hint):
      self.init(
        .badData, message,
        at: places?.range(namedIn: message, in: session?.sources) ?? places?.subject ?? range)
      if let hint { help = [Diagnostic.typed(hint)] }
    }
  }

  private static func words(for place: EquationFault.Place) -> (when: String, doing: String) {
    switch place {
    case .step(let epoch, let batch): ("in epoch \(epoch), batch \(batch)", "while training")
    case .validation(let epoch, let row):
      ("behind epoch \(epoch), for row \(row) of the validation part", "while training")
    case .row(let row): ("for row \(row)", "while running the network")
    }
  }

  private static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// A hint that is only something to type gets a verb.
  private static func typed(_ hint: String) -> String {
    hint.hasPrefix("`") && hint.hasSuffix("`") ? "write \(hint)" : hint
  }
}

/// Why layers, targets and loss do not belong together, with the lines that made them.
struct MisfitExplanation {
  var misfit: Misfit
  var blueprint: Blueprint
  var facts: Forecast.DataFacts

  func diagnostic(at range: SourceRange) -> Diagnostic {
    let places = places(range)
    let isOfShape = misfit.units != nil
    let code: DiagnosticCode =
      switch misfit.place {
      case .command: .noModel
      case .targets: .undecidedTarget
      case .lastLayer, .loss: isOfShape ? .shapeMismatch : .misfit
      }
    var diagnostic = Diagnostic(
      code, misfit.message, at: places.primary, misfit.label, help: misfit.help)
    for (place, label) in places.others where place != places.primary {
      diagnostic.secondary.append(Diagnostic.Label(place, label))
    }
    if isOfShape, let input = facts.inputShape ?? blueprint.input {
      diagnostic.notes = [blueprint.shapesNote(from: input)]
    }
    return diagnostic
  }

  private func places(
    _ range: SourceRange
  ) -> (primary: SourceRange, others: [(SourceRange, String)]) {
    // Dropout and the like pass on what they get: the layer with units is the one to change.
    let maker = blueprint.parts.last { $0.unitsRange != nil }
    let layer = maker?.unitsRange ?? blueprint.parts.last?.range
    var others: [(SourceRange, String)] = []
    if let data = facts.range, !facts.label.isEmpty { others.append((data, facts.label)) }
    switch misfit.place {
    case .lastLayer:
      if let loss = blueprint.lossRange { others.append((loss, lossLabel)) }
      return (layer ?? range, others)
    case .loss: return (blueprint.lossRange ?? range, others)
    case .targets: return (facts.range ?? range, [(range, "has to know which")])
    case .command: return (range, others)
    }
  }

  private var lossLabel: String {
    guard let units = misfit.units else { return "the loss" }
    if case .classes(let number)? = facts.targets?.kind, number == units.needed {
      return "needs one value per class"
    }
    return "needs \(count(units.needed, "value")) per example"
  }
}

extension Blueprint {
  /// The same diagnostic with the shapes up to the layer that cannot take what it is given.
  func explain(
    _ error: EngineError, from input: Shape?, _ diagnostic: Diagnostic
  ) -> Diagnostic {
    guard case .wrongInputShape = error, parts.count > 1, let input else { return diagnostic }
    var diagnostic = diagnostic
    diagnostic.notes.append(shapesNote(from: input))
    return diagnostic
  }

  /// `shapes per example: data 64 -> dense1 32 -> dense2 8`, as far as layers fit each other.
  fileprivate func shapesNote(from input: Shape) -> String {
    var shapes: [Shape] = []
    var steps = ["\(self.input == nil ? "data" : "input") \(input)"]
    for (place, (name, inputs)) in zip(names, inputs(of: parts)).enumerated() {
      let given = inputs.map { $0 == Network.input ? input : shapes[$0] }
      guard let shape = try? parts[place].layer.outputShape(for: given, name: name) else { break }
      shapes.append(shape)
      steps.append("\(name) \(shape)")
    }
    let last = steps.suffix(12)
    return "shapes per example: " + (last.count < steps.count ? "… -> " : "")
      + last.joined(separator: " -> ")
  }
}
