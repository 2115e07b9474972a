import NNEngine

extension Parameter where Value == [Int] {
  /// A size that must be given, or left out where `whenAbsent` says what that means.
  static func size(
    _ name: String, maxRank: Int, whenAbsent: String? = nil, option: Bool = false, _ summary: String
  ) -> Self {
    Parameter(
      name, .size(maxRank: maxRank), summary, defaultText: whenAbsent, isPositional: !option
    ) {
      if case .size(let sizes) = $0 { sizes } else { [] }
    }
  }
}

extension CommandEntry {
  static var input: CommandEntry {
    CommandEntry(
      Spec(
        "input", "Says the size of one example, where no data do.",
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
