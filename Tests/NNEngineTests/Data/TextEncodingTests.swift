import Testing

@testable import NNEngine

/// Letters as bytes: UTF-8, what a script names, or a refusal with its place.
@Suite struct TextEncodingTests {
  private static let text = "länge,€,art\n1,2,Müller\n2,3,Größe\n"

  private func options(_ encoding: TextEncoding?) -> DataOptions {
    var options = DataOptions()
    options.text.encoding = encoding
    return options
  }

  private func load(_ bytes: [UInt8], _ encoding: TextEncoding? = nil) throws -> Dataset {
    try DataLoader(files: MemoryFiles(bytes: ["t.csv": bytes])).load(
      "t.csv", options: options(encoding))
  }

  private func utf16(_ text: String, isBig: Bool, mark: Bool) -> [UInt8] {
    ((mark ? "\u{feff}" : "") + text).utf16.flatMap { unit in
      let halves = [UInt8(unit >> 8), UInt8(unit & 0xff)]
      return isBig ? halves : halves.reversed()
    }
  }

  @Test func aFileIsTheSameInEveryEncoding() throws {
    var windows = Self.text.unicodeScalars.map { $0 == "€" ? 0x80 : UInt8($0.value) }
    let plain = try load(Array(Self.text.utf8))
    #expect(plain.preprocessing.inputNames == ["länge", "€"])
    for (bytes, encoding) in [
      (windows, TextEncoding.windows1252), (Array(("\u{feff}" + Self.text).utf8), nil),
      (Array(("\u{feff}" + Self.text).utf8), .latin1),
      (utf16(Self.text, isBig: false, mark: true), nil),
      (utf16(Self.text, isBig: true, mark: true), nil),
      (utf16(Self.text, isBig: false, mark: false), .utf16),
      (utf16(Self.text, isBig: true, mark: false), .utf16),
    ] {
      let data = try load(bytes, encoding)
      #expect(data.preprocessing == plain.preprocessing)
      #expect(data.train.numbers == plain.train.numbers && data.train.codes == plain.train.codes)
    }
    // Latin 1 has no euro sign; its letters are the same.
    windows[6] = UInt8(ascii: "e")
    #expect(try load(windows, .latin1).preprocessing.classNames == ["Größe", "Müller"])
  }

  @Test(arguments: [
    ("a,name,c\n1,M\u{1}ller,x\n", "row 2, `name`: the letters are not in UTF-8"),
    ("a,c\n1,x\n\n2,\"two\nlin\u{1}es\"\n", "row 4, `c`: the letters are not in UTF-8"),
    ("a,l\u{1}nge,c\n1,2,x\n", "row 1, column 2: the letters are not in UTF-8"),
    ("\n \na,name,c\n1,M\u{1}ller,x\n", "row 4, `name`: the letters are not in UTF-8"),
    ("a,c\n1,x\n\u{1}2,y\n", "row 3, `a`: the letters are not in UTF-8"),
    ("\u{1},c\n1,x\n", "row 1, column 1: the letters are not in UTF-8"),
    ("a,c\n1,\"x\u{1}\n", "row 2: the letters are not in UTF-8"),
    ("a,c\n1,x\n2,y\n3,z\u{1}", "row 4, `c`: the letters are not in UTF-8"),
  ])
  func otherBytesAreRefusedAtTheirPlace(_ text: String, _ expected: String) {
    let bytes = text.utf8.map { $0 == 1 ? 0xfc : $0 }
    #expect(problem(bytes) == expected)
  }

  @Test func oneWrongByteIsFoundWhereverItStands() {
    let plain = Array(String(repeating: "0123456789,abcde\n", count: 3).utf8)
    for place in plain.indices {
      for wrong in [UInt8(0xff), 0x80, 0xc3] {
        var bytes = plain
        bytes[place] = wrong
        #expect(bytes.withUnsafeBufferPointer { TextEncoding.firstInvalid($0) } == place)
      }
      let letters = plain[..<place] + Array("é€😀".utf8) + plain[place...]
      #expect(Array(letters).withUnsafeBufferPointer { TextEncoding.firstInvalid($0) } == nil)
    }
  }

  @Test func everyTextIsUTF8AndBrokenOnesAreNot() {
    func firstInvalid(_ bytes: [UInt8]) -> Int? {
      bytes.withUnsafeBufferPointer { TextEncoding.firstInvalid($0) }
    }
    var random = TestRandom(state: 12)
    for _ in 0..<2_000 {
      let scalars = (0..<random.next() % 40).map { _ in
        Unicode.Scalar(UInt32(random.next() % 0x11_0000)) ?? "é"
      }
      let bytes = Array(String(String.UnicodeScalarView(scalars)).utf8)
      #expect(firstInvalid(bytes) == nil)
      guard !bytes.isEmpty else { continue }
      var broken = bytes
      broken[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      let isText = String(validating: broken, as: UTF8.self) != nil
      #expect((firstInvalid(broken) == nil) == isText, "\(broken)")
    }
  }
}
