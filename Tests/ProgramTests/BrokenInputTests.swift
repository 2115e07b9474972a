import Foundation
import NNEngine
import Testing

/// Whatever a script, prompt, file or history holds: there is an answer, soon, and never a crash.
///
/// `scripts/fuzz` goes the same way for longer, led by what code its inputs reach. What it found
/// stands in `Tests/Fuzz/Found`.
@Suite(.serialized) struct BrokenInputTests {
  /// The most of the processor's time an answer may take, in seconds; a build without optimisation
  /// takes longer.
  #if DEBUG
    private static let longest = 20.0
  #else
    private static let longest = 2.0
  #endif

  private func take(_ input: [UInt8]) -> Double {
    let before = clock()
    input.withUnsafeBufferPointer { input in
      let (target, bytes) = Target.of(input)
      target.take(bytes)
    }
    return Double(clock() - before) / Double(CLOCKS_PER_SEC)
  }

  @Test func whatWasFoundHasAnAnswer() throws {
    let folder = repository + "/Tests/Fuzz/Found"
    let names = try DiskFiles().list(folder)
    #expect(!names.isEmpty)
    for name in names.sorted() {
      let seconds = take(try DiskFiles().read(folder + "/" + name))
      #expect(seconds < Self.longest, "\(name)")
    }
  }

  /// A minute of broken inputs with `scripts/test`, a few seconds else. A crash ends all tests: the
  /// input is then found in the file that is told.
  @Test func brokenInputsHaveAnAnswer() throws {
    let seeds = try Seeds.inputs()
    var inputs = Scrambler(seeds: seeds, words: try Seeds.words().map { Array($0.utf8) })
    let path = "/tmp/nnscript-broken-\(getpid())"
    print("the input that is being tried: \(path)")
    let end = time(nil) + (getenv("NNS_PACKAGE_TESTS") == nil ? 5 : 60)
    var (count, worst) = (0, (seconds: 0.0, input: [UInt8]()))
    while time(nil) < end {
      let input = inputs.next()
      try Data(input).write(to: URL(fileURLWithPath: path))
      let seconds = take(input)
      if seconds > worst.seconds { worst = (seconds, input) }
      count += 1
    }
    try FileManager.default.removeItem(atPath: path)
    print("\(count) broken inputs, the longest took \(worst.seconds) s")
    #expect(count > 20)
    // Tests beside this one use the process's clock too.
    #expect(worst.seconds < 10 * Self.longest, "\(String(decoding: worst.input, as: UTF8.self))")
  }
}

/// Makes nearly right inputs out of right ones.
private struct Scrambler {
  let seeds: [[UInt8]]
  let words: [[UInt8]]
  private var random = SplitMix(state: 1)

  init(seeds: [[UInt8]], words: [[UInt8]]) { (self.seeds, self.words) = (seeds, words) }

  mutating func next() -> [UInt8] {
    // Scripts are many: each target has the same chance.
    let target = Target.allCases.randomElement(using: &random)?.rawValue ?? 0
    let own = seeds.filter { $0.first == target }
    guard var bytes = own.randomElement(using: &random) else { return [] }
    for _ in 0...Int.random(in: 0...4, using: &random) {
      let start = Int.random(in: 1...bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 0..<12, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: start)
      case 2:
        bytes.replaceSubrange(start..<end, with: words.randomElement(using: &random) ?? [])
      case 3: bytes.removeSubrange(start...)
      case 4:
        if start < bytes.count { bytes[start] = UInt8.random(in: .min ... .max, using: &random) }
      default:
        let other = own.randomElement(using: &random) ?? []
        let from = Int.random(in: 1...max(1, other.count), using: &random)
        bytes.insert(
          contentsOf: other[min(from, other.count)..<min(other.count, from + 80)], at: start)
      }
    }
    return bytes
  }
}

/// Any generator does, as long as a seed gives the same inputs again.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
