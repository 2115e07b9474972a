import NNEngine

extension CommandEntry {
  static var seed: CommandEntry {
    CommandEntry(
      Spec(
        "seed", "Fixes all chance from its line on: split, weights, order, dropout, random.",
        .integer("number", 0...9_007_199_254_740_991, "Any whole number; 0 without a `seed`."),
        example: "seed 42"
      ) { number in
        { context in
          if context.session.workspace.hasSplit {
            context.warn(
              Diagnostic(
                .lateSeed, "the data were split before this `seed`", at: context.site.range,
                "the split does not follow it", help: ["move it above `data`"]))
          }
          context.session.workspace.setSeed(UInt64(number))
          return .none
        }
      })
  }
}
