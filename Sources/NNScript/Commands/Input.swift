import NNEngine

extension CommandEntry {
  static var input: CommandEntry {
    CommandEntry(
      Spec(
        "input", "Sets the input size when no data is loaded.",
        .size("size", maxRank: 3, "Such as `4` or `28x28x1`."),
        example: "input 4"
      ) { sizes in
        { context in
          context.session.workspace.model.blueprint.input = Shape(sizes)
          return .none
        }
      },
      foresee: { forecast, call in
        if case .size(let sizes) = call.value("size") { forecast.model?.input = Shape(sizes) }
      })
  }
}
