import NNEngine

// Several models side by side: `model`, `use`, `reset`.

extension CommandEntry {
  static var model: CommandEntry {
    CommandEntry(
      Spec(
        "model",
        "Shows the model; with a name or block starts another, which becomes the current one.",
        .optional(
          "name", .definition, whenAbsent: "none", option: false,
          "The name of the new model; `new` starts one without a name."),
        example: "model small { layer dense 4 relu }\nmodel"
      ) { name in
        { context in
          guard name != nil || !context.blocks.isEmpty else {
            context.session.print(try context.modelDescription(), command: "model")
            return .none
          }
          let name = name == "new" ? "" : name ?? ""
          context.session.workspace.startModel(name)
          if name.isEmpty, context.blocks.isEmpty { context.note("started an empty model") }
          for block in context.blocks { try context.run(block) }
          return .none
        }
      }, blocks: Blocks(count: 0...1, runsOnce: true),
      foresee: { forecast, call in
        guard call.isGiven("name") || call.hasBlocks else { return }
        forecast.model = Blueprint()
        forecast.hasLearnt = false
      })
  }

  static var use: CommandEntry {
    CommandEntry(
      Spec(
        "use", "Makes a model the current one.",
        .required("name", .word(family: "model"), "The model's name."),
        example: "model a { layer dense 4 relu }\nmodel b { layer dense 9 tanh }\nuse a"
      ) { name in
        { context in
          guard context.session.workspace.use(name) else {
            throw Diagnostic(
              .unknownName, "there is no model named `\(name)`", at: context.range(of: "name"))
          }
          return .none
        }
      }, foresee: { forecast, _ in forecast.model = nil })
  }

  static var reset: CommandEntry {
    CommandEntry(
      Spec(
        "reset",
        "Resets the weights to their initial values; scaling and classes are forgotten too.",
        example: "reset"
      ) {
        { context in
          let workspace = context.session.workspace
          try context.session.workspace.model.startAnew(seed: workspace.seed)
          if workspace.data != nil { context.session.workspace.model.preprocessing = nil }
          return .none
        }
      }, foresee: { forecast, _ in forecast.hasLearnt = false })
  }
}
