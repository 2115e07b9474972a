import NNEngine

/// How a text file is to be read, where looking at it does not tell: the options that every command
/// offers which reads one.
enum TextFileOptions {
  static var header: Parameter<Bool?> {
    .optionalTruth("header", whenAbsent: "looked for", "Whether the first row holds names.")
  }
  static var separator: Parameter<String?> {
    .optional(
      "separator", .name, whenAbsent: "looked for", "What stands between fields: `\";\"`, `tab`.")
  }
  static var encoding: Parameter<String?> {
    .optional(
      "encoding", .choice(TextEncoding.allCases.map(\.rawValue)), whenAbsent: "utf8",
      "How the letters of a text file are written, where that is not UTF-8.")
  }
}

extension DataOptions {
  /// Options that say only how a text file is to be read.
  init(header: Bool?, separator: String?, encoding: String?) {
    self.init()
    self.header = header
    self.separator = separator
    self.encoding = encoding.flatMap(TextEncoding.init)
  }
}

extension CallPlaces {
  /// Makes sure that nothing is said about a file's text where no file is read.
  ///
  /// - Throws: a diagnostic at the first such option.
  func checkNoTextFileOptions() throws {
    for name in ["header", "separator", "encoding"] where isGiven(name) {
      throw Diagnostic(
        .extraValue, "`\(name)` says how a file is read, and none is read here",
        at: range(of: name), "not needed", help: ["leave it out"])
    }
  }
}
