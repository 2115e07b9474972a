import NNEngine

extension Diagnostic {
  /// The diagnostic as programs read it; lines and columns count from 1, and everything about a
  /// place is `null` where there is no text.
  public func json(in sources: SourceMap) -> JSONValue {
    var labels: [JSONValue] = []
    if let primary, !primary.text.isEmpty { labels.append(json(primary, true, sources)) }
    labels += secondary.map { json($0, false, sources) }
    let fixes = fixes.map { fix in
      JSONValue.object(
        place(fix.range, sources) + [.init("replacement", .string(fix.replacement))])
    }
    return .object(
      [
        .init("code", .string(code.rawValue)), .init("severity", .string(severity.rawValue)),
        .init("message", .string(message)),
      ] + place(primary?.range, sources) + [
        .init("labels", .array(labels)), .init("help", .array(help.map { .string($0) })),
        .init("notes", .array(notes.map { .string($0) })), .init("fixes", .array(fixes)),
      ])
  }

  private func json(_ label: Label, _ isPrimary: Bool, _ sources: SourceMap) -> JSONValue {
    .object(
      place(label.range, sources) + [
        .init("primary", .bool(isPrimary)), .init("text", .string(label.text)),
      ])
  }

  private func place(_ range: SourceRange?, _ sources: SourceMap) -> [JSONValue.Member] {
    guard let range, let source = sources.source(of: range) else {
      return ["file", "line", "column", "endLine", "endColumn"].map { .init($0, .null) }
    }
    let start = source.position(at: range.start)
    let end = source.position(at: max(range.start, range.end))
    return [
      .init("file", .string(source.name)), .init("line", .number(Double(start.line))),
      .init("column", .number(Double(start.column))),
      .init("endLine", .number(Double(end.line))),
      .init("endColumn", .number(Double(end.column))),
    ]
  }
}
