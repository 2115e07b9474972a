import NNEngine

extension CommandEntry {
  /// `layer KIND …`; the kinds are the engine's entries.
  static func layer(_ catalog: Catalog = .standard) -> CommandEntry {
    CommandEntry(
      family: "layer", "Adds a layer to the current model.", members: catalog.layers,
      shared: layerOptions(), offers: Self.offers, example: "layer dense 16 relu",
      takesItselfBack: true,
      foresee: { forecast, call in try foreseeLayer(&forecast, call, catalog) }
    ) { _, layer, options in
      { context in
        try context.add(layer, options)
        return .none
      }
    }
  }

  private static func layerOptions() -> Spec<LayerOptions> {
    Spec(
      "options", "What every layer can be given.",
      .optional("name", .name, whenAbsent: "its kind and number", "Its name.").example(
        "layer dense 16 relu name=hidden"),
      Parameter<(any Initializer)?>(
        "init", .word(family: "initializer"), "How weights are initialised.",
        defaultText: "what suits the activation", isPositional: false
      ) {
        if case .host(let initializer as any Initializer) = $0 { initializer } else { nil }
      }.example("layer dense 16 relu init=he"),
      .value(
        "bias", .either([.truth, .tensor]), whenAbsent: "true", option: true,
        "Whether there is a bias, or its initial values."
      ).example("layer dense 16 relu bias=false"),
      .value(
        "weights", .tensor, whenAbsent: "by `init`", option: true,
        "The initial weights, `[inputs, units]`."
      ).example("model own { layer dense 1 weights=[[0.5], [0], [0], [-1]] }"),
      .value(
        "frozen", .either([.truth, .choice(["bias", "weights"])]), whenAbsent: "false",
        option: true, "Parameters that training does not change."
      ).example("layer dense 16 relu frozen=weights"),
      example: ""
    ) { name, initializer, bias, weights, frozen in
      var options = LayerOptions(name: name)
      options.initializer = initializer
      switch bias {
      case .truth(false)?: options.bias = .none
      case .truth(true)?, nil: options.bias = .zeros
      case let value?: options.bias = value.asTensor.map { .values($0) } ?? .zeros
      }
      options.weights = weights?.asTensor
      switch frozen {
      case .truth(true)?: options.frozen = [.weights, .bias]
      case let value?:
        if value.textValue == "bias" { options.frozen = [.bias] }
        if value.textValue == "weights" { options.frozen = [.weights] }
      case nil: break
      }
      return options
    }
  }
}

extension CommandEntry {
  /// Whether a layer has anything that an option of all layers could speak of: a dropout has no
  /// weights that could be given or frozen.
  fileprivate static func offers(_ spec: Spec<any Layer>, _ option: ParameterInfo) -> Bool {
    guard option.name != "name" else { return true }
    let least = spec.parameters.map { $0.isRequired ? $0.kind.leastValue : .none }
    guard let layer = try? spec.make(least) else { return true }
    let declared = layer.parameters(for: [1])
    switch option.name {
    case "init": return declared.contains { $0.role == .weights }
    case "bias": return declared.contains { $0.role == .bias }
    case "weights": return declared.contains { $0.name == "weights" }
    default: return declared.contains { $0.role != .state }
    }
  }
}

extension ParameterKind {
  /// A value that it takes.
  fileprivate var leastValue: ParameterValue {
    switch self {
    case .integer(let bounds): .integer(bounds.lowerBound)
    case .number(let bounds, let openBelow):
      .number(openBelow ? bounds.upperBound : bounds.lowerBound)
    case .truth: .truth(false)
    case .choice(let words): .text(words.first ?? "")
    case .size: .size([1])
    default: .none
    }
  }
}

extension CommandContext {
  /// Adds the layer where the model stands: a copy would go through all layers there are.
  fileprivate func add(_ layer: any Layer, _ options: LayerOptions) throws {
    session.workspace.model.blueprint.add(
      Blueprint.Part(
        layer: layer, options: options, line: line, range: site.range,
        unitsRange: places.rangeOfUnits))
    do {
      do {
        try checkLast(layer, options)
      } catch let error as EngineError {
        throw session.workspace.model.blueprint.explain(
          error, from: session.inputShape(of: session.workspace.model),
          Diagnostic(error, at: site.range, in: session, places))
      }
    } catch {
      session.workspace.model.blueprint.removeLast()
      throw error
    }
  }

  private func checkLast(_ layer: any Layer, _ options: LayerOptions) throws {
    guard let (name, isTaken) = session.workspace.model.blueprint.lastName() else { return }
    if isTaken { throw Blueprint.nameTaken(name, at: range(of: "name")) }
    guard let input = session.inputShape(of: session.workspace.model) else { return }
    let inputs = try session.workspace.model.blueprint.lastInputs(from: input)
    try session.workspace.model.blueprint.checkParameters(from: input)
    try checkStart(
      layer, name, inputs[0],
      weights: options.weights,
      bias: { if case .values(let bias) = options.bias { bias } else { nil } }())
  }
}

/// Works out the shape behind a layer before anything runs.
private func foreseeLayer(
  _ forecast: inout Forecast, _ call: ForeseenCall, _ catalog: Catalog
) throws {
  guard forecast.model != nil else { return }
  guard call.binding.isKnown, let kind = call.member?.text,
    let spec = catalog.layers.first(where: { $0.name == kind })
  else {
    forecast.model = nil
    return
  }
  let layer: any Layer
  do {
    layer = try spec.make(Array(call.binding.values.prefix(spec.parameters.count)))
  } catch let error as EngineError {
    forecast.model = nil
    throw Diagnostic(error, at: call.range, in: call.checker.session, call.places)
  }
  var options = LayerOptions()
  if case .text(let name) = call.value("name") { options.name = name }
  forecast.model?.add(
    Blueprint.Part(
      layer: layer, options: options, line: Declaration(word: "layer"), range: call.range,
      unitsRange: call.places.rangeOfUnits))
  try forecast.model?.checkLastName(
    at: options.name == nil ? call.range : call.range(of: "name"))
  guard let name = forecast.model?.lastName()?.name,
    let input = forecast.model?.input ?? forecast.facts?.inputShape
  else { return }
  do throws(EngineError) {
    guard let inputs = try forecast.model?.lastInputs(from: input) else { return }
    try forecast.model?.checkParameters(from: input)
    try checkStart(
      layer, name, inputs[0], weights: call.tensor("weights"), bias: call.tensor("bias"))
  } catch {
    let diagnostic = Diagnostic(error, at: call.range, in: call.checker.session, call.places)
    throw forecast.model?.explain(error, from: input, diagnostic) ?? diagnostic
  }
}

extension CallPlaces {
  /// Where a layer's number of outputs was written, if it has one.
  fileprivate var rangeOfUnits: SourceRange? {
    ["units", "filters"].first(where: isGiven).map(range(of:))
  }
}

extension Blueprint {
  /// - Throws: a diagnostic where the layer added last bears another's name.
  mutating func checkLastName(at range: SourceRange) throws {
    guard let (name, isTaken) = lastName(), isTaken else { return }
    throw Self.nameTaken(name, at: range)
  }

  static func nameTaken(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      .nameTaken, "two layers are named `\(name)`", at: range, "taken",
      help: ["give one of them another `name=`"])
  }
}

/// Holds given weights against the shape they must have.
private func checkStart(
  _ layer: any Layer, _ name: String, _ input: Shape, weights: Tensor?, bias: Tensor?
) throws(EngineError) {
  for declared in layer.parameters(for: input) {
    let given = declared.role == .bias ? bias : declared.name == "weights" ? weights : nil
    guard let given, given.shape != declared.shape else { continue }
    throw .wrongParameterShape(
      layer: name, parameter: declared.name, expected: declared.shape, found: given.shape)
  }
}

extension ForeseenCall {
  fileprivate func tensor(_ name: String) -> Tensor? {
    if case .tensor(let tensor)? = value(name) { tensor } else { nil }
  }
}
