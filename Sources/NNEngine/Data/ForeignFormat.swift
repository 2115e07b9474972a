/// A kind of file that other programs read: recognised by its content, so that it is refused with the
/// line that makes a CSV file of it.
struct ForeignFormat: Sendable {
  /// What it is, as a message says it: `an Excel workbook`.
  let name: String
  /// A line for the command line; `FILE` is the path, `CSV` that of the table.
  let line: String
  private let recognises: @Sendable ([UInt8]) -> Bool

  private init(
    _ name: String, _ line: String, _ recognises: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    (self.name, self.line, self.recognises) = (name, line, recognises)
  }

  private init(_ name: String, _ line: String, marks: [[UInt8]]) {
    self.init(name, line) { start in marks.contains { start.starts(with: $0) } }
  }

  /// The error for a file that begins so; `nil` where it is none of these.
  static func refusal(_ start: some Collection<UInt8>, path: String) -> EngineError? {
    let start = Array(start.prefix(4_096))
    guard let format = all.first(where: { $0.recognises(start) }) else { return nil }
    return .badFile(
      path: path, problem: "it is \(format.name)",
      help: format.line.isEmpty
        ? "save its table as CSV" : "make a table of it: `\(format.command(for: path))`")
  }

  /// The line with the names of the file and of its table.
  private func command(for path: String) -> String {
    let file = FilePath.name(of: path)
    var base = Substring(file)
    if base.hasSuffix(".gz") { base = base.dropLast(3) }
    if let dot = base.lastIndex(of: "."), dot != base.startIndex { base = base[..<dot] }
    // A binary file that is called `.csv` must not be overwritten by its own table.
    let table = file.lowercased().hasSuffix(".csv") ? "\(base)-table.csv" : "\(base).csv"
    return line.split(separator: " ", omittingEmptySubsequences: false).map { word in
      Self.replaced(Self.replaced(String(word), "FILE", file), "CSV", table)
    }.joined(separator: " ")
  }

  private static func replaced(_ text: String, _ word: String, _ name: String) -> String {
    var (result, rest) = ("", Substring(text))
    while let start = rest.firstRange(of: word) {
      result += rest[..<start.lowerBound] + name
      rest = rest[start.upperBound...]
    }
    return result + rest
  }

  private static func pandas(_ reader: String) -> String {
    "python3 -c \"import pandas; pandas.\(reader).to_csv('CSV', index=False)\""
  }

  private static let all: [ForeignFormat] = [
    ForeignFormat("an OpenDocument table", pandas("read_excel('FILE', engine='odf')")) {
      $0.starts(with: "PK".utf8) && $0.holds("opendocument.spreadsheet")
    },
    ForeignFormat("an Excel workbook", pandas("read_excel('FILE')")) {
      $0.starts(with: "PK".utf8)
        && ["xl/", "[Content_Types]", "docProps", "_rels/"].contains(where: $0.holds)
    },
    ForeignFormat(
      "an Excel workbook, or another old document of Office", pandas("read_excel('FILE')"),
      marks: [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]]),
    ForeignFormat(
      "a ZIP archive", "unzip FILE", marks: [[0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6]]),
    ForeignFormat("a Parquet file", pandas("read_parquet('FILE')"), marks: [Array("PAR1".utf8)]),
    ForeignFormat(
      "a Feather (Arrow) file", pandas("read_feather('FILE')"),
      marks: [Array("ARROW1".utf8), Array("FEA1".utf8)]),
    ForeignFormat("an ORC file", pandas("read_orc('FILE')"), marks: [Array("ORC".utf8)]),
    ForeignFormat(
      "an HDF5 file", pandas("read_hdf('FILE')"),
      marks: [[0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]]),
    ForeignFormat(
      "an SPSS file", pandas("read_spss('FILE')"),
      marks: [Array("$FL2".utf8), Array("$FL3".utf8)]),
    ForeignFormat("a Stata file", pandas("read_stata('FILE')")) { start in
      start.starts(with: "<stata_dta>".utf8)
        || start.count > 4 && (105...119).contains(start[0]) && (1...2).contains(start[1])
          && start[2] == 1
    },
    ForeignFormat("a SAS file", pandas("read_sas('FILE')")) { start in
      start.starts(with: "HEADER RECORD*******LIB".utf8)
        || start.count > 16 && start.prefix(12).allSatisfy { $0 == 0 }
          && start[12...15].elementsEqual([0xc2, 0xea, 0x81, 0x60])
    },
    ForeignFormat(
      "an R object",
      "Rscript -e 'write.csv(readRDS(\"FILE\"), \"CSV\", row.names = FALSE)'",
      marks: [[0x58, 0x0a, 0, 0, 0], Array("A\n2\n".utf8), Array("A\n3\n".utf8)]),
    ForeignFormat(
      "a file of R objects",
      "Rscript -e 'write.csv(get(load(\"FILE\")), \"CSV\", row.names = FALSE)'",
      marks: ["RDX2\n", "RDX3\n", "RDA2\n", "RDA3\n"].map { Array($0.utf8) }),
    ForeignFormat("a pickle of Python", pandas("read_pickle('FILE')")) { start in
      start.count > 2 && start[0] == 0x80 && (2...5).contains(start[1])
    },
    ForeignFormat(
      "a file of MATLAB",
      "python3 -c \"import scipy.io; print(scipy.io.whosmat('FILE'))\"",
      marks: [Array("MATLAB ".utf8)]),
    ForeignFormat("an Avro file", "", marks: [[0x4f, 0x62, 0x6a, 1]]),
    ForeignFormat("packed with bzip2", "bunzip2 FILE") {
      $0.starts(with: "BZh".utf8) && $0.dropFirst(4).starts(with: [0x31, 0x41, 0x59])
    },
    ForeignFormat("packed with xz", "unxz FILE", marks: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]]),
    ForeignFormat("packed with zstd", "unzstd FILE", marks: [[0x28, 0xb5, 0x2f, 0xfd]]),
    ForeignFormat("packed with 7-Zip", "7z x FILE", marks: [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]]),
    ForeignFormat("a PDF document", "", marks: [Array("%PDF-".utf8)]),
    ForeignFormat("an ARFF file", readARFF) { start in
      // Comments may stand above; they begin with `%`.
      let lines = String(decoding: start, as: UTF8.self).split(whereSeparator: \.isNewline)
      return lines.first { !$0.hasPrefix("%") && !$0.allSatisfy(\.isWhitespace) }?.lowercased()
        .hasPrefix("@relation") == true
    },
    ForeignFormat("JSON, one record a line", pandas("read_json('FILE', lines=True)")) { start in
      let text = start.withoutBlanksAtStart
      guard text.starts(with: "{\"".utf8),
        let end = text.firstIndex(where: { $0 == 0x0a || $0 == 0x0d })
      else { return false }
      return text[..<end].last == UInt8(ascii: "}")
        && text[end...].first { $0 > 0x20 } == UInt8(ascii: "{")
    },
    ForeignFormat("JSON", pandas("read_json('FILE')")) { start in
      let text = Array(start.withoutBlanksAtStart.prefix(400))
      let signs = text.filter { $0 > 0x20 }.prefix(2)
      return signs.elementsEqual("[{".utf8) || signs.elementsEqual("{\"".utf8)
        || signs.elementsEqual("[[".utf8)
    },
    ForeignFormat("a page of the web (HTML)", pandas("read_html('FILE')[0]")) { start in
      let text = String(decoding: start.withoutBlanksAtStart.prefix(64), as: UTF8.self)
        .lowercased()
      return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    },
    ForeignFormat("XML", pandas("read_xml('FILE')")) {
      $0.withoutBlanksAtStart.starts(with: "<?xml".utf8)
    },
  ]

  private static let readARFF =
    "Rscript -e 'write.csv(foreign::read.arff(\"FILE\"), \"CSV\", row.names = FALSE)'"
}

extension [UInt8] {
  fileprivate func holds(_ text: String) -> Bool {
    firstRange(of: Array(text.utf8)) != nil
  }

  fileprivate var withoutBlanksAtStart: ArraySlice<UInt8> {
    let text = starts(with: [0xef, 0xbb, 0xbf]) ? self[3...] : self[...]
    return text.drop { $0 <= 0x20 }
  }
}
