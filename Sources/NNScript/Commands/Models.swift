import NNEngine

// Several models side by side: `model`, `use`, `reset`.

extension CommandEntry {
  static var model: CommandEntry {
    CommandEntry(
      Spec(
        "model", "Starts a model, by name or without, and makes it current.",
        .optional("name", .definition, whenAbsent: "none", option: false, "What it is called."),
        example: "model small { layer dense 4 relu }"
      ) { name in
        { context in
          context.session.workspace.startModel(name ?? "")
          if name == nil, context.blocks.isEmpty { context.note("started an empty model") }
          for block in context.blocks { try context.run(block) }
          return .none
        }
      }, blocks: Blocks(count: 0...1, runsOnce: true),
      foresee: { forecast, _ in
        forecast.model = Blueprint()
        forecast.hasLearnt = false
      })
  }

  static var use: CommandEntry {
    CommandEntry(
      Spec(
        "use", "Goes back to a model.",
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
        "Goes back to the weights the seed gives; what was learnt is forgotten, scales and classes too.",
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
