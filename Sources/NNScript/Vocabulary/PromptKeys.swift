/// The keys of the prompt, as `help prompt` lists them; each may be asked for by its name.
enum PromptKeys {
  static let all: [(name: String, summary: String)] = [
    ("Tab", "Completes the word, or shows what may stand here."),
    ("Up", "Brings back the statement before, a block as one; Ctrl-P does too."),
    ("Ctrl-R", "Searches earlier statements for what is typed next; again for the one before."),
    ("Ctrl-C", "Gives up the line; stops what runs: a training keeps its whole epochs."),
    ("Ctrl-D", "On an empty line ends, as `quit` does."),
    ("Ctrl-Z", "Leaves for the shell; `fg` there comes back."),
    ("Ctrl-L", "Clears the screen."),
  ]

  /// What the words `prompt` and the keys' names are about; `nil` for any other.
  static func topic(_ word: String) -> String? {
    let isKey = all.contains { $0.name.lowercased() == word.lowercased() }
    return isKey || word == "prompt" ? text : nil
  }

  /// How topics are typed.
  static var topics: [String] { ["prompt"] + all.map { $0.name.lowercased() } }

  private static let text = """
    the prompt
      Each statement runs as soon as it is whole; `{..>` and its like wait for more.
      A value alone is shown, `;` behind it keeps it silent, `_` is the last one.
      `undo` takes back, `history` lists, `save session "work.nn"` writes a script.

    keys:

    """ + Paragraphs.columns(all.map { ($0.name, $0.summary) })
}
