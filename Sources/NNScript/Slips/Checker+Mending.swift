// The line to type in place of one that failed: found in the phrasebook and by the fixes that
// messages carry, and offered only if it passes every check here and now.

extension Checker {
  /// How often a line is rewritten before it is given up.
  private static let rewriteLimit = 10
  /// How many lines of a text get this much attention: what fails more often is no slip.
  private static let mendingLimit = 40

  /// The diagnostic of a statement with the line that works, where one is found.
  func mended(_ diagnostic: Diagnostic, _ statement: Statement) -> Diagnostic {
    guard diagnostic.severity == .error, !isTrial, mendings < Self.mendingLimit,
      let range = lineRange(of: statement), let source = session?.sources.texts[range.source]
    else { return diagnostic }
    mendings += 1
    let typed = source.text(range.bytes)
    var line = typed
    var fixes = corrected(line, diagnostic.fixes, at: range.start)
    var seen: Set<String> = [typed]
    var phrase: Phrase?
    for _ in 0..<Self.rewriteLimit {
      guard let next = next(line, fixes, &phrase), seen.insert(next).inserted else { break }
      guard !next.isEmpty else { return diagnostic.saying(phrase) }
      line = next
      guard let failure = failure(of: line) else {
        let isMisspelt = Phrasebook.rewrite(typed) == nil
        return with(line, diagnostic, phrase, range, isMisspelt: isMisspelt)
      }
      fixes = corrected(line, failure.fixes, at: 0)
    }
    guard let phrase, phrase.line.isEmpty else { return diagnostic }
    return diagnostic.saying(phrase)
  }

  /// The line after one more change: by the phrasebook, by quotes around a file's name, by the fix
  /// of its own message, by commas taken out, by `=` behind an option.
  private func next(_ line: String, _ fixed: String?, _ phrase: inout Phrase?) -> String? {
    if let (found, next) = Phrasebook.rewrite(line) {
      if phrase == nil { phrase = found }
      return next.replacing("@data", with: lastLines["data"] ?? "data iris")
    }
    return quotedFileNames(line) ?? fixed ?? withoutCommas(line) ?? optionsWithValues(line)
  }

  private func with(
    _ line: String, _ diagnostic: Diagnostic, _ phrase: Phrase?, _ range: SourceRange,
    isMisspelt: Bool
  ) -> Diagnostic {
    var diagnostic = diagnostic
    if let message = phrase?.message {
      (diagnostic.message, diagnostic.code) = (message, .foreignSyntax)
    }
    // A hint that says as much already stays.
    let isSaid =
      diagnostic.help.contains { $0.contains("`\(line)`") }
      || corrected(text(range), diagnostic.fixes, at: range.start) == line
    guard !isSaid else { return diagnostic }
    // A word that was only misspelt is still named.
    let meant = isMisspelt ? diagnostic.help.filter { $0.hasPrefix("did you mean") } : []
    diagnostic.help = meant + ["write `\(line)`"] + (phrase?.hints ?? [])
    diagnostic.fixes = [Diagnostic.Fix(range, line)]
    return diagnostic
  }

  private func text(_ range: SourceRange) -> String {
    session?.sources.texts[range.source].text(range.bytes) ?? ""
  }

  /// Where a statement's line stands, from its first word to its last before the comment; `nil`
  /// where it has several lines, or is too long to have been typed.
  private func lineRange(of statement: Statement) -> SourceRange? {
    let range = statement.range
    guard let source = session?.sources.texts[range.source] else { return nil }
    let number = source.line(at: range.start)
    let isOneLine = source.line(at: max(range.start, range.end - 1)) == number
    let lineEnd = source.line(number).endIndex
    var end = isOneLine && !isFormBroken(statement) ? range.end : lineEnd
    guard end - range.start <= 300, isOneLine || isFormBroken(statement) else { return nil }
    let text = source.text(range.start..<end)
    guard let last = LinePiece.pieces(of: text).last else { return nil }
    end = range.start + text.utf8.distance(from: text.startIndex, to: last.range.upperBound)
    return SourceRange(source: range.source, start: range.start, end: end)
  }

  /// A line with fixes made that all stand in it.
  private func corrected(_ line: String, _ fixes: [Diagnostic.Fix], at start: Int) -> String? {
    guard !fixes.isEmpty else { return nil }
    let bytes = Array(line.utf8)
    var result: [UInt8] = []
    var position = 0
    for fix in fixes.sorted(by: { $0.range.start < $1.range.start }) {
      let (from, to) = (fix.range.start - start, fix.range.end - start)
      guard from >= position, to >= from, to <= bytes.count else { return nil }
      result += bytes[position..<from] + Array(fix.replacement.utf8)
      position = to
    }
    return String(decoding: result + bytes[position...], as: UTF8.self)
  }

  // MARK: Trying a line

  /// What is wrong with a line at this place; `nil` where nothing is. Nothing of it stays.
  private func failure(of line: String) -> Diagnostic? {
    guard let session else { return Diagnostic(.unsupported, "", at: nil) }
    // A block that begins on the line ends on a later one.
    let text = SourceText(name: "", text: line.hasSuffix("{") ? line + "\n}" : line)
    let number = session.sources.add(text)
    defer { session.sources.removeLast() }
    let tree = parse(text, source: number)
    if let error = tree.diagnostics.first(where: { $0.severity == .error }) { return error }
    let failure = trying { _ = read(tree.statements) }
    // Which file was meant is another question.
    return failure?.code == .fileNotFound ? nil : failure
  }

  // MARK: Common slips of a whole line

  /// `load iris.csv`: the names of files stand in quotes.
  private func quotedFileNames(_ line: String) -> String? {
    let pieces = LinePiece.pieces(of: line)
    guard pieces.count > 1 else { return nil }
    var index = 1
    var changes: [Range<String.Index>] = []
    while index < pieces.count {
      var end = index + 1
      while end < pieces.count, !pieces[end].hasSpaceBefore, pieces[end].isPartOfAPath,
        pieces[end - 1].isPartOfAPath
      {
        end += 1
      }
      let isFile =
        end - index >= 2 && pieces[index..<end].allSatisfy(\.isPartOfAPath)
        && pieces[end - 2].text == "." && Self.extensions.contains(pieces[end - 1].lowercased)
      if isFile {
        changes.append(pieces[index].range.lowerBound..<pieces[end - 1].range.upperBound)
      }
      index = end
    }
    guard !changes.isEmpty else { return nil }
    var result = line
    for change in changes.reversed() {
      result.replaceSubrange(change, with: "\"\(line[change])\"")
    }
    return result
  }

  private static let extensions: Set<String> = [
    "csv", "tsv", "txt", "gz", "npy", "npz", "db", "sqlite", "json", "xlsx", "safetensors", "nn",
    "svg", "png", "jpg", "md", "h5", "keras", "pt", "pth", "onnx", "pkl",
  ]

  /// `layer dense 16, relu`: the values of a command stand side by side.
  private func withoutCommas(_ line: String) -> String? {
    let pieces = LinePiece.pieces(of: line)
    guard let word = pieces.first, vocabulary.command(word.text) != nil else { return nil }
    var depth = 0
    var commas: [Range<String.Index>] = []
    for piece in pieces {
      switch piece.text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "," where depth == 0: commas.append(piece.range)
      default: break
      }
    }
    guard !commas.isEmpty else { return nil }
    var result = line
    for comma in commas.reversed() {
      let isTight =
        comma.upperBound < line.endIndex && !line[comma.upperBound].isWhitespace
      result.replaceSubrange(comma, with: isTight ? " " : "")
    }
    return result
  }

  /// `optimizer sgd momentum 0.9`: an option and its value belong together.
  private func optionsWithValues(_ line: String) -> String? {
    let pieces = LinePiece.pieces(of: line)
    guard pieces.count > 2, let command = vocabulary.command(pieces[0].text) else { return nil }
    let parameters = command.member(pieces[1].text)?.parameters ?? command.parameters
    for (name, value) in zip(pieces.dropFirst(), pieces.dropFirst(2)) {
      guard value.hasSpaceBefore, value.text != "=",
        parameters.contains(where: { $0.name == name.text && $0.kind != .truth })
      else { continue }
      return line.replacingCharacters(name.range.upperBound..<value.range.lowerBound, with: "=")
    }
    return nil
  }
}

extension Diagnostic {
  /// What a phrase says that no line here stands for.
  fileprivate func saying(_ phrase: Phrase?) -> Diagnostic {
    guard let phrase else { return self }
    var diagnostic = self
    if let message = phrase.message {
      (diagnostic.message, diagnostic.code) = (message, .foreignSyntax)
      diagnostic.primary?.text = ""
    }
    diagnostic.help = phrase.hints
    diagnostic.fixes = []
    return diagnostic
  }
}

extension LinePiece {
  /// Whether it can be part of a file's name without quotes.
  fileprivate var isPartOfAPath: Bool {
    ["/", ".", "-", "~", ":", "\\"].contains(text)
      || text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<Index>, with text: String) -> String {
    var copy = self
    copy.replaceSubrange(range, with: text)
    return copy
  }
}
