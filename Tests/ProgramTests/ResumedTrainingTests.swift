import Foundation
import Testing

/// A training of the real program that is ended at any moment, and goes on when it is run again: a
/// few times with every test run, more with `scripts/test long`.
@Suite(.serialized) struct ResumedTrainingTests {
  private static let isLong = getenv("NNS_LONG_TESTS") != nil

  private static func script(_ option: String, epochs: Int = 120) -> String {
    """
    seed 5
    data digits limit=500 validation=20%
    layer dense 48 relu
    layer batchnorm
    layer dropout 0.2
    layer dense 10 softmax
    train epochs=\(epochs) batch=16 patience=\(epochs) lr=cosine(0.002) quiet \(option)
    save "end.safetensors"

    """
  }

  private static func result(_ folder: TemporaryFolder) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path + "/end.safetensors"))
  }

  @Test(.timeLimit(.minutes(15))) func endedAtAnyMomentItGoesOn() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.script(""), to: "whole.nn")
    try folder.write(Self.script("resume=\"run.ckpt\""), to: "run.nn")
    let begin = Date()
    #expect(try Execution.nns("whole.nn", in: folder.path).status == 0)
    // Most runs are to come some way and not to the end.
    let most = UInt32(1_000_000 * Date().timeIntervalSince(begin) * 0.5)
    let whole = try Self.result(folder)
    let signals = Self.isLong ? [SIGKILL, SIGKILL, SIGTERM, SIGKILL, SIGINT] : [SIGKILL, SIGTERM]
    let wanted = Self.isLong ? 60 : 4
    var (ended, finished, state) = (0, 0, UInt64(11))
    for number in 0..<400 where ended < wanted || finished == 0 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let moment = ended < wanted ? UInt32(state >> 33) % most : .max
      let signal = signals[number % signals.count]
      let command = [Execution.nns, "--threads=\(number % 3 + 1)", "run.nn"]
      let run = try Execution.run(command, in: folder.path) { process in
        guard moment < .max else { return }
        usleep(moment)
        kill(process, signal)
      }
      guard run.status == 0 else {
        ended += 1
        #expect(run.status == (signal == SIGKILL ? 128 + SIGKILL : 128 + signal), "\(run.errors)")
        continue
      }
      finished += 1
      #expect(try Self.result(folder) == whole)
      try FileManager.default.removeItem(atPath: folder.path + "/run.ckpt")
    }
    #expect(ended >= wanted && finished > 0, "\(ended) ended, \(finished) finished")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!left.contains { $0.hasSuffix(".part") }, "\(left)")
    if Self.isLong { print("ended \(ended) times, finished \(finished) times with the same bytes") }
  }

  @Test func theLineThatGoesOnIsTold() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.script("checkpoint=\"run.ckpt\"", epochs: 1_000_000), to: "run.nn")
    let run = try Execution.run([Execution.nns, "run.nn"], in: folder.path) { process in
      for _ in 0..<600 where access(folder.path + "/run.ckpt", F_OK) != 0 { usleep(50_000) }
      kill(process, SIGTERM)
    }
    #expect(run.status == 143)
    #expect(run.errors.contains("kept in `run.ckpt`; to resume, run the script again with"))
    #expect(run.errors.contains("quiet resume=\"run.ckpt\"`"))
    // The same script again would begin anew: it says so before it does.
    let again = try Execution.nns("run.nn", in: folder.path)
    #expect(again.status == 1)
    #expect(again.errors.contains("holds a training that was stopped"))
  }
}
