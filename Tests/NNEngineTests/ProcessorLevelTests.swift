import CKernels
import CProcessorLevel
import Glibc
import Testing

@testable import NNEngine

/// The engine's arithmetic as other processors run it: the suites that compare it
/// with 64 bits are run once more by another process of this program, for which the kernels are
/// chosen anew.
struct ProcessorLevelTests {
  /// What a process takes its machine for.
  struct Machine: Sendable, CustomTestStringConvertible {
    /// 0 for what every processor has, 3 and 4 for x86-64-v3 and -v4.
    var level: Int
    var testDescription: String { "level \(level)" }
  }

  /// The levels below the one that this process runs on.
  static let machines: [Machine] = {
    let own = Int(processor_level())
    // A process that was started by this test runs the suites and starts no others.
    guard own >= 0, getenv("NNS_PROCESSOR_LEVEL") == nil else { return [] }
    return [0, 3, 4].filter { $0 < own }.map { Machine(level: $0) }
  }()

  /// Every suite that compares kernels, layers, losses, rules or whole networks with 64 bits.
  static let suites = [
    "ActivationTests", "GradientTests", "GraphTests", "KernelTests", "LossTests", "OptimizerTests",
    "PredictorTests", "RandomNetworkTests", "TextbookTests", "WindowKernelTests",
  ]

  @Test(arguments: machines) func suitesPassOn(_ machine: Machine) throws {
    let settings = "NNS_PROCESSOR_LEVEL=\(machine.level) "
    let names = (Self.suites + ["theLevelIsTheOneAskedFor"]).joined(separator: "|")
    let command =
      "\(settings) /proc/\(getpid())/exe --testing-library swift-testing --filter '\(names)' 2>&1"
    let stream = try #require(popen(command, "r"))
    var output: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&bytes, 1, bytes.count, stream)
      guard count > 0 else { break }
      output += bytes[..<count]
    }
    let text = String(decoding: output, as: UTF8.self)
    let failures = text.split(separator: "\n").filter { $0.contains("issue at") }
    #expect(pclose(stream) == 0, "\(failures.prefix(5))")
    // A filter that finds nothing ends well, too.
    for suite in Self.suites + ["theLevelIsTheOneAskedFor()"] {
      #expect(text.contains("\(suite) passed"), "\(suite) did not run")
    }
  }

  /// What the processes above are asked for is what they run.
  @Test func theLevelIsTheOneAskedFor() {
    let level = Int(processor_level())
    #expect(level <= Int(highest_processor_level()))
    if let wanted = getenv("NNS_PROCESSOR_LEVEL") { #expect(Int(String(cString: wanted)) == level) }
    guard level >= 0 else { return }
    // The kernels' own choice follows the same answer.
    var c: [Float] = [0]
    for (kernel, needed) in [(NN_LEVEL_BASELINE, 0), (NN_LEVEL_AVX2, 3), (NN_LEVEL_AVX512, 4)] {
      let runs = nn_gemm_at_level(kernel, false, false, 1, 1, 1, [2], 1, [3], 1, 0, &c, 1)
      #expect(runs == (level >= needed))
    }
    #expect(c == [6])
  }
}
