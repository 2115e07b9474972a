import NNEngine

// What a model learns with: `loss`, `optimizer`, `metric`.

extension CommandEntry {
  /// `loss FUNCTION`; the functions are the engine's entries.
  static func loss(_ catalog: Catalog = .standard) -> CommandEntry {
    CommandEntry(
      family: "loss", "Chooses the loss to minimise.", members: catalog.losses,
      shared: LossSettings.spec, example: "loss crossentropy l2=0.001",
      foresee: { forecast, call in try foreseeLoss(&forecast, call, catalog) },
      own: { function, session, range in
        try .own(function, session, except: []) { settings in
          try session.ownLoss(function, settings, at: range)
        }
      }
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
        context.session.workspace.model.lossLine = context.line
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
      family: "optimizer", "Chooses the rule that updates the weights.",
      members: catalog.optimizers,
      shared: Spec(
        "options", "What every rule can be given.",
        .optionalNumber(
          "lr", 0...1_000_000, openBelow: true, whenAbsent: "the rule's own",
          "The learning rate; `train lr=` takes precedence."
        ).example("optimizer adam lr=0.01"),
        example: ""
      ) { $0 }, example: "optimizer adam lr=0.01",
      own: { function, session, range in
        try .own(function, session, except: ["lr", "t"]) { settings in
          try session.ownOptimizer(function, settings, at: range)
        }
      }
    ) { _, optimizer, rate in
      { context in
        context.session.workspace.model.rule = Model.Rule(
          optimizer: optimizer, learningRate: rate, line: context.line)
        return .none
      }
    }
  }

  static var metric: CommandEntry {
    CommandEntry(
      Spec(
        "metric", "Chooses the metrics that are reported besides the loss.",
        .metrics("metrics", "One or more metrics."),
        MetricSettings.positiveOption.example(
          "data breast_cancer\nmetric recall positive=malignant"),
        MetricSettings.thresholdOption.example("data breast_cancer\nmetric recall threshold=0.3"),
        MetricSettings.averageOption.example("metric f1 average=weighted"),
        example: "metric accuracy"
      ) { chosen, positive, threshold, average in
        { context in
          context.session.workspace.model.blueprint.metricSettings = MetricSettings(
            positive: positive, threshold: threshold, average: average, range: context.range)
          context.session.workspace.model.blueprint.metrics = try metrics(
            chosen, context.catalog)
          context.session.workspace.model.blueprint.metricsRange = context.site.range
          return .none
        }
      },
      foresee: { forecast, call in
        guard call.binding.isKnown, let value = call.value("metrics") else {
          forecast.model?.metrics = nil
          return
        }
        forecast.model?.metrics = try metrics(chosenMetrics(value), call.checker.vocabulary.catalog)
        forecast.model?.metricsRange = call.range
        forecast.model?.metricSettings = call.metricSettings
      })
  }
}

extension ForeseenCall {
  /// What is known of the options of `metric` or `evaluate`.
  var metricSettings: MetricSettings {
    let positive: Value? =
      switch value("positive") {
      case .text(let name)?: .text(name)
      case .host(let value as Value)?: value
      default: nil
      }
    let threshold: Double? =
      if case .number(let number)? = value("threshold") { number } else { nil }
    return MetricSettings(
      positive: positive, threshold: threshold, average: text("average") ?? "", range: range)
  }
}

private func metrics(_ chosen: [ChosenMetric], _ catalog: Catalog) throws -> [any Metric] {
  try chosen.compactMap { metric in
    switch metric {
    case .own(let metric): metric
    case .named(let name): try catalog.metrics.first { $0.name == name }?.makeWithDefaults()
    }
  }
}

private func chosenMetrics(_ value: ParameterValue) -> [ChosenMetric] {
  func chosen(_ one: Any) -> ChosenMetric? {
    (one as? any Metric).map { .own($0) } ?? (one as? String).map { .named($0) }
  }
  return switch value {
  case .text(let name): [.named(name)]
  case .texts(let names): names.map { .named($0) }
  case .host(let all as [Any]): all.compactMap(chosen)
  case .host(let one): [chosen(one)].compactMap { $0 }
  default: []
  }
}

/// A metric as a line names it.
private enum ChosenMetric {
  case named(String)
  /// A function of the script.
  case own(any Metric)
}

extension Parameter where Value == [ChosenMetric] {
  /// Metrics side by side, by name or as functions of the script.
  fileprivate static func metrics(_ name: String, _ summary: String) -> Self {
    Parameter(
      name, .words(family: "metric"), summary, isVariadic: true, unpack: chosenMetrics)
  }
}
