extension Benchmark {
  /// An epoch of a network of two hidden layers over Fashion-MNIST, one more each round; the
  /// answer is the mean loss over the epoch.
  static func epoch(batch: Int) -> Benchmark {
    let program = Surroundings.peers + "epoch_"
    var contenders = [
      Contender.script(
        "nns", setUp: fashionNetwork,
        run: "let trained = train epochs=1 batch=\(batch) quiet; let answer = trained.loss",
        continues: true),
      .python(
        "torch", [program + "torch.py", "\(batch)"], goal: [32: 3, 128: 2, 512: 1.7][batch]),
    ]
    if batch == 128 {
      contenders.append(.python("jax", [program + "jax.py", "\(batch)"], goal: 1.7))
      contenders.append(.python("scikit-learn", [program + "sklearn.py", "\(batch)"], goal: 3))
    }
    return Benchmark(
      name: "epoch-\(batch)",
      summary: "784-256-128-10 relu, Adam, batch \(batch), an epoch of Fashion-MNIST, all threads",
      contenders: contenders, answer: .asFirst(within: 0.15), rounds: 5)
  }

  /// Data and network of the rows that train on pictures.
  static let fashionNetwork = """
    data fashion_mnist
    layer dense 256 relu
    layer dense 128 relu
    layer dense 10 softmax
    loss crossentropy
    optimizer adam lr=0.001
    """
}
