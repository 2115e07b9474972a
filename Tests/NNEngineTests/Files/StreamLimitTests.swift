import NNEngine
import Testing

@testable import NNEngine

/// Streams are counted as they grow: what they claim, or never say, takes no memory beforehand.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StreamLimitTests {
  private func limited<Result>(_ body: () throws -> Result) throws -> Result {
    try Allowance(budget: 100_000_000).run { try body() }
  }

  @Test func aStreamWithoutEnd() {
    #expect(throws: EngineError.self) { try limited { try DiskFiles().read("/dev/zero") } }
  }

  @Test func workEndsWhereItIsCancelled() {
    let allowance = Allowance(isCancelled: { true })
    #expect(throws: EngineError.interrupted) {
      try allowance.run { try DiskFiles().read("/dev/zero") }
    }
    // Some tenths of a second of work.
    let large = Tensor(repeating: 1, shape: [3_000, 3_000])
    #expect(throws: EngineError.interrupted) {
      try allowance.run { () throws(EngineError) in try large.matrixProduct(large) }
    }
  }

  /// Parts of a table that were left out are not taken for read.
  @Test func aTableThatIsGivenUp() {
    let text = "a,b\n" + String(repeating: "1,2\n3,4\n", count: 300_000)
    for asks in [0, 1, 2, 3, 5, 8] {
      var left = asks
      let allowance = Allowance(isCancelled: {
        left -= 1
        return left < 0
      })
      do {
        // A fast machine is through before it is asked that often; then all of it is there.
        let data = try allowance.run { try dataset(text) }
        #expect(asks > 0 && data.rowCount == 600_000)
        #expect(data.train.numbers.reduce(0, +) == 1_200_000)
      } catch {
        #expect("\(error)" == "interrupted", "after \(asks)")
      }
    }
  }

  /// Each text of an array takes as much as the longest.
  @Test func anArrayOfOneLongText() {
    let texts = [String(repeating: "a", count: 1_000_000)] + Array(repeating: "b", count: 1_000)
    #expect(throws: EngineError.self) {
      try limited { try NumPyWriter.array(.texts(texts), shape: [1_001]) }
    }
  }

  /// Threads that help see that the work is to end.
  @Test func helpersSeeThatTheWorkEnds() throws {
    let workers = Workers(count: 2)
    let start = ContinuousClock.now
    let allowance = Allowance(isCancelled: { ContinuousClock.now - start > .milliseconds(100) })
    let job = TileJob { _ in
      while ContinuousClock.now - start < .seconds(20), !Allowance.isHalted {}
    }
    #expect(throws: EngineError.interrupted) {
      try allowance.run { () throws(EngineError) in
        workers.run(job, tiles: 64, shared: true)
        try Allowance.conclude()
      }
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func allowancesWithinEachOtherBothCount() {
    let outer = Allowance(isCancelled: { true })
    let inner = Allowance()
    #expect(throws: EngineError.interrupted) {
      try outer.run { () throws(EngineError) in
        try inner.run { () throws(EngineError) in
          for _ in 0..<10_000_000 { try Allowance.proceed() }
        }
      }
    }
  }
}
