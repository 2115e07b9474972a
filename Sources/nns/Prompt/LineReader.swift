/// Where the prompt's lines come from.
protocol LineReader: AnyObject {
  /// Shows a prompt and waits for a line; what was pasted may be many lines.
  func read(prompt: String) -> LineOutcome
  /// Offers an entry to be recalled later.
  func remember(_ entry: String)
  /// Drops what has been typed ahead.
  func forgetInput()
}

enum LineOutcome: Equatable {
  case line(String)
  /// Ctrl-C.
  case interrupted
  /// Ctrl-D, or the input's end.
  case end
}
