import NNEngine

extension FunctionEntry {
  /// A schedule as a function that gives a number: of its settings, and of where a training is.
  ///
  /// Where it is are values like others, `cosine(0.01, epoch=3, epochs=10)`; in a formula of `train`
  /// they may be left out, and are then the training's own.
  static func schedule(_ spec: Spec<any Schedule>) -> FunctionEntry {
    var parameters = spec.parameters.map { Parameter(setting: $0) }
    let own = parameters.count
    parameters.append(Parameter(name: "epoch", liveName: "epoch"))
    parameters.append(Parameter(name: "losses", defaultText: "[]", liveName: "losses"))
    return FunctionEntry(
      spec.name, spec.summary, parameters, example: "print \(spec.name)(0.01\(Self.place(spec)))"
    ) { context, values in
      let call = FunctionCall(name: spec.name, values: values, context: context)
      let settings = try zip(spec.parameters.indices, spec.parameters).map { index, info in
        try info.bound(values[index], argument: index)
      }
      let progress = TrainingProgress(
        epoch: try call.integer(own, 1...Operators.countLimit),
        losses: call.has(own + 1) ? try call.list(own + 1).items.compactMap(\.numberValue) : [])
      return .number(try spec.make(settings).rate(progress))
    }
  }

  private static func place(_ spec: Spec<any Schedule>) -> String {
    let needsLength = spec.parameters.contains { $0.name == "epochs" && $0.isRequired }
    return ", epoch=3" + (needsLength ? ", epochs=10" : "")
  }
}

extension FunctionEntry.Parameter {
  /// A setting of an entry; one that has to be given and bears the name of a live value is that.
  init(setting info: ParameterInfo) {
    self.init(
      name: info.name, defaultText: info.defaultText, info: info,
      liveName: info.name == "epochs" && info.isRequired ? info.name : nil)
  }
}

extension ParameterInfo {
  /// A function's value as the entry takes it.
  ///
  /// - Throws: `ValueError` where it is of another kind or out of range.
  func bound(_ value: Value?, argument: Int) throws -> ParameterValue {
    guard let value, !value.isNone else { return .none }
    let offer = Offer(content: .value(value), range: SourceRange(source: 0, start: 0, end: 0))
    switch kind.fit(offer, NoWords()) {
    case .fits(let bound): return bound
    case .perhaps: return .none
    case .refused(let why):
      throw ValueError(
        code: why.code, message: why.wholeMessage ?? "`\(name)` \(why.message)", label: why.label,
        help: why.help, argument: argument)
    }
  }
}

/// Settings of functions are values, never words.
private struct NoWords: WordSource {
  func words(ofFamily family: String) -> [String]? { [] }
  func value(of word: String, inFamily family: String) -> ParameterValue { .none }
  func options(of word: String, inFamily family: String) -> [ParameterInfo] { [] }
  func value(
    of word: String, inFamily family: String, options: [ParameterValue]
  ) throws -> ParameterValue { .none }
}
