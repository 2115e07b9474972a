import NNScript

/// The offers of a completion as lines: each with its sentence while there is room, else names in
/// columns as `ls` writes them.
struct CompletionMenu {
  private let items: [Completion]
  private let rows: Int
  private let columns: Int

  private let expected: String

  init(_ items: [Completion], expected: String = "", size: (rows: Int, columns: Int)) {
    self.items = items
    self.expected = expected
    // The line itself stays in sight, and so does what stood above it.
    rows = max(4, size.rows - 2)
    columns = max(20, size.columns)
  }

  var text: String {
    let isTold = items.count <= min(16, rows / 2) && items.contains { !$0.summary.isEmpty }
    let head = expected.isEmpty ? [] : ["(\(expected))"]
    return (head + (isTold ? sentences : names)).map { $0 + "\n" }.joined()
  }

  private var sentences: [String] {
    let width = items.map(\.text.count).max() ?? 0
    return items.map { item in
      guard !item.summary.isEmpty else { return item.text }
      let line = item.text.padded(to: width) + "  " + item.summary
      return line.count < columns ? line : line.prefix(columns - 2) + "…"
    }
  }

  /// Sorted downwards.
  private var names: [String] {
    let words = items.map(\.text)
    let width = (words.map(\.count).max() ?? 0) + 2
    let perLine = max(1, (columns - 1) / width)
    let height = (words.count + perLine - 1) / perLine
    let shown = min(height, rows)
    var lines = (0..<shown).map { row in
      let line = stride(from: row, to: words.count, by: height).map { words[$0].padded(to: width) }
      return line.joined().trimmingSpacesBehind
    }
    if shown < height {
      // Whole columns are cut off at the bottom.
      let left = words.indices.filter { $0 % height >= shown - 1 }.count
      lines[shown - 1] = "… and \(left) more"
    }
    return lines
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate var trimmingSpacesBehind: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}
