import Foundation

/// One run of a program to its end: what it wrote and how it ended.
struct Execution {
  var status: Int32
  var output: String
  var errors: String

  /// The `nns` that was built together with these tests, which lies beside them.
  static let nns: String = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = path.folder + "/nns"
    if access(beside, X_OK) == 0 { return beside }
    // `swift test` may run the tests inside a helper of the toolchain; the bundle is an argument.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? path
    return bundle.folder + "/nns"
  }()

  /// Runs `nns` with arguments.
  static func nns(
    _ arguments: String..., input: String = "", in folder: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Execution {
    try run([nns] + arguments, input: input, in: folder, environment: environment)
  }

  /// Runs a program; `whileRunning` gets its process number once it has begun.
  static func run(
    _ command: [String], input: String = "", in folder: String? = nil,
    environment: [String: String] = [:], whileRunning: (pid_t) -> Void = { _ in }
  ) throws -> Execution {
    // Files and no pipes: however much is written, nobody waits for a reader.
    let scratch = try TemporaryFolder()
    try scratch.write(input, to: "input")
    let files = ["input", "output", "errors"].map { scratch.path + "/" + $0 }
    for name in ["output", "errors"] { try scratch.write("", to: name) }
    let handles = [
      try FileHandle(forReadingFrom: URL(fileURLWithPath: files[0])),
      try FileHandle(forWritingTo: URL(fileURLWithPath: files[1])),
      try FileHandle(forWritingTo: URL(fileURLWithPath: files[2])),
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    // What is drawn follows the locale and the width: the same ones wherever the tests run.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["LC_ALL": "C.UTF-8", "COLUMNS": "80"]) { $1 }.merging(environment) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: folder ?? scratch.path)
    process.standardInput = handles[0]
    process.standardOutput = handles[1]
    process.standardError = handles[2]
    try process.run()
    whileRunning(process.processIdentifier)
    process.waitUntilExit()
    return Execution(
      status: process.terminationStatus + (process.terminationReason == .exit ? 0 : 128),
      output: try scratch.text(of: "output"), errors: try scratch.text(of: "errors"))
  }
}

/// A folder that is gone with its last owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = "/tmp/nns-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + name, withIntermediateDirectories: false)
  }

  func text(of name: String) throws -> String { try textOfFile(path + "/" + name) }
}

/// The package's folder, found from where this file stands.
let repository = #filePath.folder.folder.folder

/// A file's whole text.
func textOfFile(_ path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
}

extension String {
  var folder: String { String(self[..<(lastIndex(of: "/") ?? startIndex)]) }
}
