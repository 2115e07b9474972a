import NNEngine

/// What a script says of how a file is to be read.
struct FileReading {
  var text = TextReading()
  /// The table of a database, or a statement that selects rows.
  var table: String?
  var query: String?
}

extension DataOptions {
  /// Options that say only how a file is read.
  init(_ reading: FileReading) {
    self.init()
    take(reading)
  }

  mutating func take(_ reading: FileReading) {
    (text, table, query) = (reading.text, reading.table, reading.query)
  }
}

/// How a file is to be read, where looking at it does not tell: the options that every command offers
/// which reads one.
enum TextFileOptions {
  /// - Parameter command: a script up to the options, for the examples.
  static func spec(_ command: String) -> Spec<FileReading> {
    let database = command.replacing("flowers.csv", with: "shop.db")
    return Spec(
      "file", "How a file is read.",
      .optionalTruth(
        "header", whenAbsent: "looked for", "Whether the first row contains column names."
      ).example("\(command) header=true"),
      .optional(
        "separator", .name, whenAbsent: "looked for",
        "The character between fields: `\";\"`, `tab`, `space`."
      ).example("\(command) separator=\",\""),
      .optional(
        "quote", .name, whenAbsent: "looked for",
        "The quote character: `\"'\"`, `none`."
      ).example("\(command) quote=\"'\""),
      .optional(
        "escape", .name, whenAbsent: "looked for",
        "The escape character; by default a quote inside quotes is doubled."
      ).example("\(command) escape=\"\\\\\""),
      .optional(
        "comment", .name, whenAbsent: "nothing", "The character that starts a comment line."
      ).example("\(command) comment=\"#\""),
      .optionalInteger(
        "skip", 0...1_000_000_000, whenAbsent: "looked for", "The number of lines above the table."
      ).example("\(command) skip=0"),
      .choice(
        "ragged", TextReading.Ragged.allCases.map(\.rawValue), default: "error", option: true,
        "What is done with rows that have more or fewer cells than the others: leave them out, or "
          + "take cells that are not there for missing values."
      ).example("\(command) ragged=fill"),
      .optional(
        "encoding", .choice(TextEncoding.allCases.map(\.rawValue)), whenAbsent: "utf8",
        "The encoding of a text file that is not UTF-8."
      ).example("\(command) encoding=latin1"),
      .optional(
        "table", .name, whenAbsent: "the only one", "The table of a database."
      ).example("\(database) table=flowers"),
      .optional(
        "query", .name, whenAbsent: "all rows of the table",
        "An SQL statement that selects the rows."
      ).example("\(database) query=\"select * from flowers\""),
      example: ""
    ) { header, separator, quote, escape, comment, skip, ragged, encoding, table, query in
      var reading = TextReading()
      reading.header = header
      reading.separator = separator
      reading.quote = quote
      reading.escape = escape
      reading.comment = comment
      reading.skip = skip
      reading.ragged = TextReading.Ragged(rawValue: ragged) ?? .error
      reading.encoding = encoding.flatMap(TextEncoding.init)
      return FileReading(text: reading, table: table, query: query)
    }
  }
}

extension Spec {
  /// The same with the options of text files behind its own.
  ///
  /// - Parameter command: a script up to the options, for their examples.
  func readingText<Made>(_ command: String) -> Spec<Made> where Product == (FileReading) -> Made {
    let (own, text) = (self, TextFileOptions.spec(command))
    let count = own.parameters.count
    return Spec<Made>(
      own.name, own.summary, parameters: own.parameters + text.parameters, example: own.example
    ) { values in
      try own.make(Array(values[..<count]))(text.make(Array(values[count...])))
    }
  }
}

extension CallPlaces {
  /// Makes sure that nothing is said about a file's text where no file is read.
  ///
  /// - Throws: a diagnostic at the first such option.
  func checkNoTextFileOptions() throws {
    for name in TextFileOptions.spec("").parameters.map(\.name) where isGiven(name) {
      throw Diagnostic(
        .extraValue, "`\(name)` says how a file is read, and none is read here",
        at: range(of: name), "not needed", help: ["leave it out"])
    }
  }
}
