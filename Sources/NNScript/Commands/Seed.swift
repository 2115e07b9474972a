import NNEngine

extension CommandEntry {
  static var seed: CommandEntry {
    CommandEntry(
      Spec(
        "seed",
        "Makes everything random from here on reproducible: split, weights, order, dropout, `random`.",
        .integer("number", 0...9_007_199_254_740_991, "Any whole number; 0 without a `seed`."),
        example: "seed 42"
      ) { number in
        { context in
          context.session.workspace.setSeed(UInt64(number))
          return .none
        }
      },
      foresee: { forecast, call in
        forecast.seed = nil
        if case .integer(let number)? = call.value("number") { forecast.seed = UInt64(number) }
        guard forecast.facts?.isDrawn == true else { return }
        call.checker.warn(
          Diagnostic(
            .lateSeed, "the data were split before this `seed`", at: call.range,
            "the split does not follow it", help: ["move it above `data`"]))
      })
  }
}
