/// Networks over pictures: 10,000 of Fashion-MNIST, beside PyTorch with channels last, which is the
/// faster of its two layouts here, and first.
extension Benchmark {
  /// A network with its name and what it is.
  private struct Pictures {
    let name: String
    let summary: String
    let layers: String
    /// How many times our time PyTorch should need.
    let goal: Double
  }

  private static let pictureNetworks = [
    Pictures(
      name: "cnn", summary: "conv 32 – pool – conv 64 – pool – dense 128 – 10",
      layers: """
        layer conv 32 3x3 relu
        layer maxpool 2
        layer conv 64 3x3 relu
        layer maxpool 2
        layer dense 128 relu
        layer dense 10 softmax
        """, goal: 4),
    Pictures(
      name: "typed", summary: "the same with typed-in activations behind the convolutions",
      layers: """
        def bent(x) = max(0, x)
        layer conv 32 3x3 bent
        layer maxpool 2
        layer conv 64 3x3 bent
        layer maxpool 2
        layer dense 128 relu
        layer dense 10 softmax
        """, goal: 4),
    Pictures(
      name: "resnet", summary: "three residual blocks with batchnorm, 32-64-128",
      layers: """
        layer conv 32 3x3
        layer batchnorm
        layer activation relu
        \(residual(32))
        layer maxpool 2
        layer conv 64 3x3
        layer batchnorm
        layer activation relu
        \(residual(64))
        layer maxpool 2
        layer conv 128 3x3
        layer batchnorm
        layer activation relu
        \(residual(128))
        layer globalpool mean
        layer dense 10 softmax
        """, goal: 2),
    Pictures(
      name: "depthwise", summary: "depthwise and 1×1 convolutions, 32-64-128",
      layers: """
        layer conv 32 3x3 relu stride=2
        layer depthwise 3x3 relu
        layer conv 64 1x1 relu
        layer depthwise 3x3 relu
        layer conv 64 1x1 relu
        layer depthwise 3x3 relu stride=2
        layer conv 128 1x1 relu
        layer depthwise 3x3 relu
        layer conv 128 1x1 relu
        layer globalpool mean
        layer dense 10 softmax
        """, goal: 3),
  ]

  private static func residual(_ filters: Int) -> String {
    """
    residual {
      layer conv \(filters) 3x3
      layer batchnorm
      layer activation relu
      layer conv \(filters) 3x3
      layer batchnorm
    }
    layer activation relu
    """
  }

  private static func setUp(_ network: Pictures) -> String {
    """
    data fashion_mnist limit=10000 test=0
    \(network.layers)
    loss crossentropy
    optimizer adam lr=0.001
    """
  }

  private static func torch(_ arguments: [String], goal: Double) -> [Contender] {
    [("torch last", "last"), ("torch first", "first")].map { name, layout in
      Contender.python(
        name, [Surroundings.peers + "pictures_torch.py"] + arguments + [layout], goal: goal)
    }
  }

  /// An epoch of each network, one more each round; the answer is the mean loss over the epoch.
  static var pictureEpochs: [Benchmark] {
    pictureNetworks.map { network in
      let peer = network.name == "typed" ? "cnn" : network.name
      return Benchmark(
        name: "\(network.name)-train",
        summary: "\(network.summary): batch 128, Adam, an epoch of 10,000 pictures",
        contenders: [
          .script(
            "nns", setUp: setUp(network),
            run: "let trained = train epochs=1 batch=128 quiet; let answer = trained.loss",
            continues: true)
        ] + torch(["train", peer, "128"], goal: network.goal),
        answer: .asFirst(within: 0.25), rounds: 4)
    }
  }

  /// Predictions of the first network, in batches and one at a time; the answer is how many.
  static var picturePredictions: [Benchmark] {
    [(1000, 10_000, 3.0), (1, 1000, 5)].map { batch, count, goal in
      let rows = batch == 1 ? "pictures[i]" : "pictures[i..i + \(batch - 1)]"
      return Benchmark(
        name: "cnn-predict-\(batch)",
        summary: "\(pictureNetworks[0].summary), \(count) pictures, \(batch) at a time",
        contenders: [
          .script(
            "nns",
            setUp: setUp(pictureNetworks[0]) + """

              let pictures = data.train.inputs
              def answers() {
                let count = 0
                for i in 0..\(count - 1) by \(batch) {
                  let answer = predict \(rows)
                  count += \(batch == 1 ? "1" : "len(answer)")
                }
                return count
              }
              predict pictures[0]
              """,
            run: "let answer = answers()", continues: true)
        ] + torch(["predict", "cnn", "\(batch)", "\(count)"], goal: goal),
        answer: .known(Double(count), within: 0), rounds: 4)
    }
  }
}
