import NNEngine

extension CommandEntry {
  static var help: CommandEntry {
    CommandEntry(
      Spec(
        "help", "Explains a word: a command, layer, function, option or error code.",
        .names(
          "topic", of: "word", whenAbsent: "the overview", option: false, isVariadic: true,
          "A word, a command with a kind or option, an error code, or words to search for."),
        example: "help layer dense"
      ) { words in
        { context in
          context.session.isLeftOut = true
          let help = Paragraphs.$width.withValue(min(context.screen.width, 100)) {
            Help(context.session.vocabulary).text(for: words)
          }
          switch help {
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
