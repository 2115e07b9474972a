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

  /// Several diagnostics, the first ones in full, each ending in a line end.
  public func render(_ diagnostics: [Diagnostic], in sources: SourceMap) -> String {
    let shown = diagnostics.prefix(limit).map { render($0, in: sources) }
    var result = shown.joined(separator: style == .text ? "\n" : "")
    let rest = diagnostics.count - shown.count
    if rest > 0, style != .json {
      result += style == .text ? "\n… and \(rest) more\n" : "… and \(rest) more\n"
    }
    return result
  }

  /// One diagnostic, ending in a line end.
  public func render(_ diagnostic: Diagnostic, in sources: SourceMap) -> String {
    switch style {
    case .text:
      var writer = SnippetWriter(renderer: self, sources: sources, diagnostic: diagnostic)
      return writer.write()
    case .short: return short(diagnostic, sources) + "\n"
    case .json: return json(diagnostic, sources) + "\n"
    }
  }

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

// MARK: JSON

extension DiagnosticRenderer {
  private func json(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    var labels: [String] = []
    if let primary = diagnostic.primary, !primary.text.isEmpty {
      labels.append(label(primary, isPrimary: true, sources))
    }
    labels += diagnostic.secondary.map { label($0, isPrimary: false, sources) }
    let fixes = diagnostic.fixes.map { fix in
      let place = self.place(fix.range, sources)
      return "{\(place),\"replacement\":\(quoted(fix.replacement))}"
    }
    return [
      "{\"code\":\(quoted(diagnostic.code.rawValue))",
      "\"severity\":\(quoted(diagnostic.severity.rawValue))",
      "\"message\":\(quoted(diagnostic.message))",
      place(diagnostic.primary?.range, sources),
      "\"labels\":[\(labels.joined(separator: ","))]",
      "\"help\":[\(diagnostic.help.map(quoted).joined(separator: ","))]",
      "\"notes\":[\(diagnostic.notes.map(quoted).joined(separator: ","))]",
      "\"fixes\":[\(fixes.joined(separator: ","))]}",
    ].joined(separator: ",")
  }

  private func label(
    _ label: Diagnostic.Label, isPrimary: Bool, _ sources: SourceMap
  ) -> String {
    "{\(place(label.range, sources)),\"primary\":\(isPrimary),\"text\":\(quoted(label.text))}"
  }

  /// The five keys of a place; all `null` where there is no text.
  private func place(_ range: SourceRange?, _ sources: SourceMap) -> String {
    guard let range, let source = sources.source(of: range) else {
      return #""file":null,"line":null,"column":null,"endLine":null,"endColumn":null"#
    }
    let start = source.position(at: range.start)
    let end = source.position(at: max(range.start, range.end))
    return "\"file\":\(quoted(source.name)),\"line\":\(start.line),\"column\":\(start.column),"
      + "\"endLine\":\(end.line),\"endColumn\":\(end.column)"
  }

  /// A text as JSON writes it.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
