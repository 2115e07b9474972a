import Testing

@testable import NNEngine

/// Arrays of NumPy. The bytes of foreign kinds are spelt out here; what they hold was checked with
/// NumPy 2.3.
struct NumPyTests {
  /// A `.npy` file of version 1.0.
  private static func array(_ header: String, _ body: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array(header.utf8)
    let length =
      version == 1
      ? [UInt8(text.count & 255), UInt8(text.count >> 8)]
      : [UInt8(text.count & 255), UInt8(text.count >> 8), 0, 0]
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + body
  }

  private static func header(_ kind: String, _ shape: String, isFortran: Bool = false) -> String {
    "{'descr': '\(kind)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(shape)), }\n"
  }

  private func numbers(_ file: [UInt8]) throws -> [Double] {
    try NumPyArray(file, name: "x", path: "x.npy").numbers()
  }

  /// -2 and 258 in every kind that holds them, or 1 and 0, 254 and 2.
  static let kinds: [(String, [UInt8], [Double])] = [
    ("|b1", [1, 0], [1, 0]), ("|i1", [0xfe, 2], [-2, 2]), ("|u1", [0xfe, 2], [254, 2]),
    ("<i2", [0xfe, 0xff, 2, 1], [-2, 258]), (">i2", [0xff, 0xfe, 1, 2], [-2, 258]),
    ("<u2", [0xfe, 0xff, 2, 1], [65534, 258]), (">u2", [0xff, 0xfe, 1, 2], [65534, 258]),
    ("<i4", [0xfe, 0xff, 0xff, 0xff, 2, 1, 0, 0], [-2, 258]),
    (">i4", [0xff, 0xff, 0xff, 0xfe, 0, 0, 1, 2], [-2, 258]),
    (">u4", [0xff, 0xff, 0xff, 0xfe, 0, 0, 1, 2], [4_294_967_294, 258]),
    ("<i8", [0xfe] + Array(repeating: 0xff, count: 7) + [2, 1, 0, 0, 0, 0, 0, 0], [-2, 258]),
    (">u8", [0, 0, 0, 0, 0, 0, 1, 2, 0, 0x20, 0, 0, 0, 0, 0, 0], [258, 9_007_199_254_740_992]),
    ("<f2", [0, 0xc0, 8, 0x5c], [-2, 258]), (">f2", [0xc0, 0, 0, 1], [-2, 0x1p-24]),
    ("<f4", [0, 0, 0, 0xc0, 0, 0, 0x81, 0x43], [-2, 258]),
    (">f4", [0xc0, 0, 0, 0, 0x43, 0x81, 0, 0], [-2, 258]),
    ("<f8", [0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0x20, 0x70, 0x40], [-2, 258]),
    (">f8", [0xc0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x70, 0x20, 0, 0, 0, 0, 0], [-2, 258]),
  ]

  @Test(arguments: kinds) func everyKindOfNumberIsRead(
    kind: String, body: [UInt8], expected: [Double]
  ) throws {
    #expect(try numbers(Self.array(Self.header(kind, "2,"), body)) == expected)
    #expect(try numbers(Self.array(Self.header(kind, "2,"), body, version: 2)) == expected)
  }

  @Test func specialHalves() throws {
    let body: [UInt8] = [0, 0x7c, 0, 0xfc, 1, 0x7e, 0, 0x80, 0xff, 3]
    let found = try numbers(Self.array(Self.header("<f2", "5,"), body))
    #expect(found[0] == .infinity && found[1] == -.infinity && found[2].isNaN)
    #expect(found[3] == 0 && found[3].sign == .minus && found[4] == 1023 * 0x1p-24)
  }

  @Test func fortranOrderGivesTheSameRows() throws {
    let body: [UInt8] = [1, 4, 2, 5, 3, 6]
    #expect(
      try numbers(Self.array(Self.header("|u1", "2, 3", isFortran: true), body))
        == [1, 2, 3, 4, 5, 6])
    // Three axes: element (i, j, k) stands at i + 2 j + 4 k.
    let cube = Self.array(
      Self.header("|u1", "2, 2, 2", isFortran: true), [0, 4, 2, 6, 1, 5, 3, 7])
    #expect(try numbers(cube) == [0, 1, 2, 3, 4, 5, 6, 7])
    guard case .bytes(let bytes) = try NumPyArray(cube, name: "x", path: "x").inputs() else {
      Issue.record("8-bit numbers stay 8-bit")
      return
    }
    #expect(bytes == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func textsOfBothKindsAreClasses() throws {
    let body: [UInt8] = [0x61, 0, 0, 0, 0, 0, 0, 0, 0xe4, 0, 0, 0, 0x62, 0, 0, 0]
    let array = try NumPyArray(
      Self.array(Self.header("<U2", "2,"), body), name: "y", path: "y.npy")
    #expect(array.texts().names == ["a", "äb"])
    let bytes = try NumPyArray(
      Self.array(Self.header("|S3", "3,"), Array("ab\0abcab\0".utf8)), name: "y", path: "y.npy")
    #expect(bytes.texts().names == ["ab", "abc"])
    #expect(bytes.texts().codes == [0, 1, 0])
  }

  @Test(arguments: [
    ("|O", "it holds Python objects"), ("<c8", "it holds complex numbers"),
    ("<M8[D]", "it holds dates or durations"), ("<f16", "it holds numbers of more than 64 bits"),
    ("<V4", "its elements are of the kind `<V4`"),
  ])
  func otherKindsAreRefused(kind: String, message: String) {
    #expect(
      problem(Self.array(Self.header(kind, "2,"), [0, 0]), name: "x.npy") == message)
  }

  @Test func wholeNumbersThatWouldChangeAreRefused() {
    let body: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x20, 0]
    #expect(
      problem(Self.array(Self.header("<i8", "2, 1"), body), name: "x.npy")
        == "row 2 has a whole number that 64-bit floating point does not hold")
  }

  /// What is wrong with a file, and the message.
  static let damaged: [([UInt8], String)] = [
    (array(header("<f8", "2, 2"), [1, 2, 3]), "it ends after 0 of 4 values"),
    (
      array(header("|u1", "2, 2"), [1, 2, 3, 4, 5]),
      "it holds more than the 2x2 values of its header"
    ),
    (array(header("|u1", "2, -1"), []), "its header is damaged"),
    (
      array(header("|u1", "99999999999, 99999999999"), []),
      "its header claims 99999999999x99999999999 values"
    ),
    (array("{'descr': '|u1', 'shape': (2,)}", [1, 2]), "its header is damaged"),
    (array("{'descr': ", []), "its header is damaged"),
    (array("((((((((((((((((((1))))))))))))))))))", []), "its header is damaged"),
    (Array(array(header("|u1", "2,"), [1, 2]).prefix(30)), "it ends within its header"),
    (array(header("|u1", "2,"), [1, 2], version: 9), "its format is 9.0, 1.0 to 3.0 are read"),
    (array(header("|u1", ""), [1]), "it holds a single number, which is no row"),
    (array(header("|u1", "0, 3"), []), "it holds no rows"),
  ]

  @Test(arguments: damaged) func damagedFilesAreTold(bytes: [UInt8], message: String) {
    #expect(problem(bytes, name: "x.npy") == message)
  }

  @Test func oneArrayIsATableWithItsTargetLast() throws {
    let file = try NumPyWriter.array(.numbers([1, 2, 0, 3, .nan, 1, 5, 6, 0]), shape: [3, 3])
    let data = try DataLoader(files: MemoryFiles(bytes: ["t.npy": file])).load("t.npy")
    #expect(data.preprocessing.columnNames == ["column1", "column2"])
    #expect(data.preprocessing.targetNames == ["column3"] && data.train.codes == [0, 1, 0])
    #expect(data.train.inputShape == [3], "NaN is missing: filled and marked")
    #expect(data.columns[1].missing == 1)
  }

  @Test func recordsAreColumnsWithNames() throws {
    let header =
      "{'descr': [('size', '<f4'), ('n', '>i2'), ('kind', '|S1')], 'fortran_order': False, "
      + "'shape': (2,), }"
    let body: [UInt8] = [0, 0, 0x80, 0x3f, 0, 7, 0x61, 0, 0, 0, 0x40, 1, 0, 0x62]
    let data = try DataLoader(files: MemoryFiles(bytes: ["r.npy": Self.array(header, body)]))
      .load("r.npy")
    #expect(data.preprocessing.columnNames == ["size", "n"])
    #expect(data.train.numbers == [1, 7, 2, 256] && data.preprocessing.classNames == ["a", "b"])
  }

  private func archive(_ arrays: [(String, [UInt8])]) throws -> MemoryFiles {
    MemoryFiles(bytes: ["a.npz": try NumPyWriter.archive(arrays.map { (name: $0, content: $1) })])
  }

  @Test(arguments: [("x", "y"), ("X", "labels"), ("inputs", "targets"), ("X_train", "y_train")])
  func archivesHoldInputsAndTargets(x: String, y: String) throws {
    let files = try archive([
      (y, NumPyWriter.array(.texts(["a", "bb"]), shape: [2])),
      (x, NumPyWriter.array(.floats([1, 2, 3, 4]), shape: [2, 2])),
    ])
    let data = try DataLoader(files: files).load("a.npz")
    #expect(data.train.numbers == [1, 2, 3, 4] && data.preprocessing.classNames == ["a", "bb"])
    #expect(data.preprocessing.targetNames == [y])
    // The array of targets by its name.
    var options = DataOptions()
    (options.inputs, options.target) = (x, [y])
    #expect(try DataLoader(files: files).load("a.npz", options: options).train.codes == [0, 1])
  }

  @Test func picturesKeepTheirShapeAndTheirTestPart() throws {
    let pixels = Self.array(Self.header("|u1", "2, 2, 3"), Array(0..<12))
    let labels = Self.array(Self.header("<i4", "2,"), [7, 0, 0, 0, 3, 0, 0, 0])
    let files = try archive([
      ("x_train", pixels), ("y_train", labels), ("x_test", pixels), ("y_test", labels),
    ])
    let data = try DataLoader(files: files).load("a.npz")
    #expect(data.train.inputShape == [2, 3, 1] && data.test?.count == 2)
    #expect(data.preprocessing.classNames == ["3", "7"] && data.train.codes == [1, 0])
    guard case .bytes = data.train.inputs else {
      Issue.record("pixels stay 8-bit")
      return
    }
  }

  @Test func severalTargetsGoByTheNameOfTheirArray() throws {
    let files = try archive([
      ("x", NumPyWriter.array(.numbers([1, 2]), shape: [2])),
      ("y", NumPyWriter.array(.numbers([1.5, 2, 3, 4]), shape: [2, 2])),
    ])
    for target in [[], ["y"]] {
      var options = DataOptions()
      options.target = target
      let data = try DataLoader(files: files).load("a.npz", options: options)
      #expect(
        data.preprocessing.targetNames == ["y1", "y2"] && data.train.values == [1.5, 2, 3, 4])
    }
  }

  @Test func unevenAndNamelessArraysAreTold() throws {
    func message(_ arrays: [(String, [UInt8])]) throws -> String? {
      do {
        _ = try DataLoader(files: archive(arrays)).load("a.npz")
        return nil
      } catch EngineError.badFile(_, let problem, _, _) {
        return problem
      }
    }
    let (two, three) = try (
      NumPyWriter.array(.numbers([1, 2]), shape: [2]),
      NumPyWriter.array(.numbers([1, 2, 3]), shape: [3])
    )
    #expect(try message([("x", two), ("y", three)]) == "`x` has 2 rows, `y` has 3")
    #expect(
      try message([("a", two), ("b", two)]) == "it holds 2 arrays, and none is called `x`")
  }

  @Test func damagedArchivesAreTold() throws {
    let whole = try NumPyWriter.archive([
      (name: "x", content: NumPyWriter.array(.numbers([1, 2, 3, 4]), shape: [2, 2]))
    ])
    for cut in stride(from: 31, to: whole.count - 1, by: 7) {
      #expect(problem(Array(whole[..<cut]), name: "a.npz") != nil, "cut at \(cut)")
    }
    for place in 0..<whole.count - 22 where (160..<190).contains(place) {
      var changed = whole
      changed[place] ^= 1
      #expect(problem(changed, name: "a.npz") != nil, "changed at \(place)")
    }
  }

  /// Deflated by zlib through Python's `numpy.savez_compressed(x=np.arange(6.).reshape(3, 2))`.
  @Test func packedArchivesAreRead() throws {
    let numbers = (0..<200).map(Double.init)
    let array = try NumPyWriter.array(.numbers(numbers), shape: [100, 2])
    let stored = try NumPyWriter.archive([(name: "x", content: array)])
    // A stored block of deflate is deflate too: five bytes in front say how long it is.
    let length = UInt16(array.count)
    let block =
      [1, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
      + array
    var packed = Array(stored[..<35]) + block + stored[(35 + array.count)...]
    let directory = 35 + block.count
    for place in [8, directory + 10] { packed[place] = 8 }
    for place in [18, directory + 20] {
      packed[place] = UInt8(block.count & 255)
      packed[place + 1] = UInt8(block.count >> 8)
    }
    let end = packed.count - 22
    packed[end + 16] = UInt8(directory & 255)
    packed[end + 17] = UInt8(directory >> 8)
    let data = try DataLoader(files: MemoryFiles(bytes: ["a.npz": packed])).load("a.npz")
    #expect(data.rowCount == 100 && data.train.numbers == (0..<100).map { Double(2 * $0) })
  }

  @Test func aModelPredictsRowsThatComeWithOrWithoutTargets() throws {
    let text = "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n"
    let schema = try dataset(text).preprocessing
    let x = try NumPyWriter.array(.numbers([1, 2, 3, 4]), shape: [2, 2])
    let y = try NumPyWriter.array(.texts(["x", "y"]), shape: [2])
    for arrays in [[("x", x)], [("x", x), ("y", y)]] {
      let rows = try DataLoader(files: archive(arrays)).rows(in: "a.npz", for: schema)
      #expect(rows.numbers == [1, 2, 3, 4])
    }
    let examples = try DataLoader(files: archive([("x", x), ("y", y)]))
      .examples(in: "a.npz", for: schema, needsTargets: true).examples
    #expect(examples.codes == [0, 1])
  }
}
