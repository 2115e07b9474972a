// Whole programs, from their start to their exit.

extension Benchmark {
  /// Three epochs, as a user waits for them, and the memory they take.
  static var threeEpochs: Benchmark {
    let python = Surroundings.peersPython
    var torch = Contender.program(
      "torch", python.map { [$0, Surroundings.peers + "three_epochs_torch.py"] }, goal: 4)
    torch.memoryGoal = 3
    return Benchmark(
      name: "three-epochs",
      summary: "784-256-128-10, three epochs of Fashion-MNIST at batch 128, from start to exit",
      contenders: [
        program("run", Surroundings.peers + "three_epochs.nn"), torch,
      ],
      answer: .asFirst(within: 0.1), rounds: 3)
  }

  /// The least there is to do.
  static var start: Benchmark {
    Benchmark(
      name: "start", summary: "nns -e 'print 1', from start to exit",
      contenders: [program("-e", "print 1", limit: 0.020)], answer: .known(1, within: 0),
      rounds: 20)
  }

  /// A whole small job.
  static var iris: Benchmark {
    Benchmark(
      name: "iris", summary: "nns run scripts/models/iris.nn, from start to exit",
      contenders: [program("run", "scripts/models/iris.nn", limit: 0.200)],
      answer: .asFirst(within: 0), rounds: 10)
  }

  private static func program(_ arguments: String..., limit: Double? = nil) -> Contender {
    .program(
      "nns", Surroundings.nns.map { [$0] + arguments }, limit: limit,
      whenAbsent: "the program is not built beside nns-bench")
  }
}
