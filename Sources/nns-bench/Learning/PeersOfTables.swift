import Glibc
import NNEngine

/// What scikit-learn's models reached on the folds of a table, kept in a file beside the tables:
/// they are asked once.
struct PeersOfTables {
  private static let program = Surroundings.peers + "tables_sklearn.py"

  /// Outcomes by model and seed, one for each fold.
  private(set) var outcomes: [String: [Int: [Outcome]]] = [:]

  private let file: String
  /// What the answers depend on: the table and the program that asks.
  private let mark: String

  /// Reads what is there.
  init(table path: String, keptIn file: String) {
    self.file = file
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for path in [path, PeersOfTables.program] {
      for byte in (contents(path) ?? "").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    mark = "# \(String(hash, radix: 16))"
    let lines = (contents(file) ?? "").split(separator: "\n")
    guard lines.first.map(String.init) == mark else { return }
    for line in lines.dropFirst() { add(line) }
  }

  /// Model, seed, score, loss, seconds.
  private mutating func add(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count == 5, let seed = Int(fields[1]), let score = Double(fields[2]),
      let loss = Double(fields[3]), let seconds = Double(fields[4])
    else { return }
    outcomes[String(fields[0]), default: [:]][seed, default: []].append(
      Outcome(score: score, loss: loss, seconds: seconds))
  }

  func has(seed: Int, folds: Int) -> Bool {
    Contestant.peers.allSatisfy { outcomes[$0]?[seed]?.count == folds }
  }

  /// Asks for the folds of a seed, and keeps the answers; false where nobody answers.
  mutating func ask(seed: Int, folds: [String], hasClasses: Bool) -> Bool {
    guard let python = Surroundings.peersPython else { return false }
    let kind = hasClasses ? "classes" : "numbers"
    let command = [python, PeersOfTables.program, kind, "\(seed * folds.count)"] + folds
    guard let process = ChildProcess(command) else { return false }
    for name in Contestant.peers { outcomes[name, default: [:]][seed] = nil }
    while let line = process.line() {
      let fields = line.split(separator: " ")
      guard fields.count == 4, fields[0] != "ready" else { continue }
      add("\(fields[0]) \(seed) \(fields[2]) \(fields[3]) \(fields[1])")
    }
    guard process.end().isGood, has(seed: seed, folds: folds.count) else { return false }
    keep()
    return true
  }

  private func keep() {
    var lines = [mark]
    for (name, seeds) in outcomes.sorted(by: { $0.key < $1.key }) {
      for (seed, folds) in seeds.sorted(by: { $0.key < $1.key }) {
        lines += folds.map { "\(name) \(seed) \($0.score) \($0.loss) \($0.seconds)" }
      }
    }
    let text = lines.joined(separator: "\n") + "\n"
    try? DiskFiles().write(Array(text.utf8), to: file)
  }
}

private func contents(_ path: String) -> String? {
  (try? DiskFiles().read(path)).map { String(decoding: $0, as: UTF8.self) }
}
