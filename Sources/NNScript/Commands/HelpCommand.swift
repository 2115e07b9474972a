import NNEngine

extension CommandEntry {
  static var help: CommandEntry {
    CommandEntry(
      Spec(
        "help", "Explains a word: a command, layer, function, option or error code.",
        .names(
          "topic", of: "word", whenAbsent: "the overview", option: false, isVariadic: true,
          "What to tell about: a word, or a command and a kind or option of it."),
        example: "help layer dense"
      ) { words in
        { context in
          context.session.isLeftOut = true
          switch Help(context.session.vocabulary).text(for: words) {
          case .success(let text): context.session.print(text)
          case .failure(var diagnostic):
            diagnostic.primary = Diagnostic.Label(context.range(of: "topic"), "no such topic")
            throw diagnostic
          }
          return .none
        }
      }, role: .takesWords)
  }
}
