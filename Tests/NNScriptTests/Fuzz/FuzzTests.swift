import Glibc
import NNEngine
import NNScript
import Testing

/// Broken scripts by the thousand: whatever the text, there is an answer and never a crash.
@Suite struct FuzzTests {
  /// Two seconds with every test run; `scripts/fuzz SECONDS` goes on for longer, from another seed.
  @Test func everyTextGetsAnAnswer() throws {
    let asked = getenv("NNS_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) }
    let seed = asked == nil ? 1 : UInt64(time(nil))
    // A crash ends the whole process: the text that did it is then found here.
    let path = "/tmp/nnscript-fuzz-\(getpid()).nn"
    if asked != nil { print("seed \(seed); the text that is being tried: \(path)") }
    var scripts = Scrambler(seed: seed, seeds: try Self.seedTexts())
    let end = time(nil) + (asked ?? 2)
    var count = 0
    while time(nil) < end {
      let text = scripts.next()
      try write(text, to: path)
      try Self.answer(text, count)
      count += 1
    }
    unlink(path)
    if asked != nil { print("\(count) texts") }
    #expect(count > 10)
  }

  private static func seedTexts() throws -> [String] {
    let paths = Repository.scripts(in: "Tests/Scripts") + Repository.scripts(in: "scripts/models")
    return try paths.map(Repository.text)
  }

  private static func answer(_ text: String, _ number: Int) throws {
    let host = ImpatientHost()
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(host: host, options: options)
    var diagnostics: [Diagnostic] = []
    do {
      try session.run(text)
    } catch let error as ScriptError {
      diagnostics = error.diagnostics
      #expect(
        diagnostics.contains { $0.severity == .error },
        "text \(number) failed without an error:\n\(text)")
      #expect(!error.description.isEmpty)
    }
    for diagnostic in diagnostics + host.diagnostics {
      #expect(!diagnostic.message.isEmpty && !diagnostic.message.contains("\n"))
      guard let range = diagnostic.primary?.range else { continue }
      let length = session.sources.texts[range.source].bytes.count
      #expect(0 <= range.start && range.start <= range.end && range.end <= length, "\(text)")
    }
  }

  private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw Repository.Unreadable(path: path) }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    fwrite(bytes, 1, bytes.count, file)
  }
}

/// Stops a script after a tenth of a second: a scrambled loop may have no end.
private final class ImpatientHost: Host {
  var diagnostics: [Diagnostic] = []
  private let start = ContinuousClock.now
  let files: any FileAccess = UnwritableFiles()

  var isCancelled: Bool { ContinuousClock.now - start > .milliseconds(100) }

  func receive(_ event: Event) {
    if case .diagnostic(let diagnostic) = event { diagnostics.append(diagnostic) }
  }
}

/// The disk, which a scrambled script may read but not write: its `save` could name any path.
private struct UnwritableFiles: FileAccess {
  private let disk = DiskFiles()

  func kind(of path: String) -> FileKind { disk.kind(of: path) }
  func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    try disk.read(path, atMost: count)
  }
  func list(_ folder: String) throws -> [String] { try disk.list(folder) }
  func write(_ bytes: [UInt8], to path: String) throws {
    throw EngineError.unreadableFile(path: path, reason: "nothing is written here")
  }
}

/// Makes nearly right scripts out of right ones.
private struct Scrambler {
  private var state: UInt64
  private let seeds: [[UInt8]]
  private let pieces: [[UInt8]]

  init(seed: UInt64, seeds: [String]) {
    state = seed
    self.seeds = seeds.map { Array($0.utf8) }
    let signs = [
      "(", ")", "[", "]", "{", "}", "\"", "'", "\n", ";", "=", "..", ",", ":", "%", "^", "@", ".",
      "-", "\\", "#", "\t", "🙂", "é", "\u{0}", "1e999", "-1", "0", "9007199254740993", "x", "28x28",
    ]
    // Whole words of all scripts, so that what comes out is often nearly legal.
    let words = seeds.flatMap { $0.split { $0 == " " || $0 == "\n" } }.map(String.init)
    pieces = (signs + words).map { Array($0.utf8) }
  }

  mutating func next() -> String {
    var text = seeds[below(seeds.count)]
    for _ in 0...below(4) {
      let start = below(text.count + 1)
      let end = min(text.count, start + below(12))
      switch below(5) {
      case 0: text.removeSubrange(start..<end)
      case 1: text.insert(contentsOf: pieces[below(pieces.count)], at: start)
      case 2: text.replaceSubrange(start..<end, with: pieces[below(pieces.count)])
      case 3: text.removeSubrange(start...)
      default:
        let other = seeds[below(seeds.count)]
        let from = below(other.count + 1)
        text.insert(contentsOf: other[from..<min(other.count, from + below(80))], at: start)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func below(_ bound: Int) -> Int {
    // SplitMix64: any generator does, as long as a seed gives the same texts again.
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((bits ^ (bits >> 31)) % UInt64(max(1, bound)))
  }
}
