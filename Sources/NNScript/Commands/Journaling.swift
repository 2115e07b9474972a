import NNEngine

// What looks back on the session: `undo`, `history`, `timer`. They are no part of what they tell of.

extension CommandEntry {
  static var undo: CommandEntry {
    CommandEntry(
      Spec(
        "undo", "Undoes the last statement that changed something, including a training.",
        example: "undo"
      ) {
        { context in
          let session = context.session
          guard let entry = session.journal.change(behind: session.pendingUndos) else {
            throw Diagnostic(
              .noResult, "there is nothing to take back", at: context.site.word.range,
              "no statement has changed anything",
              notes: ["what the prompt runs can be taken back, \(Journal.depth) changes deep"])
          }
          session.pendingUndos += 1
          context.note("took back: " + entry.text.firstLine(76, on: context.screen))
          return .none
        }
      }, foresee: { forecast, _ in forecast.blur() })
  }

  static var history: CommandEntry {
    CommandEntry(
      Spec("history", "Lists the statements that led to the current state.", example: "history") {
        { context in
          context.session.isLeftOut = true
          let entries = context.session.journal.entries
          guard !entries.isEmpty else {
            context.print("history is kept only at the prompt")
            return .none
          }
          let width = String(entries.count).count
          let lines = entries.enumerated().map { index, entry in
            String(index + 1).padded(to: width, isNumber: true) + "  "
              + entry.text.firstLine(context.screen.width - width - 2, on: context.screen)
          }
          context.print(lines.joined(separator: "\n"))
          return .none
        }
      })
  }

  static var timer: CommandEntry {
    CommandEntry(
      Spec(
        "timer", "Reports how long each statement took, and how many rows per second.",
        .choice("state", ["on", "off"], default: "on", "Whether times are reported."),
        example: "timer on\nprint 1\ntimer off"
      ) { state in
        { context in
          context.session.isLeftOut = true
          context.session.isTimed = state == "on"
          return .none
        }
      })
  }
}

extension CommandContext {
  /// Writes the session's statements as a script.
  func saveSession(_ path: String) throws {
    guard path.hasSuffix(".nn") else {
      throw Diagnostic(
        .unsupported, "a session is a script: `\(path)` does not end in `.nn`",
        at: range(of: "path"), "unknown extension", help: ["for example `save session \"work.nn\"`"]
      )
    }
    session.isLeftOut = true
    if let entry = session.journal.unfinished {
      var warning = Diagnostic(
        .interrupted, "the file will not lead to where the session is", at: site.range,
        help: ["`undo` goes back to before that statement"],
        notes: [
          "`\(entry.text.firstLine(60, on: screen))` was stopped half-way: it becomes a comment",
          "`save \"model.safetensors\"` keeps a model as it is",
        ])
      warning.severity = .warning
      session.report(warning)
    }
    try session.write(Array(session.journal.script.utf8), to: path)
  }
}

extension String {
  /// The first line, with a mark where more follows.
  fileprivate func firstLine(_ width: Int, on screen: Screen) -> String {
    let lines = split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    let first = String(lines.first ?? "") + (lines.count > 1 ? " " + screen.ellipsis : "")
    return first.inOneLine.cut(to: width, on: screen)
  }
}
