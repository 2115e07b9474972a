import NNEngine

/// What one `augment` says; what it does not say stays as it was.
struct AugmentationChange {
  var flip: Bool?
  var shares: [(WritableKeyPath<Augmentation, Double>, Double?)]
  var points: [(WritableKeyPath<Augmentation, Int>, Int?)]

  var isEmpty: Bool {
    flip == nil && shares.allSatisfy { $0.1 == nil } && points.allSatisfy { $0.1 == nil }
  }

  func apply(to augmentation: inout Augmentation) {
    if let flip { augmentation.flip = flip }
    for (part, share) in shares { if let share { augmentation[keyPath: part] = share } }
    for (part, count) in points { if let count { augmentation[keyPath: part] = count } }
  }
}

extension CommandEntry {
  static var augment: CommandEntry {
    let spec = AugmentationChange.spec
    return CommandEntry(
      Spec<Action>(
        spec.name, spec.summary, parameters: spec.parameters, example: spec.example
      ) { values in
        let change = try spec.make(values)
        return { context in
          guard !change.isEmpty else { throw nothingChosen(context.site.word.range) }
          var augmentation = context.session.workspace.model.blueprint.augmentation
          change.apply(to: &augmentation)
          if let shape = context.session.workspace.data?.preprocessing.inputShape {
            try check(augmentation, shape, context.places)
          }
          context.session.workspace.model.blueprint.augmentation = augmentation
          return .none
        }
      },
      foresee: { forecast, call in
        guard call.binding.isKnown,
          let change = try? spec.make(call.binding.values)
        else { return }
        guard !change.isEmpty else { throw nothingChosen(call.word.range) }
        guard var augmentation = forecast.model?.augmentation else { return }
        change.apply(to: &augmentation)
        forecast.model?.augmentation = augmentation
        if let shape = forecast.facts?.inputShape ?? forecast.model?.input {
          try check(augmentation, shape, call.places)
        }
      })
  }
}

private func check(
  _ augmentation: Augmentation, _ shape: Shape, _ places: CallPlaces
) throws {
  do throws(EngineError) {
    try augmentation.check(shape)
  } catch {
    throw Diagnostic(error, at: places.word.range, in: nil, places)
  }
}

private func nothingChosen(_ range: SourceRange) -> Diagnostic {
  Diagnostic(
    .missingValue, "`augment` says nothing of what to change", at: range, "nothing is chosen",
    help: ["write `augment flip shift=10%`"])
}

extension AugmentationChange {
  fileprivate static var spec: Spec<AugmentationChange> {
    Spec(
      "augment",
      "Changes training pictures by chance, other ones in each epoch; several lines add up.",
      .optionalTruth(
        "flip", whenAbsent: "false", "Whether half of them are mirrored, left and right."
      ).example("data digits\naugment flip"),
      share("shift", 0...1, "How far they are moved: up to this share of width and height."),
      share("rotate", 0...180, "How far they are turned: up to so many degrees either way.", "15"),
      share("zoom", 0...0.9, "How much larger or smaller they get: up to this share."),
      share("brightness", 0...1, "How much is added to all points: up to this share of the range."),
      share(
        "contrast", 0...1,
        "By how much the distance from the picture's mean grows or shrinks: up to this share."),
      points("crop", "How far they are moved: up to so many points."),
      points("cutout", "The side of a square that is filled with the picture's mean."),
      share(
        "mixup", 0...1,
        "Mixes each with another, and the targets alike: the parameter of the beta distribution "
          + "of the shares.", "0.2"),
      share(
        "noise", 0...1, "The deviation of what is added to each point: this share of the range."),
      example: "data digits\naugment shift=10% rotate=15"
    ) { flip, shift, rotate, zoom, brightness, contrast, crop, cutout, mixup, noise in
      AugmentationChange(
        flip: flip,
        shares: [
          (\.shift, shift), (\.rotate, rotate), (\.zoom, zoom), (\.brightness, brightness),
          (\.contrast, contrast), (\.mixup, mixup), (\.noise, noise),
        ], points: [(\.crop, crop), (\.cutout, cutout)])
    }
  }

  private static func share(
    _ name: String, _ range: ClosedRange<Double>, _ summary: String, _ value: String = "10%"
  ) -> Parameter<Double?> {
    .optionalNumber(name, range, whenAbsent: "0", summary)
      .example("data digits\naugment \(name)=\(value)")
  }

  private static func points(_ name: String, _ summary: String) -> Parameter<Int?> {
    .optionalInteger(name, 0...4_096, whenAbsent: "0", summary)
      .example("data digits\naugment \(name)=2")
  }
}

extension Augmentation {
  /// The line that chooses it; `nil` for nothing.
  var line: Declaration? {
    guard !isNone else { return nil }
    let numbers: [(String, Double)] = [
      ("shift", shift), ("rotate", rotate), ("zoom", zoom), ("brightness", brightness),
      ("contrast", contrast), ("crop", Double(crop)), ("cutout", Double(cutout)), ("mixup", mixup),
      ("noise", noise),
    ]
    return Declaration(
      word: "augment",
      settings: [.init(name: "flip", value: .truth(flip))]
        + numbers.filter { $0.1 != 0 }.map { .init(name: $0.0, value: .number($0.1)) })
  }
}
