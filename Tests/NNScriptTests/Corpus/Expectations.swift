/// What a script of the corpus is expected to do, read from its comments.
///
/// A comment describes the next line of code:
///
///     # prints: 1024                                     a line of results, exactly
///     # prints~: loss 0.31 ±0.02                         numbers within a tolerance
///     # notes: iris.csv …                                a line that is no result
///     # error 16-19: there is no activation named `rleu` columns from 1, both ends in
///     # error[unknown-name] 16-19: there is …            with its code
///     # warning: this value is not used                  anywhere in that line
///     # hint: did you mean `relu`?                       of the error or warning above
///     # run: epochs=3                                    parameters, as on a command line
///     # prompt                                           the text is typed at the prompt
///
/// `…` stands for anything, `# prints: …` for any number of lines. All results, errors and warnings must be expected, in
/// order; notes and hints may be passed over.
struct Expectations: Equatable {
  struct Line: Equatable {
    var pattern: String
    /// For `prints~`.
    var tolerance: Double?
    /// Stands for any number of lines.
    var isGap: Bool { pattern == "…" && tolerance == nil }
  }

  struct Problem: Equatable {
    var severity: String
    var code: String?
    /// The line of the script it describes, from 1.
    var line: Int
    var columns: ClosedRange<Int>?
    var message: String
    var hints: [String] = []
  }

  var prints: [Line] = []
  var notes: [Line] = []
  var problems: [Problem] = []
  var parameters: [(name: String, value: String)] = []
  var isPrompt = false
  /// Comments that look like an expectation and are none: a slip must not pass as a remark.
  var misread: [String] = []

  init(of script: String) {
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let trimmed = line.trimmingSpaces
      guard trimmed.hasPrefix("# ") else { continue }
      read(String(trimmed.dropFirst(2)), describing: Self.codeLine(after: index, in: lines))
    }
  }

  static func == (left: Self, right: Self) -> Bool {
    left.prints == right.prints && left.notes == right.notes && left.problems == right.problems
  }

  /// Whether there is anything the script could fail by.
  var isEmpty: Bool { prints.isEmpty && notes.isEmpty && problems.isEmpty }

  private static func codeLine(after index: Int, in lines: [Substring]) -> Int {
    let next = lines[(index + 1)...].firstIndex {
      !$0.trimmingSpaces.isEmpty && !$0.trimmingSpaces.hasPrefix("#")
    }
    return (next ?? index) + 1
  }

  private mutating func read(_ comment: String, describing line: Int) {
    if comment == "prompt" {
      isPrompt = true
      return
    }
    guard let colon = comment.firstIndex(of: ":") else { return }
    let head = String(comment[..<colon])
    let text = comment[comment.index(after: colon)...].trimmingOneSpace
    switch head {
    case "prints": prints.append(Line(pattern: text))
    case "prints~":
      let parts = text.split(separator: "±")
      guard parts.count == 2, let tolerance = Double(parts[1].trimmingSpaces) else {
        misread.append(comment)
        return
      }
      prints.append(Line(pattern: parts[0].trimmingSpaces, tolerance: tolerance))
    case "notes": notes.append(Line(pattern: text))
    case "hint":
      guard !problems.isEmpty else {
        misread.append(comment)
        return
      }
      problems[problems.count - 1].hints.append(text)
    case "run":
      for setting in text.split(separator: " ") {
        let parts = setting.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else {
          misread.append(comment)
          continue
        }
        parameters.append((String(parts[0]), String(parts[1])))
      }
    default: readProblem(head, text, line)
    }
  }

  /// `error[code] 16-19`, `warning 3`, `error`.
  private mutating func readProblem(_ head: String, _ message: String, _ line: Int) {
    guard let severity = ["error", "warning"].first(where: head.hasPrefix) else {
      // `# print: 1` or `# Error 3: …` would be a remark that never fails.
      let word = head.prefix { $0.isLetter }.lowercased()
      let slips = ["print", "prints", "output", "error", "errors", "warning", "warnings", "hints"]
      if slips.contains(word) { misread.append(head) }
      return
    }
    var rest = head.dropFirst(severity.count)
    var problem = Problem(severity: severity, line: line, message: message)
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      problem.code = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
    }
    let columns = rest.trimmingSpaces.split(separator: "-").map { Int($0) }
    switch columns.count {
    case 0: break
    case 1, 2:
      guard let first = columns[0], let last = columns[columns.count - 1], first <= last else {
        misread.append(head)
        return
      }
      problem.columns = first...last
    default: misread.append(head)
    }
    problems.append(problem)
  }
}

extension Expectations.Line {
  /// Whether a line that was printed is the expected one.
  func matches(_ line: String) -> Bool {
    guard let tolerance else { return pattern.matches(line) }
    let expected = pieces(of: pattern)
    let found = pieces(of: line)
    guard expected.count == found.count else { return false }
    return zip(expected, found).allSatisfy { expected, found in
      switch (expected, found) {
      case (.number(let expected), .number(let found)): abs(expected - found) <= tolerance
      case (.other(let expected), .other(let found)): expected == found
      default: false
      }
    }
  }

  private enum Piece {
    case number(Double)
    case other(Substring)
  }

  /// Cuts `loss 0.31, 28 of 30` into numbers and what stands between them.
  private func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0.isASCII && $0.isNumber }) {
      var begin = start
      if begin > rest.startIndex, rest[rest.index(before: begin)] == "-" {
        begin = rest.index(before: begin)
      }
      var end = rest[start...].firstIndex { !"0123456789.eE+-".contains($0) } ?? rest.endIndex
      while end > start, Double(rest[begin..<end]) == nil { end = rest.index(before: end) }
      if begin > rest.startIndex { pieces.append(.other(rest[..<begin])) }
      pieces.append(.number(Double(rest[begin..<end]) ?? .nan))
      rest = rest[end...]
    }
    if !rest.isEmpty { pieces.append(.other(rest)) }
    return pieces
  }
}

extension String {
  /// Equality, where `…` in the pattern stands for anything.
  func matches(_ line: String) -> Bool {
    let parts = split(separator: "…", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return self == line.trimmedEnd
    }
    // A line may end where its anything begins.
    guard line.hasPrefix(self == first + "…" ? first.trimmedEnd : first) else { return false }
    var rest = line.trimmedEnd.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(last)
  }

  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension Substring {
  fileprivate var trimmingOneSpace: String { String(hasPrefix(" ") ? dropFirst() : self) }
}

extension StringProtocol {
  var trimmingSpaces: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
