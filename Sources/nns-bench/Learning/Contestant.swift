import NNScript

/// A script of ours that learns tables: the lines between `data` and `evaluate`.
struct Contestant: Sendable {
  let name: String
  /// For classes and for numbers.
  let lines: @Sendable (_ hasClasses: Bool) -> String

  /// scikit-learn's models, as `tables_sklearn.py` names them.
  static let peers = ["mlp", "linear", "forest", "boosting"]

  static let bare = Contestant(name: "nns") { hasClasses in
    """
    layer dense 64 relu
    layer dense 32 relu
    loss \(hasClasses ? "crossentropy" : "mse")
    train quiet
    """
  }

  /// The network of `scripts/models/table.nn`.
  static let ensemble = Contestant(name: "ensemble") { hasClasses in
    """
    layer periodic
    ensemble 4 {
      layer dense 128 mish
      layer dropout 15%
      layer dense 128 mish
      layer dropout 15%
    }
    loss \(hasClasses ? "crossentropy smoothing=0.1" : "mse")
    train epochs=100 batch=64 lr=one_cycle(0.005) l2=0.0005 quiet
    """
  }

  /// Learns the training rows of a fold and answers its test rows.
  func learn(_ fold: String, hasClasses: Bool, seed: Int) throws -> Outcome? {
    let (score, loss) = hasClasses ? ("accuracy", "log_loss") : ("r2", "rmse")
    let session = Session()
    try session.run(
      """
      seed \(seed)
      data "\(fold)/train.csv" test="\(fold)/test.csv"
      let seconds = time {
      \(lines(hasClasses))
      }
      metric \(score) \(loss)
      let result = evaluate(on=test)
      let score = result.\(score)
      let cost = result.\(loss)
      """)
    guard case .number(let reached)? = session["score"], case .number(let cost)? = session["cost"],
      case .number(let seconds)? = session["seconds"]
    else { return nil }
    return Outcome(score: reached, loss: cost, seconds: seconds)
  }
}

/// What came out of a fold, or of several on average.
struct Outcome {
  /// Accuracy, or R².
  var score: Double
  /// Log-loss, or the root of the mean squared error.
  var loss: Double
  /// Of the training.
  var seconds: Double

  static func mean(_ all: [Outcome]) -> Outcome {
    let count = Double(all.count)
    return Outcome(
      score: all.map(\.score).reduce(0, +) / count, loss: all.map(\.loss).reduce(0, +) / count,
      seconds: median(all.map(\.seconds)))
  }
}
