/// Turns diagnostics into what a terminal, an editor or a program reads.
public struct DiagnosticRenderer: Sendable {
  /// What it is written for.
  public enum Style: String, Sendable, CaseIterable {
    /// For people: the lines of the script with marks under what matters.
    case text
    /// For editors: `file:line:column: error[code]: message`.
    case short
    /// For programs: one JSON object a line.
    case json
  }

  /// The form of the output.
  public var style: Style
  /// Whether terminal colours are used; in the text form only.
  public var isColored: Bool
  /// Of how many diagnostics there is more than a count.
  public var limit: Int
  /// Lines of a script that take more columns are cut around what matters.
  public var width: Int

  /// Makes a renderer.
  public init(
    style: Style = .text, isColored: Bool = false, limit: Int = 20, width: Int = 100
  ) {
    self.style = style
    self.isColored = isColored
    self.limit = limit
    self.width = max(20, width)
  }

  /// Several diagnostics, the first errors and the first warnings in full, each ending in a line end.
  public func render(_ diagnostics: [Diagnostic], in sources: SourceMap) -> String {
    var counts: [Diagnostic.Severity: Int] = [:]
    let shown = diagnostics.filter {
      counts[$0.severity, default: 0] += 1
      return counts[$0.severity, default: 0] <= limit
    }.map { render($0, in: sources) }
    var result = shown.joined(separator: style == .text ? "\n" : "")
    let rest = diagnostics.count - shown.count
    if rest > 0, style != .json {
      result += style == .text ? "\n… and \(rest) more\n" : "… and \(rest) more\n"
    }
    return result
  }

  /// One diagnostic, ending in a line end.
  public func render(_ diagnostic: Diagnostic, in sources: SourceMap) -> String {
    let diagnostic = style == .json ? diagnostic : diagnostic.shown
    switch style {
    case .text:
      var writer = SnippetWriter(renderer: self, sources: sources, diagnostic: diagnostic)
      return writer.write()
    case .short: return short(diagnostic, sources) + "\n"
    case .json: return diagnostic.json(in: sources).text() + "\n"
    }
  }

  // What a file brought may be anything and of any length; JSON escapes it.

  private func short(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    var place = ""
    if let range = diagnostic.primary?.range, let source = sources.source(of: range) {
      let position = source.position(at: range.start)
      place = "\(source.name):\(position.line):\(position.column): "
    }
    let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]"
    return "\(place)\(head): \(diagnostic.message)"
  }
}

extension Diagnostic {
  /// The same with texts that a terminal takes without harm, cut where nobody would read on.
  fileprivate var shown: Diagnostic {
    func line(_ text: String) -> String {
      let text = text.inOneLine
      guard text.count > 400 else { return text }
      return text.prefix(300) + " … " + text.suffix(80)
    }
    var copy = self
    copy.message = line(message)
    copy.help = help.map(line)
    copy.notes = notes.map(line)
    copy.primary?.text = line(primary?.text ?? "")
    copy.secondary = secondary.map { Label($0.range, line($0.text)) }
    return copy
  }
}
