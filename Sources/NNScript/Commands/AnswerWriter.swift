import NNEngine

/// A column of answers on its way into a file.
struct AnswerColumn {
  enum Cells {
    case texts([String])
    case numbers([Double])
  }

  var name: String
  var cells: Cells

  var count: Int {
    switch cells {
    case .texts(let texts): texts.count
    case .numbers(let numbers): numbers.count
    }
  }
}

/// How answers stand in a file, by the end of its name.
enum AnswerFormat {
  case text(separator: Character, isPacked: Bool)
  /// The numbers alone, a row each.
  case array
  /// A column an array.
  case archive

  /// - Throws: `EngineError.invalid` for an end that says something else.
  init(path: String, keepsColumns: Bool) throws {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let isPacked = name.hasSuffix(".gz")
    let parts = (isPacked ? String(name.dropLast(3)) : name).split(separator: ".")
    switch parts.count > 1 ? String(parts[parts.count - 1]) : "" {
    case "", "csv", "txt", "data": self = .text(separator: ",", isPacked: isPacked)
    case "tsv", "tab": self = .text(separator: "\t", isPacked: isPacked)
    case "npy" where !isPacked:
      if keepsColumns {
        throw EngineError.invalid(
          "a `.npy` file holds numbers alone and keeps no columns",
          help: "`to=\"answers.npz\"` or `to=\"answers.csv\"`")
      }
      self = .array
    case "npz" where !isPacked: self = .archive
    case let end:
      throw EngineError.invalid(
        "answers are written as .csv, .tsv, .npy or .npz, not as .\(end)\(isPacked ? ".gz" : "")",
        help: "`to=\"answers.csv\"`")
    }
  }
}

/// Writes answers into a file that stands there whole or not at all. Texts go out as they come,
/// arrays are collected: their size stands before them.
struct AnswerWriter {
  private let format: AnswerFormat
  private let path: String
  private let file: any FileWriter
  private var collected: [AnswerColumn] = []
  private(set) var rowCount = 0

  /// - Throws: `EngineError.unreadableFile`, `.invalid`.
  init(to path: String, keepsColumns: Bool, _ files: any FileAccess) throws {
    format = try AnswerFormat(path: path, keepsColumns: keepsColumns)
    self.path = path
    if case .text(_, isPacked: true) = format {
      file = GzipWriter(try files.writer(to: path))
    } else {
      file = try files.writer(to: path)
    }
  }

  /// Puts rows behind those before; the columns are always the same.
  ///
  /// - Throws: `EngineError.unreadableFile`.
  mutating func append(_ columns: [AnswerColumn]) throws {
    let count = columns.first?.count ?? 0
    switch format {
    case .text(let separator, _):
      var text = ""
      if rowCount == 0 { write(columns.map(\.name), separator, to: &text) }
      for row in 0..<count {
        try Allowance.proceed()
        write(columns.map { $0.text(row) }, separator, to: &text)
        if text.utf8.count > 1 << 20 {
          try file.write(Array(text.utf8))
          text = ""
        }
      }
      try file.write(Array(text.utf8))
    case .array, .archive:
      if collected.isEmpty {
        collected = columns
      } else {
        for place in columns.indices { collected[place].append(columns[place]) }
      }
    }
    rowCount += count
  }

  private func write(_ cells: [String], _ separator: Character, to text: inout String) {
    for (place, cell) in cells.enumerated() {
      if place > 0 { text.append(separator) }
      text += SeparatedText.field(cell)
    }
    text += "\n"
  }

  /// - Throws: `EngineError.unreadableFile`, `.tooLarge`.
  mutating func finish() throws {
    switch format {
    case .text: break
    case .array:
      let columns = collected.compactMap(\.numbers)
      let shape = columns.count == 1 ? [rowCount] : [rowCount, columns.count]
      let rows = try made(rowCount * columns.count) { place in
        columns[place % columns.count][place / columns.count]
      }
      try file.write(try NumPyWriter.array(.numbers(rows), shape: shape))
    case .archive:
      try file.write(
        NumPyWriter.archive(
          try collected.map { ($0.name, try NumPyWriter.array($0.elements, shape: [rowCount])) }))
    }
    try file.finish()
  }
}

extension AnswerColumn {
  fileprivate var numbers: [Double]? {
    if case .numbers(let numbers) = cells { numbers } else { nil }
  }

  /// A cell as text: numbers with as many digits as it takes to read them back.
  fileprivate func text(_ row: Int) -> String {
    switch cells {
    case .texts(let texts): texts[row]
    case .numbers(let numbers):
      Double(Float(numbers[row])) == numbers[row]
        ? Formatting.exact(Float(numbers[row])) : Formatting.exact(numbers[row])
    }
  }

  fileprivate mutating func append(_ other: AnswerColumn) {
    switch (cells, other.cells) {
    case (.texts(let own), .texts(let more)): cells = .texts(own + more)
    case (.numbers(let own), .numbers(let more)): cells = .numbers(own + more)
    default: preconditionFailure("a column keeps its kind")
    }
  }

  /// Texts that all are numbers go as numbers.
  fileprivate var elements: NumPyWriter.Elements {
    switch cells {
    case .numbers(let numbers): .numbers(numbers)
    case .texts(let texts): .texts(texts)
    }
  }
}
