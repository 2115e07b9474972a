import NNEngine

/// The few elements of HTML that a report is made of. Every text goes through `escaped`.
enum HTML {
  /// A text that shows what it is and does nothing.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      // What a page may not hold, and marks that would turn the direction of what follows.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}",
        "\u{2066}"..."\u{2069}",
        "\u{FFFE}", "\u{FFFF}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func paragraph(_ text: String, _ style: String = "") -> String {
    let name = style.isEmpty ? "" : " class=\"\(style)\""
    return "<p\(name)>\(escaped(text))</p>"
  }

  static func code(_ text: String) -> String { "<pre>\(escaped(text))</pre>" }

  static func figure(_ drawing: String, _ caption: String, style: String = "") -> String {
    "<figure\(style.isEmpty ? "" : " class=\"\(style)\"")>\(drawing)<figcaption>\(escaped(caption))</figcaption></figure>"
  }

  static func section(_ title: String, _ body: [String]) -> String {
    let body = body.filter { !$0.isEmpty }
    guard !body.isEmpty else { return "" }
    return "<section><h2>\(escaped(title))</h2>\n\(body.joined(separator: "\n"))\n</section>"
  }

  /// A table; columns of numbers are set to the right.
  static func table(header: [String], _ rows: [[String]]) -> String {
    let isNumeric = header.indices.map { column in
      let cells = rows.compactMap { column < $0.count ? $0[column] : nil }.filter { !$0.isEmpty }
      return !cells.isEmpty && cells.allSatisfy { Double($0) != nil || $0 == "–" || $0 == "⋮" }
    }
    func cells(_ row: [String], _ tag: String) -> String {
      row.enumerated().map { column, text in
        let isNumber = isNumeric.indices.contains(column) && isNumeric[column]
        return "<\(tag)\(isNumber ? " class=\"n\"" : "")>\(indented(text))</\(tag)>"
      }.joined()
    }
    let head = "<thead><tr>\(cells(header, "th"))</tr></thead>"
    let body = rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    return
      "<div class=\"wide\"><table>\(head)<tbody>\n"
      + "\(body)\n</tbody></table></div>"
  }

  static func table(_ table: TextTable) -> String {
    var rows = table.rows
    if let gap = table.gapRow { rows[gap] = rows[gap].map { _ in "⋮" } }
    return HTML.table(header: table.header, rows)
  }

  /// Blanks that set a text in stay.
  private static func indented(_ text: String) -> String {
    let blanks = text.prefix { $0 == " " }.count
    return String(repeating: "&#160;", count: blanks) + escaped(String(text.dropFirst(blanks)))
  }

  /// A picture in the page itself, each point of it drawn as a square of so many.
  static func image(_ picture: Picture, _ caption: String) -> String {
    let factor = max(1, 84 / max(picture.width, picture.height))
    var rgb: [UInt8] = []
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let color = picture[x, y]
        rgb += [UInt8(color.red), UInt8(color.green), UInt8(color.blue)]
      }
    }
    let data = base64(PNG.encoded(width: picture.width, height: picture.height, rgb: rgb))
    return figure(
      "<img alt=\"\(escaped(caption))\" width=\"\(picture.width * factor)\" "
        + "height=\"\(picture.height * factor)\" src=\"data:image/png;base64,\(data)\">", caption)
  }

  /// Bytes as text (RFC 4648).
  static func base64(_ bytes: [UInt8]) -> String {
    let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let value = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for place in 0..<4 {
        text.append(
          place <= part.count ? signs[value >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The whole page. It asks nothing of any network and runs no script, and browsers are told so.
  static func page(title: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    <style>
    \(style)
    </style>
    </head>
    <body>
    <main>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// Drawings have the colours of paper; on a dark screen theirs are exchanged.
  private static let style = """
    :root { --ground: #fff; --text: #1c1c1e; --faint: #666; --line: #ddd; --soft: #f4f4f6;
      --mark: 0, 105, 217; --bad: 200, 60, 40; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --ground: #16171a; --text: #e8e8ea; --faint: #a0a0a8; --line: #393a40; --soft: #22242a;
        --mark: 80, 160, 255; --bad: 240, 110, 80; }
      svg [stroke="#ddd"] { stroke: #393a40; }
      svg [stroke="#444"] { stroke: #8a8a92; }
      svg [fill="#444"], svg [fill="#222"] { fill: #d0d0d6; }
      svg circle, svg rect { fill-opacity: 0.9; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--text);
      font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 48px; }
    h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
    h2 { font-size: 18px; margin: 36px 0 10px; padding-bottom: 4px;
      border-bottom: 1px solid var(--line); }
    h3 { font-size: 15px; margin: 20px 0 6px; }
    p { margin: 4px 0; overflow-wrap: anywhere; }
    .faint, figcaption { color: var(--faint); }
    .warning { border-left: 3px solid rgb(var(--bad)); padding-left: 10px; }
    .cards { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0 4px; }
    .cards div { background: var(--soft); border-radius: 8px; padding: 8px 16px; }
    .cards b { display: block; font-size: 22px; line-height: 1.3; font-variant-numeric: tabular-nums; }
    .cards span { color: var(--faint); font-size: 13px; }
    .wide { overflow-x: auto; margin: 8px 0; }
    table { border-collapse: collapse; font-size: 14px; }
    th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line);
      vertical-align: top; unicode-bidi: isolate; }
    th { font-weight: 600; color: var(--faint); }
    .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .matrix td, .matrix th { padding: 4px 8px; border: 1px solid var(--line); }
    .matrix td { text-align: right; font-variant-numeric: tabular-nums; min-width: 40px; }
    .long { max-height: 480px; overflow-y: auto; }
    .drawings { display: grid; gap: 16px 24px;
      grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); }
    figure { margin: 0; min-width: 0; }
    figcaption { font-size: 13px; overflow-wrap: anywhere; }
    svg { width: 100%; height: auto; display: block; font-size: var(--size); }
    @media screen and (max-width: 600px) { svg { font-size: calc(var(--size) + 3px); } }
    svg rect[fill="#fff"] { fill: transparent; }
    .pictures { display: flex; flex-wrap: wrap; gap: 14px; margin: 10px 0; }
    .pictures figure { width: 104px; }
    img { image-rendering: pixelated; border: 1px solid var(--line); background: #fff; }
    pre { background: var(--soft); border-radius: 8px; padding: 12px 14px; margin: 8px 0;
      font: 13px/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; tab-size: 4;
      white-space: pre-wrap; overflow-wrap: anywhere; }
    footer { margin-top: 40px; color: var(--faint); font-size: 13px; }
    @media print {
      main { max-width: none; padding: 0; }
      section > h2, h3 { break-after: avoid; }
      figure, tr, .cards { break-inside: avoid; }
      .wide { overflow: visible; max-height: none; }
      svg { max-width: 330px !important; }
      .drawings { grid-template-columns: 1fr 1fr; }
      body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
