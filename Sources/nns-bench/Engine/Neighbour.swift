import Glibc

extension Benchmark {
  /// An epoch alone and with a process that keeps one core busy.
  static var neighbour: Benchmark {
    func epoch(_ name: String, disturbed: Bool) -> Contender {
      let calm = Contender.script(
        name, setUp: fashionNetwork,
        run: "let trained = train epochs=1 batch=128 quiet; let answer = trained.loss",
        continues: true)
      var contender = Contender(name: name, whenAbsent: calm.whenAbsent) {
        guard let sample = calm.open() else { return nil }
        guard disturbed else { return sample }
        return {
          let neighbour = ChildProcess(["sh", "-c", "while :; do :; done"])
          // Until it has found its core.
          usleep(100_000)
          defer { _ = neighbour?.end(byForce: true) }
          return sample()
        }
      }
      if disturbed { contender.most = 2.5 }
      return contender
    }
    return Benchmark(
      name: "neighbour",
      summary: "784-256-128-10 at batch 128, an epoch while another process keeps one core busy",
      contenders: [epoch("alone", disturbed: false), epoch("disturbed", disturbed: true)],
      answer: .asFirst(within: 0), rounds: 5)
  }
}
