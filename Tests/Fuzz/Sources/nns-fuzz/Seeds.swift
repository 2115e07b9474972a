import Glibc
import NNEngine
import NNScript

#if canImport(nns)
  @testable import nns
#endif

/// What the first inputs are made of.
enum Seeds {
  /// The folder of the checkout.
  static let root: String = {
    var folder = #filePath.folder
    while folder != "/", folder != ".", access(folder + "/scripts/models/data", F_OK) != 0 {
      folder = folder.folder
    }
    return folder
  }()
  static let data = root + "/scripts/models/data"
  static let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 1]

  /// Files that scripts may name.
  static let files: [String: [UInt8]] = {
    var files: [String: [UInt8]] = [
      "t.csv": Array("a,b,c\n1,2,x\n2,3,y\n3,5,x\n4,1,y\n".utf8),
      "m.nnm": model("input 4\nlayer dense 3 relu\nlayer dense 1"),
    ]
    files["include.nn"] = Array("let included = 1\n".utf8)
    return files
  }()

  /// The file that these lines write.
  private static func written(by lines: String) -> [UInt8] {
    final class Keeper: FileAccess, @unchecked Sendable {
      var bytes: [UInt8] = []
      let disk = DiskFiles()
      func kind(of path: String) -> FileKind { disk.kind(of: path) }
      func read(_ path: String, atMost count: Int) throws -> [UInt8] {
        try disk.read(path, atMost: count)
      }
      func list(_ folder: String) throws -> [String] { [] }
      func write(_ bytes: [UInt8], to path: String) throws { self.bytes = bytes }
    }
    final class KeepingHost: Host {
      let keeper = Keeper()
      var files: any FileAccess { keeper }
      func receive(_ event: Event) {}
    }
    let host = KeepingHost()
    var options = Session.Options()
    options.dataFolders = [data]
    _ = try? Session(host: host, options: options).run(lines)
    return host.keeper.bytes
  }

  /// A saved model of these lines.
  static func model(_ lines: String) -> [UInt8] {
    let bytes = written(by: lines + "\nsave \"m.nnm\"")
    // With a sum over its bytes no change of it would get far.
    guard var file = try? Safetensors(decoding: bytes, path: "m.nnm") else { return [] }
    (file.metadata["nnscript.check"], file.metadata["nnscript.format"]) = (nil, "2")
    return file.encoded()
  }

  /// Writes first inputs and a list of words into a folder.
  static func write(to folder: String) throws {
    for (number, input) in try inputs().enumerated() { put(input, "\(folder)/seeds/\(number)") }
    put(Array(try words().map { "\"\($0)\"\n" }.joined().utf8), folder + "/words")
  }

  /// Thousands of files, of which none need be on the disk at once.
  private static func put(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// The texts of all scripts there are, without what a corpus script expects.
  private static func texts() throws -> [String] {
    try ["/Tests/Scripts", "/scripts/models", "/Tests/IllPrograms"].flatMap {
      scripts(in: root + $0)
    }
    .map { path in
      String(decoding: try DiskFiles().read(path), as: UTF8.self)
        .split(separator: "\n").filter { !$0.hasPrefix("# ") }.joined(separator: "\n")
    }
  }

  /// Words and signs that scripts are made of.
  static func words() throws -> [String] {
    let words = Set(
      try texts().flatMap { $0.split { !($0.isLetter || $0 == "_" || $0 == "=") } }.map(String.init)
    )
    return words.filter { $0.utf8.allSatisfy { $0 < 128 } && $0.count > 1 }.sorted() + [
      "(", ")", "[", "]", "{", "}", "\\\"", "..", "->", "1e999", "9007199254740993", "28x28", "-1",
      "2^63", "4294967296", "100000x100000",
    ]
  }

  /// Inputs for all targets, the byte that chooses one first.
  static func inputs() throws -> [[UInt8]] {
    var inputs: [[UInt8]] = []
    func add(_ target: Target, _ bytes: [UInt8]) { inputs.append([target.rawValue] + bytes) }
    for text in try texts() where text.utf8.count < 1 << 14 {
      add(.script, Array(text.utf8))
      add(.prompt, Array(text.utf8))
    }
    let tables = [
      "a,b,c\n1,2,x\n2,3,y\n3,5,x\n4,1,y\n", "a;b\n1,5;ja\n2,5;nein\n", "1 2 3\n4 5 6\n7 8 9\n",
      "date,price,ok\n2024-01-02,\"1,234.50\",yes\n2024-02-03,99 %,no\n,,\n", "\u{FEFF}x\n1\n2\n",
      "id,name,when\n001,\"a \"\"b\"\"\",01.02.2024\n002,'c',03.04.2024\n",
      "a\tb\r\n1\t$3\r\n2\t€4\r\n",
    ]
    let options = [
      "", " target=a test=20%", " header=no", " separator=\";\" decimal=\",\"",
      " missing=drop normalize=none", " target=c validation=1 shuffle=false",
      " only=[a, b] missing=mean",
    ]
    for (table, option) in zip(tables, options) {
      add(.table, Array((option + "\n" + table).utf8))
      add(.table, Array(("\n" + table).utf8))
    }
    add(.idx, [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2] + (0..<16).map { UInt8($0 * 15) })
    add(.idx, [0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4])
    add(.gzip, gzipped)
    for lines in [
      "input 4\nlayer dense 3 relu\nlayer dense 1",
      "input 2x2\nlayer flatten\nlayer dense 2 softmax",
      "input 4\nlayer dense 3\nlayer batchnorm\nlayer dropout 0.5\noptimizer adam\nlayer dense 1",
      "data iris\nlayer dense 4 relu\nlayer dense 3 softmax\ntrain epochs=1",
      "input 4\nresidual { layer dense 4 tanh }\nlayer layernorm\nlayer dense 1\nloss huber",
    ] { add(.model, model(lines)) }
    add(
      .history, Array("let a = 1\nprint a\nfor i in 1..3 {\\n  print i\\n}\n\\\\x\n".utf8))
    for folder in ["forms", "flat", "damaged/ring", "damaged/block"] {
      for bytes in try files(in: "/Tests/Scripts/pictures/" + folder) where bytes.count < 1 << 14 {
        add(.picture, bytes)
      }
    }
    add(.arrays, array)
    add(
      .arrays,
      written(by: "data iris limit=9\nlayer dense 3\npredict data.train.inputs to=\"a.npz\""))
    for bytes in try files(in: "/Tests/Scripts/files", ends: ".db") { add(.database, bytes) }
    return inputs
  }

  private static func files(in folder: String, ends: String = "") throws -> [[UInt8]] {
    let (disk, folder) = (DiskFiles(), root + folder)
    return try disk.list(folder).sorted().filter { $0.hasSuffix(ends) }
      .map { try disk.read(folder + "/" + $0) }
  }

  /// Four rows of two numbers.
  static let array: [UInt8] = {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + (0..<8).flatMap { [0, 0, UInt8($0), 0x40] as [UInt8] }
  }()

  /// `a,b\n1,2\n3,4\n`, packed.
  private static let gzipped: [UInt8] = [
    0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0xff, 0x4b, 0xd4, 0x49, 0xe2, 0x32, 0xd4, 0x31, 0xe2,
    0x32,
    0xd6, 0x31, 0xe1, 0x02, 0, 0xe5, 0xe9, 0xd6, 0xce, 0x0c, 0, 0, 0,
  ]

  private static func scripts(in folder: String) -> [String] {
    let disk = DiskFiles()
    return ((try? disk.list(folder)) ?? []).sorted().flatMap { name -> [String] in
      let path = folder + "/" + name
      switch disk.kind(of: path) {
      case .folder: return scripts(in: path)
      default: return name.hasSuffix(".nn") ? [path] : []
      }
    }
  }
}
