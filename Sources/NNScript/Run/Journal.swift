/// What was done at the prompt, statement by statement: `undo` takes it back, `history` lists it,
/// `save session` writes it as a script.
struct Journal {
  /// One statement that was run.
  struct Entry {
    /// Whether it was stopped half-way, so that no line leads where it led.
    var isUnfinished = false
    /// The statement as it was typed, or as one would have to type it to get where it led.
    var text: String
    /// Whether it is a value that stands alone: in a file that would be a warning.
    var isBareValue = false
    /// Whether it gave a value, which `_` then stands for.
    var setsLastValue = false
    /// The session before it, as long as it can be taken back; `nil` where it changed nothing.
    var before: SessionState?
  }

  private(set) var entries: [Entry] = []
  /// Which of them can be taken back, in their order.
  private var changes: [Int] = []
  /// How many changes can be taken back. A snapshot shares what has not changed since, so the
  /// price of one is that of the weights a training replaced.
  static let depth = 32

  mutating func add(_ entry: Entry) {
    entries.append(entry)
    guard entry.before != nil else { return }
    changes.append(entries.count - 1)
    if changes.count > Self.depth { entries[changes.removeFirst()].before = nil }
  }

  /// Makes the oldest change one that cannot be taken back any more; false where there is none.
  mutating func forgetOldest() -> Bool {
    guard !changes.isEmpty else { return false }
    entries[changes.removeFirst()].before = nil
    return true
  }

  /// The first statement that no script can repeat as far as it came.
  var unfinished: Entry? { entries.first(where: \.isUnfinished) }

  /// The change that would be taken back next, `count` others first.
  func change(behind count: Int) -> Entry? {
    changes.dropLast(count).last.map { entries[$0] }
  }

  /// Takes the last change out, with all that came after it; gives the session before it.
  mutating func takeBack() -> SessionState? {
    guard let index = changes.popLast() else { return nil }
    defer { entries.removeSubrange(index...) }
    return entries[index].before
  }

  /// A script that leads where the session is: each statement on its own line.
  ///
  /// A file has no `_`, so a value that is asked for later gets that name.
  var script: String {
    var lines: [String] = []
    for (index, entry) in entries.enumerated() {
      let later = entries[(index + 1)...].prefix { !$0.setsLastValue || $0.usesLastValue }
      let isAskedFor = entry.setsLastValue && later.contains(where: \.usesLastValue)
      if entry.isUnfinished {
        lines.append(
          "# stopped half-way, so the lines below start elsewhere:\n" + entry.text.commentedOut)
        continue
      }
      lines.append(entry.isBareValue || isAskedFor ? "let _ = " + entry.text : entry.text)
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension String {
  fileprivate var commentedOut: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { "# " + $0 }
      .joined(separator: "\n")
  }
}

extension Journal.Entry {
  /// Whether it speaks of the value shown last.
  fileprivate var usesLastValue: Bool {
    let source = SourceText(name: "", text: text)
    return Lexer.tokens(of: source).tokens.contains { token in
      token.kind == .word && source.text(token.start..<token.end) == "_"
    }
  }
}
