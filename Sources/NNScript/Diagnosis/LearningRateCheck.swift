import NNEngine

extension Check {
  /// A loss that stays, rises or jumps, where smaller steps, tried on a copy, make it fall.
  static var rateTooHigh: Check {
    Check(
      name: "learning rate too high", summary: "Steps under which the loss stays, rises or jumps.",
      explains: [
        "exploding gradients", "dead units", "saturation", "constant layer", "narrow layer",
        "no hidden layer", "vanishing gradients", "too few steps", "learning rate too low",
        "nothing learnt",
      ]
    ) { patient in
      guard let trouble = try LossTrouble(patient) else { return [] }
      return try RateTrial(patient, trouble.beginning, [-4, -3, -2, -1]).finding(
        trouble, "high", patient)
    }
  }

  /// A loss that does not fall, where greater steps, tried on a copy, make it fall.
  static var rateTooLow: Check {
    Check(
      name: "learning rate too low", summary: "Steps so small that the loss hardly falls.",
      explains: ["nothing learnt"]
    ) { patient in
      guard let trouble = try LossTrouble(patient), trouble.isStuck else { return [] }
      return try RateTrial(patient, trouble.beginning, [1, 2, 3, 4, 5, 6]).finding(
        trouble, "low", patient)
    }
  }
}

/// How the loss went, where it did not simply fall.
private struct LossTrouble {
  /// The weights the training began with.
  let beginning: Network
  private let start: Double
  private let last: Double
  private let isJumping: Bool

  /// The loss is hardly below that of the untrained network.
  var isStuck: Bool { last > start - 0.1 * abs(start) }

  /// `nil` where the loss fell as it should, or nothing was trained.
  init?(_ patient: Patient) throws {
    let learner = patient.learner
    let losses = learner.model.history.compactMap { epoch in
      epoch.figures.first { $0.name == "loss" }?.value
    }
    guard let last = losses.last, let least = losses.min() else { return nil }
    let network = patient.beginning.network
    beginning = network
    self.last = last
    start = try network.evaluate(
      patient.rows, loss: learner.trainer.loss, preprocessing: learner.trainer.preprocessing,
      workers: patient.workers
    ).loss
    // A step up now and then is the noise of batches; one in three is more than that.
    let jumps = zip(losses, losses.dropFirst()).count { $1 > 1.05 * $0 }
    isJumping = jumps * 3 >= losses.count && last > 1.2 * least
    guard isStuck || isJumping else { return nil }
  }

  var text: String {
    let verb = last > start ? "has risen" : isStuck ? "does not fall" : "jumps"
    return
      "the loss \(verb) (\(Formatting.figure(start)) untrained, \(Formatting.figure(last)) now)"
  }
}

/// A range test in small: as many steps with each rate, from the weights the training began with.
private struct RateTrial {
  /// Enough to tell a loss that falls from one that does not.
  private static let steps = 40

  private let rate: Double
  private let start: Double
  private let now: Double
  private let best: (rate: Double, loss: Double)

  init(_ patient: Patient, _ network: Network, _ tenfolds: [Int]) throws {
    let learner = patient.learner
    func loss(_ steps: Int, _ rate: Double) throws -> Double {
      try learner.trainer.lossAfter(
        steps, rate: rate, network, TrainingState(seed: network.seed), on: learner.data.train,
        workers: patient.workers)
    }
    rate = learner.rate
    start = try loss(0, rate)
    now = try loss(Self.steps, rate)
    var best = (rate: rate, loss: now)
    for power in tenfolds {
      // One multiplication or division, so that 0.01 becomes 0.001 and nothing near it.
      let tenfold = (0..<abs(power)).reduce(1.0) { result, _ in result * 10 }
      let other = power > 0 ? rate * tenfold : rate / tenfold
      let found = try loss(Self.steps, other)
      if found < best.loss { best = (other, found) }
    }
    self.best = best
  }

  /// What momentum has to do with steps that are too long.
  private func momentum(_ patient: Patient) -> String {
    guard let rule = patient.learner.trainer.optimizer as? StochasticGradientDescent,
      rule.momentum > 0.95
    else { return "" }
    let times = Formatting.printf("%.0f", 1 / (1 - rule.momentum))
    return "; momentum=\(Formatting.number(rule.momentum)) makes steps up to \(times) times as long"
  }

  /// A finding where another rate is clearly better than this one, and than none.
  func finding(_ trouble: LossTrouble, _ word: String, _ patient: Patient) -> [Finding] {
    let drop = start - best.loss
    guard drop > 0.1 * abs(start), drop > 3 * (start - now) || best.loss < 0.5 * now else {
      return []
    }
    let better = Formatting.number(Double(Float(best.rate)))
    let after = now.isFinite ? Formatting.figure(now) : "infinite"
    return [
      Finding(
        check: "learning rate too \(word)", layer: nil, number: rate,
        reason:
          "\(trouble.text): after \(Self.steps) steps from the start with "
          + "lr=\(Formatting.number(rate)) it is \(after), with lr=\(better) "
          + "\(Formatting.figure(best.loss))" + (word == "high" ? momentum(patient) : ""),
        line: word == "high"
          ? patient.trainingAnew(rate: best.rate) : patient.training(rate: best.rate))
    ]
  }
}
