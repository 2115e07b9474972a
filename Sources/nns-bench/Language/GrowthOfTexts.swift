import Glibc
import NNEngine
import NNScript

/// How the time for one piece of a text grows with its size: scripts that are checked, tables that
/// are read.
struct GrowthOfTexts: Measurement {
  /// What there is more of.
  enum Kind: String, CaseIterable {
    case layers, running, arguments, fields, lines, columns, names, texts
  }

  let kind: Kind

  var name: String { "growth-\(kind.rawValue)" }
  var summary: String {
    switch kind {
    case .layers: "checking a script: time a layer as there are more of them"
    case .running: "running the same, and predicting with the model: time a layer"
    case .arguments: "checking a script: time an argument of one command"
    case .lines: "running a script: time a line"
    case .fields: "running a script: time to add a field to a record"
    case .columns: "reading a table of two rows: time a column"
    case .names: "the same where all columns have one name"
    case .texts: "reading a table with texts in its last row: time a cell"
    }
  }

  /// From step to step, how much longer a piece may take before it counts as worse than linear.
  private let tolerance = 1.5

  func measure() -> Bool {
    print("\(name): \(summary)")
    var last: Double?
    var isLinear = true
    for size in [1_000, 4_000, 16_000, 64_000] {
      guard let seconds = secondsForOne(size) else { return false }
      var line = "  \(pad("\(size)", -10)) \(Unit(for: seconds).text(seconds, width: 9))"
      if let last {
        line += "  \(pad(fixed(seconds / last, 2), -5))"
        if seconds > tolerance * last {
          line += "  worse than linear"
          isLinear = false
        }
      }
      last = seconds
      print(line)
    }
    return isLinear
  }

  /// The least of a few.
  private func secondsForOne(_ size: Int) -> Double? {
    let work = work(size)
    var least = Double.infinity
    for _ in 0..<3 {
      var isRight = false
      let seconds = Clock.processor.measure { isRight = work() }
      guard isRight else { return nil }
      least = min(least, seconds / Double(size))
    }
    return least
  }

  private func work(_ size: Int) -> () -> Bool {
    switch kind {
    case .layers:
      return checking("input 4\n" + String(repeating: "layer dense 4 relu\n", count: size))
    case .running:
      return running(
        "input 4\n" + String(repeating: "layer dense 4 relu\n", count: size)
          + "let p = predict [1, 2, 3, 4]")
    case .lines:
      return running((0..<size).map { "let v\($0) = \($0)\n" }.joined())
    case .arguments: return checking("print" + String(repeating: " 1", count: size))
    case .fields:
      return running("let r = {}\nfor i in 1..\(size) { r[\"k{i}\"] = i }\n")
    case .columns:
      return reading((0..<size).map { "c\($0)" }, rows: 2, last: "1")
    case .names: return reading(Array(repeating: "a", count: size), rows: 2, last: "1")
    case .texts:
      let width = Int(Double(size).squareRoot())
      return reading((0..<width).map { "c\($0)" }, rows: width, last: "a")
    }
  }

  private func running(_ text: String) -> () -> Bool {
    { (try? Session().run(text)) != nil }
  }

  private func checking(_ text: String) -> () -> Bool {
    { Session().check(text).allSatisfy { $0.severity != .error } }
  }

  private func reading(_ names: [String], rows: Int, last: String) -> () -> Bool {
    func row(_ cell: String) -> String {
      Array(repeating: cell, count: names.count).joined(separator: ",") + "\n"
    }
    let text =
      names.joined(separator: ",") + "\n" + String(repeating: row("1"), count: rows) + row(last)
    let files = OneFile(bytes: Array(text.utf8))
    // Texts as inputs are refused once the table is read, which is what takes the time.
    return {
      _ = try? DataLoader(files: files).load("t.csv")
      return true
    }
  }
}

/// A file that is in memory only.
private struct OneFile: FileAccess {
  let bytes: [UInt8]

  func kind(of path: String) -> FileKind { .file(size: bytes.count) }
  func read(_ path: String, atMost count: Int) throws -> [UInt8] { Array(bytes.prefix(count)) }
  func list(_ folder: String) throws -> [String] { [] }
  func write(_ bytes: [UInt8], to path: String) throws {}
}
