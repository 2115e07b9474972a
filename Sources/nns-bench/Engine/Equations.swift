extension Benchmark {
  /// An epoch with words typed as equations, beside the built-in ones and PyTorch with the same
  /// functions written in Python.
  static var equations: [Benchmark] {
    [
      typed("relu", "def typed(x) = max(0, x)", of: "activation", most: 1.15),
      typed("sigmoid", "def typed(x) = 1 / (1 + exp(-x))", of: "activation", most: 1.15),
      typed("silu", "def typed(x) = x / (1 + exp(-x))", of: "activation", most: 1.15),
      typed(
        "adam",
        """
        def typed(w, g, t, lr=0.001, b1=0.9, b2=0.999, eps=1e-8) {
          state m=0 v=0
          m = b1 * m + (1 - b1) * g
          v = b2 * v + (1 - b2) * g^2
          return w - lr * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
        }
        """, of: "optimizer", most: 1.3),
      typed("mse", "def typed(y, p) = (y - p)^2", of: "loss", most: 1.2),
      typed("crossentropy", "def typed(y, p) = -sum(y * log(p))", of: "loss", most: 1.2),
    ]
  }

  private static func typed(
    _ word: String, _ definition: String, of family: String, most: Double
  ) -> Benchmark {
    func network(_ own: String) -> String {
      let activation = family == "activation" ? own : "relu"
      return """
        data fashion_mnist
        layer dense 256 \(activation)
        layer dense 128 \(activation)
        layer dense \(word == "mse" ? "1" : "10 softmax")
        loss \(family == "loss" ? own : "crossentropy")
        optimizer \(family == "optimizer" ? own : "adam") lr=0.001
        """
    }
    let run = "let trained = train epochs=1 batch=128 quiet; let answer = trained.loss"
    var own = Contender.script(
      "typed", setUp: definition + "\n" + network("typed"), run: run, continues: true)
    own.most = most
    let program = Surroundings.peers + "equation_torch.py"
    return Benchmark(
      name: "typed-\(word)",
      summary: "784-256-128-10, batch 128, an epoch of Fashion-MNIST with a typed \(word)",
      contenders: [
        .script("built in", setUp: network(word), run: run, continues: true), own,
        .python("torch", [program, word, "eager"], goal: 1),
        .python("torch.compile", [program, word, "compile"], goal: 1),
      ], answer: .asFirst(within: 0.1), rounds: 5)
  }
}
