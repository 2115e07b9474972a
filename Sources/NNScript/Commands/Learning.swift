import NNEngine

// What a model learns with: `loss`, `optimizer`, `metric`.

extension CommandEntry {
  /// `loss FUNCTION`; the functions are the engine's entries.
  static func loss(_ catalog: Catalog = .standard) -> CommandEntry {
    CommandEntry(
      family: "loss", "Chooses what training makes small.", members: catalog.losses,
      shared: LossSettings.spec, example: "loss crossentropy l2=0.001",
      foresee: { forecast, call in try foreseeLoss(&forecast, call, catalog) }
    ) { _, loss, settings in
      { context in
        var settings = settings
        if context.isGiven("class_weights") {
          settings.classWeightsRange = context.range(of: "class_weights")
        }
        try settings.check(loss, range: context.range)
        context.session.workspace.model.blueprint.loss = loss
        context.session.workspace.model.blueprint.lossSettings = settings
        context.session.workspace.model.blueprint.lossRange = context.memberRange
        context.session.workspace.model.lossText = context.line
        return .none
      }
    }
  }

  private static func foreseeLoss(
    _ forecast: inout Forecast, _ call: ForeseenCall, _ catalog: Catalog
  ) throws {
    guard let spec = catalog.losses.first(where: { $0.name == call.member?.text }) else {
      forecast.model = nil
      return
    }
    let own = spec.parameters.count
    let loss = try? spec.make(Array(call.binding.values.prefix(own)))
    forecast.model?.loss = loss
    forecast.model?.lossRange = call.member?.range
    forecast.model?.lossSettings = LossSettings()
    guard let loss, call.binding.isKnown,
      var settings = try? LossSettings.spec.make(Array(call.binding.values.dropFirst(own)))
    else { return }
    if call.isGiven("class_weights") {
      settings.classWeightsRange = call.range(of: "class_weights")
    }
    try settings.check(loss, range: call.range)
    forecast.model?.lossSettings = settings
  }

  /// `optimizer RULE`; the rules are the engine's entries.
  static func optimizer(_ catalog: Catalog = .standard) -> CommandEntry {
    CommandEntry(
      family: "optimizer", "Chooses how weights follow their gradients.",
      members: catalog.optimizers,
      shared: Spec(
        "options", "What every rule can be given.",
        .optionalNumber(
          "lr", 0...1_000_000, openBelow: true, whenAbsent: "the rule's own",
          "The step size; `train lr=` wins over it."),
        example: ""
      ) { $0 }, example: "optimizer adam lr=0.01"
    ) { _, optimizer, rate in
      { context in
        context.session.workspace.model.rule = Model.Rule(
          optimizer: optimizer, learningRate: rate, text: context.line)
        return .none
      }
    }
  }

  static var metric: CommandEntry {
    CommandEntry(
      Spec(
        "metric", "Chooses the figures that are reported besides the loss.",
        .words("metrics", family: "metric", "One or several, side by side."),
        example: "metric accuracy"
      ) { names in
        { context in
          let all = context.catalog.metrics
          context.session.workspace.model.metrics = try names.compactMap { name in
            try all.first { $0.name == name }?.makeWithDefaults()
          }
          return .none
        }
      })
  }
}
