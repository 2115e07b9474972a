import Testing

@testable import NNEngine

/// Files of other programs are refused with the line that makes a table of them.
@Suite struct ForeignFormatTests {
  private func refusal(_ bytes: [UInt8], _ name: String) -> (problem: String, help: String)? {
    do {
      _ = try DataLoader(files: MemoryFiles(bytes: [name: bytes])).load(name)
    } catch EngineError.badFile(_, let problem, _, let help) {
      return (problem, help ?? "")
    } catch {}
    return nil
  }

  @Test(arguments: [
    (
      "PK\u{3}\u{4}....[Content_Types].xml", "sales.xlsx", "an Excel workbook",
      "read_excel('sales.xlsx').to_csv('sales.csv'"
    ),
    (
      "PK\u{3}\u{4}....[Content_Types].xml", "sales.csv", "an Excel workbook",
      "read_excel('sales.csv').to_csv('sales-table.csv'"
    ),
    (
      "PK\u{3}\u{4}..mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "t.ods",
      "an OpenDocument table", "engine='odf'"
    ),
    ("PK\u{3}\u{4}....notes.txt", "t.zip", "a ZIP archive", "unzip t.zip"),
    ("PAR1\u{15}\u{4}", "t.parquet", "a Parquet file", "read_parquet('t.parquet')"),
    ("ARROW1\u{0}\u{0}", "t.feather", "a Feather (Arrow) file", "read_feather"),
    ("$FL2@(#) SPSS DATA FILE", "t.sav", "an SPSS file", "read_spss"),
    ("<stata_dta><header>", "t.dta", "a Stata file", "read_stata"),
    ("RDX3\nX\n", "t.rdata", "a file of R objects", "get(load(\"t.rdata\"))"),
    ("X\n\u{0}\u{0}\u{0}\u{3}", "t.rds", "an R object", "readRDS(\"t.rds\")"),
    (
      "% a comment\n\n@RELATION iris\n@DATA\n1,2\n", "t.arff", "an ARFF file",
      "foreign::read.arff(\"t.arff\")"
    ),
    ("[{\"a\": 1}]", "t.json", "JSON", "read_json('t.json').to_csv('t.csv'"),
    ("{\"a\": 1}\n{\"a\": 2}\n", "t.jsonl", "JSON, one record a line", "lines=True"),
    ("{\"a\": [1],\n \"b\": [2]}\n", "t.txt", "JSON", "read_json('t.txt')"),
    ("<!DOCTYPE html><html>", "t.csv", "a page of the web (HTML)", "read_html"),
    ("%PDF-1.7", "t.pdf", "a PDF document", "save its table as CSV"),
  ])
  func whatItIsAndTheLineThatConvertsAreSaid(
    _ text: String, _ name: String, _ what: String, _ line: String
  ) throws {
    let found = try #require(refusal(Array(text.utf8), name))
    #expect(found.problem == "it is \(what)")
    #expect(found.help.contains(line), "\(found.help)")
  }

  @Test(
    arguments: [
      ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0], "an HDF5 file"),
      ([0x80, 0x04, 0x95, 0x10], "a pickle of Python"),
      (
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        "an Excel workbook, or another old document of Office"
      ),
      ([0x72, 0x02, 0x01, 0x00, 0x05, 0x00], "a Stata file"),
      ([0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59], "packed with bzip2"),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "packed with xz"),
    ] as [([UInt8], String)])
  func bytesTellWhateverTheNameIs(_ bytes: [UInt8], _ what: String) throws {
    for name in ["t.bin", "t.csv"] {
      #expect(refusal(bytes, name)?.problem == "it is \(what)")
    }
  }

  @Test func tablesWithOddNamesAreRead() throws {
    for name in ["t.xlsx", "t.json", "t.parquet"] {
      #expect(try dataset("a,b\n1,2.5\n", name: name).train.count == 1)
    }
  }
}
