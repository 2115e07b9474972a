import NNEngine

extension Benchmark {
  /// The engine's predictions, as an embedding program asks for them and as PyTorch gives them, then
  /// the command `predict`, which cuts its rows out of a tensor and names classes; the answer is how
  /// many.
  static func predictions(batch: Int) -> Benchmark {
    let rows = batch == 1 ? "pictures[i]" : "pictures[i..i + \(batch - 1)]"
    return Benchmark(
      name: "predict-\(batch)",
      summary: "784-256-128-10, 10,000 pictures, \(batch == 1 ? "one" : "\(batch)") at a time",
      contenders: [
        Contender(name: "nns", whenAbsent: "Fashion-MNIST is not installed") {
          predicting(batch: batch)
        },
        .script(
          "script",
          setUp: fashionNetwork + """

            let pictures = data.test.inputs
            def answers() {
              let count = 0
              for i in 0..9999 by \(batch) {
                let answer = predict \(rows)
                count += \(batch == 1 ? "1" : "len(answer)")
              }
              return count
            }
            predict pictures[0]
            """,
          run: "let answer = answers()", continues: true),
        .python(
          "torch", [Surroundings.peers + "predict_torch.py", "\(batch)"],
          goal: batch == 1 ? 10 : 1.5),
      ],
      answer: .known(10_000, within: 0), rounds: 5)
  }

  private static func predicting(batch: Int) -> (() -> Sample?)? {
    guard let data = try? DataLoader().load(set: "fashion_mnist"), let test = data.test,
      case .bytes(let pictures) = test.inputs,
      let network = try? denseNetwork([784, 256, 128, 10])
    else { return nil }
    let parts = stride(from: 0, to: test.count, by: batch).map { first in
      Examples(
        count: batch, inputShape: [784],
        inputs: .bytes(Array(pictures[first * 784..<(first + batch) * 784])), targets: .none)
    }
    let predictor = Predictor(network, preprocessing: data.preprocessing)
    return {
      var rows = 0
      let start = Clock.wall.seconds
      for part in parts {
        guard let outputs = try? predictor.predict(part) else { return nil }
        rows += outputs.shape.sizes[0]
      }
      return Sample(seconds: Clock.wall.seconds - start, answer: Double(rows))
    }
  }
}

/// A network of dense layers: relu, and softmax in the end where there are several outputs.
func denseNetwork(_ sizes: [Int]) throws -> Network {
  let layers = sizes.indices.dropFirst().map { index in
    let activation: any Activation =
      if index < sizes.count - 1 { ReLU() } else if sizes[index] > 1 { Softmax() } else { Linear() }
    let layer: any Layer = Dense(units: sizes[index], activation: activation)
    return (layer: layer, options: LayerOptions())
  }
  return try Network(layers, inputShape: [sizes[0]], seed: 1)
}
