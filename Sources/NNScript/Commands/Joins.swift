import NNEngine

// Ways that part and meet: `residual { … }`, `branch { … } { … }`.

extension CommandEntry {
  static var residual: CommandEntry {
    Joining(layer: Sum(), hasWayAround: true).entry(
      "residual",
      "Adds the block's input to its output (skip connection); a second block transforms the input first.",
      blocks: 1...2,
      example: "residual {\n  layer dense 8 relu\n  layer dense 8\n}")
  }

  static var branch: CommandEntry {
    Joining(layer: Concatenation(), hasWayAround: false).entry(
      "branch", "Feeds one input to several blocks and concatenates their outputs.",
      blocks: 2...64, example: "branch { layer dense 4 relu } { layer dense 4 tanh }")
  }

  static var ensemble: CommandEntry {
    let joining = Joining(layer: Ensemble(), hasWayAround: false)
    return joining.entry(
      Spec(
        "ensemble",
        "Trains several copies of its block, each on its own sample of rows, and averages their outputs.",
        .integer("members", 2...256, default: 8, "The number of copies of the block."),
        joining.name(
          "ensemble", example: "ensemble 4 name=own {\n  layer dense 16 relu\n}"),
        example: "ensemble 4 {\n  layer dense 16 relu\n}"
      ) { members, name in
        { context in
          if context.isGiven("members"), context.blocks.count > 1 {
            throw Diagnostic(
              .extraValue, "`ensemble` copies a block or takes several, not both",
              at: context.range(of: "members"), "leave this out, or all blocks but one")
          }
          try joining.run(context, name: name, members: members)
          return .none
        }
      }, blocks: 1...64)
  }
}

/// A command whose blocks hold layers and end in a join, foreseen and run alike.
private struct Joining {
  let layer: any Join
  let hasWayAround: Bool

  func entry(
    _ word: String, _ summary: String, blocks: ClosedRange<Int>, example: String
  ) -> CommandEntry {
    entry(
      Spec(
        word, summary, name(word, example: word + " name=own" + example.dropFirst(word.count)),
        example: example
      ) { name in
        { context in
          try run(context, name: name)
          return .none
        }
      }, blocks: blocks)
  }

  func name(_ word: String, example: String) -> Parameter<String?> {
    .optional("name", .name, whenAbsent: "its word and number", "Its name.")
      .example(example)
  }

  func entry(_ spec: Spec<Action>, blocks: ClosedRange<Int>) -> CommandEntry {
    CommandEntry(
      spec,
      blocks: CommandEntry.Blocks(
        count: blocks, runsOnce: true, foreseeStart: { $0.model?.beginBlock() },
        foreseeEnd: foreseeEnd),
      foresee: { forecast, call in
        if let blueprint = forecast.model { try checkDepth(blueprint, call.word) }
        forecast.model?.begin(call.word)
      })
  }

  /// - Parameter members: how many copies of an only block there are in all.
  func run(_ context: CommandContext, name: String?, members: Int = 1) throws {
    let session = context.session
    let (word, current) = (context.site.word, session.workspace.currentName)
    try checkDepth(session.workspace.model.blueprint, word)
    session.workspace.model.blueprint.begin(word)
    let depth = session.workspace.model.blueprint.open.count
    for block in context.blocks {
      session.workspace.model.blueprint.beginBlock()
      try context.run(block)
    }
    var model = session.workspace.model
    guard session.workspace.currentName == current, model.blueprint.open.count == depth else {
      throw otherModel(word)
    }
    var line = context.line
    if members > 1 {
      try checkCopies(model.blueprint, members, word)
      model.blueprint.repeatBlock(members)
      // All members stand in its blocks from now on.
      line.settings.removeAll { $0.name == "members" }
    }
    let input = session.inputShape(of: model)
    let projection = model.blueprint.end(
      part(name: name, line: line, at: context.site.range), hasWayAround: hasWayAround, from: input)
    try check(
      &model.blueprint, word,
      name: context.isGiven("name") ? context.range(of: "name") : word.range, input: input)
    session.workspace.model = model
    if let projection {
      let names = model.blueprint.names.suffix(2)
      context.note(
        "`\(names.last ?? "")` has a convolution on its way around, `\(names.first ?? "")`: "
          + projection.text)
    }
  }

  private func foreseeEnd(_ forecast: inout Forecast, _ call: ForeseenCall) throws {
    guard var blueprint = forecast.model else { return }
    guard !blueprint.open.isEmpty else { throw otherModel(call.word) }
    var name: String?
    if call.isGiven("name") {
      name = call.text("name")
      guard name != nil else {
        forecast.model = nil
        return
      }
    }
    if layer is Ensemble {
      guard call.binding.isKnown, case .integer(let members) = call.value("members") ?? .integer(8)
      else {
        forecast.model = nil
        return
      }
      try checkCopies(blueprint, members, call.word)
      blueprint.repeatBlock(members)
    }
    let input = blueprint.input ?? forecast.facts?.inputShape
    _ = blueprint.end(
      part(name: name, line: Declaration(word: ""), at: call.range), hasWayAround: hasWayAround,
      from: input)
    forecast.model = nil
    defer { forecast.model = blueprint }
    try check(
      &blueprint, call.word, name: name == nil ? call.word.range : call.range(of: "name"),
      input: input)
  }

  private func part(name: String?, line: Declaration, at range: SourceRange) -> Blueprint.Part {
    Blueprint.Part(layer: layer, options: LayerOptions(name: name), line: line, range: range)
  }

  // MARK: What can be wrong

  private func checkDepth(_ blueprint: Blueprint, _ word: Name) throws {
    guard blueprint.open.count >= Blueprint.deepestBlock else { return }
    throw Diagnostic(
      .limitReached, "more than \(Blueprint.deepestBlock) blocks of layers stand in each other",
      at: word.range, "too deep")
  }

  /// Ensembles in each other multiply their layers.
  private func checkCopies(_ blueprint: Blueprint, _ members: Int, _ word: Name) throws {
    let layers = Operators.product(blueprint.onlyBlockCount, members)
    guard layers > Blueprint.mostCopies else { return }
    throw Diagnostic(
      .limitReached,
      "\(members) copies of its block are \(layers) layers, more than \(Blueprint.mostCopies)",
      at: word.range, "too large", help: ["choose fewer members: `ensemble 8 { … }`"])
  }

  private func otherModel(_ word: Name) -> Diagnostic {
    Diagnostic(
      .misplacedStatement, "the block of `\(word.text)` turns to another model", at: word.range,
      "its layers belong to one model", help: ["let the block hold layers alone"])
  }

  /// Holds the join that was added last against its blocks.
  private func check(
    _ blueprint: inout Blueprint, _ word: Name, name: SourceRange, input: Shape?
  ) throws {
    try blueprint.checkLastName(at: name)
    guard let blocks = blueprint.parts.last?.blocks else { return }
    guard blocks.count > 0 else {
      throw Diagnostic(
        .missingValue, "`\(word.text)` has no layer in its block", at: word.range,
        "nothing to \(hasWayAround ? "go around" : layer is Ensemble ? "train" : "put side by side")",
        help: ["write a layer into it: `\(word.text) { layer dense 16 relu }`"])
    }
    guard let input else { return }
    do throws(EngineError) {
      _ = try blueprint.lastShape(from: input)
    } catch {
      guard case .unequalShapes(let name, let found) = error else {
        throw Diagnostic(error, at: word.range)
      }
      throw mismatch(blueprint, blocks, word, name, found)
    }
  }

  private func mismatch(
    _ blueprint: Blueprint, _ blocks: Blueprint.Blocks, _ word: Name, _ name: String,
    _ found: [Shape]
  ) -> Diagnostic {
    // The last layer of each block, where it has any.
    var ends: [Blueprint.Part?] = []
    var start = blueprint.parts.count - 1 - blocks.count
    for size in blocks.sizes {
      start += size
      ends.append(size == 0 ? nil : blueprint.parts[start - 1])
    }
    func size(_ end: Blueprint.Part?, _ shape: Shape) -> Diagnostic.Label {
      Diagnostic.Label(end?.unitsRange ?? end?.range ?? word.range, "\(values(shape)) per example")
    }
    guard blocks.hasWayAround, let end = ends[0], let around = found.last else {
      let (problem, label, help) =
        switch layer {
        case is Ensemble:
          (
            "of which there is no mean", "takes their mean",
            "let all blocks end in layers of one size"
          )
        case is Sum: ("which cannot be added", "adds them", "let both blocks end in one shape")
        default:
          (
            "which do not fit side by side", "joins along the last axis",
            "end each block with `layer flatten`"
          )
        }
      var diagnostic = Diagnostic(
        .shapeMismatch,
        "the blocks of `\(name)` give " + list(found.map(\.description)) + ", " + problem,
        at: word.range, label, help: [help])
      diagnostic.secondary = zip(ends, found).map(size)
      return diagnostic
    }
    var diagnostic = Diagnostic(
      .shapeMismatch,
      "the block of `\(name)` gives \(values(found[0])), its input has \(around)",
      at: size(end, found[0]).range, size(end, found[0]).text,
      secondary: [Diagnostic.Label(word.range, "\(values(around)) go around the block")])
    if around.rank == 1 {
      diagnostic.help =
        end.layer.kind == "dense"
        ? ["write `layer dense \(around)\(suffix(end.layer.activation))`"]
        : ["end the block with `layer dense \(around)`"]
    } else if found[0].rank == 3 {
      diagnostic.help = [
        "write a way around that gives \(found[0]): "
          + "`residual { … } { layer conv \(found[0][2]) 1x1 }`"
      ]
    }
    return diagnostic
  }

  private func suffix(_ activation: (any Activation)?) -> String {
    activation.map { $0.name == "linear" ? "" : " \($0.name)" } ?? ""
  }

  private func values(_ shape: Shape) -> String {
    shape.rank == 1 ? count(shape.count, "value") : "\(shape) values"
  }

  private func list(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
  }
}
