// Networks so small that only what surrounds the arithmetic costs.

extension Benchmark {
  /// Adam, beside those who have it.
  static var smallAdam: Benchmark {
    var benchmark = small(
      "small-adam", "4-16-3 relu, softmax, Adam", targets: "kinds",
      layers: ["dense 16 relu", "dense 3 softmax"],
      learning: "loss crossentropy; optimizer adam lr=0.001")
    benchmark.contenders += [
      .python("torch", [Surroundings.peers + "small_torch.py", "\(epochs)"], goal: 40),
      .python("scikit-learn", [Surroundings.peers + "small_sklearn.py", "\(epochs)"], goal: 20),
    ]
    return benchmark
  }

  /// Plain gradient descent, beside C.
  static var smallPlain: Benchmark {
    var benchmark = small(
      "small-plain", "4-16-3 sigmoid, plain gradient descent",
      targets: "[[(if k == c then 1 else 0) for c in 0..2] for k in kinds]",
      layers: ["dense 16 sigmoid", "dense 3 sigmoid"], learning: "loss mse; optimizer sgd lr=2")
    benchmark.contenders.append(
      .resident(
        "fann", compiled("small_fann.c", with: ["-lfann", "-lm"]).map { [$0, "\(epochs)"] },
        goal: 2,
        whenAbsent: "it needs a C compiler and libfann-dev"))
    return benchmark
  }

  private static let epochs = 20

  private static func small(
    _ name: String, _ work: String, targets: String, layers: [String], learning: String
  ) -> Benchmark {
    let setUp = """
      let xs = [[sin(i * 0.37 * (j + 1) + j) for j in 0..3] for i in 0..1599]
      let kinds = [(if x[0] + x[1] * x[2] > 0.3 then 0 else if x[3] > 0 then 1 else 2) for x in xs]
      data xs target=\(targets) test=0
      \(layers.map { "layer \($0)" }.joined(separator: "\n"))
      \(learning)
      """
    return Benchmark(
      name: name, summary: "\(work), a step of 16 rows, one thread",
      contenders: [
        .script(
          "nns", setUp: setUp,
          run: "let trained = train epochs=\(epochs) batch=16 quiet; let answer = trained.loss",
          threads: 1, continues: true)
      ],
      answer: .asFirst(within: 0.35), rounds: 7, pieces: epochs * 100, piece: "step")
  }
}

/// Compiles a C program of the folder `Peers`; `nil` where that fails.
private func compiled(_ file: String, with libraries: [String]) -> String? {
  let program = "/tmp/nns-bench-\(file.prefix { $0 != "." })"
  let command = ["cc", "-O3", Surroundings.peers + file, "-o", program] + libraries
  return runToTheEnd(command) == nil ? nil : program
}
