/// At a prompt `?layer dense` and `layer dense?` ask for help on `layer dense`, and `?` alone for
/// the overview. No statement of the language looks like that, so nothing is taken away from it.
enum HelpQuestion {
  /// The topic a text asks about; `nil` for a text that is no question.
  static func topic(in text: String) -> String? {
    let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed)
      .filter { !$0.isEmpty && $0.first != "#" }
    guard lines.count == 1, var topic = lines.first else { return nil }
    let isQuestion = topic.first == "?" || topic.last == "?"
    while topic.first == "?" { topic = topic.dropFirst().trimmed }
    while topic.last == "?" { topic = topic.dropLast().trimmed }
    let isTopic = topic.allSatisfy {
      $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == " " || $0 == "="
    }
    return isQuestion && isTopic ? String(topic) : nil
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
