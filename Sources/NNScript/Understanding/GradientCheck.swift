import NNEngine

/// The engine's gradients beside finite differences of what training makes small, weight by weight:
/// penalties, smoothing and class weights count, layers behave as in training.
///
/// The differences are taken of a network worked out in 64 bits where all its words have a plain
/// form, else of the engine's own numbers in 32, with greater steps and a wider tolerance.
struct GradientCheck {
  /// One weight.
  struct Element {
    var analytic: Double
    var numeric: Double
    /// The difference over the greater of both.
    var error: Double
    /// Its place in the tensor.
    var index: Int
    /// Whether differences to both sides stay apart however small they get, and the gradient lies
    /// between them: on a kink, such as ReLU's at 0, each slope between both is as right.
    var isOnKink = false
  }

  /// One parameter.
  struct Part {
    var layer: String
    var parameter: String
    var shape: Shape
    var checked: Int
    /// How many of them were let off, standing on a kink.
    var excused: Int
    var worst: Element

    /// `dense1.weights[0, 3]`.
    var place: String {
      var rest = worst.index
      let indices = shape.sizes.reversed().map { size -> String in
        defer { rest /= size }
        return String(rest % size)
      }
      return "\(layer).\(parameter)[\(indices.reversed().joined(separator: ", "))]"
    }
  }

  private(set) var parts: [Part] = []
  let rows: Int
  /// 64, or 32 where a word of the network has no plain form.
  let bits: Int
  /// The greatest error that passes.
  let tolerance: Double

  private let session: Session
  private let learner: Learner
  private let examples: Examples
  private let exact: ExactObjective?
  private let samples: [LearningSample]
  /// Gradients below this are as good as 0.
  private let floor: Double

  init(_ learner: Learner, rows: Int, _ session: Session) throws {
    self.session = session
    self.learner = learner
    let examples = learner.data.train.spread(rows)
    self.examples = examples
    self.rows = examples.count
    let network = learner.network
    let samples = (0..<examples.count).map { row in
      LearningSample(examples.rows([row]), learner.trainer, width: network.outputShape.count)
    }
    self.samples = samples
    let examination = try learner.trainer.examine(
      network, examples, asTraining: true, workers: session.workers)
    let exact = Self.agreeing(learner, samples, examination, session)
    self.exact = exact
    bits = exact == nil ? 32 : 64
    tolerance = exact == nil ? 0.05 : 0.001
    let greatest = Double(examination.gradients.reduce(0) { max($0, abs($1)) })
    floor = exact == nil ? greatest * 0.02 + 1e-5 : greatest * 1e-3 + 1e-7
    for node in network.nodes {
      for slot in node.parameters where !slot.isFrozen && !slot.range.isEmpty {
        parts.append(try part(node.name, slot, examination.gradients))
      }
    }
  }

  /// The part with the greatest error.
  var worst: Part? { parts.max { $0.worst.error < $1.worst.error } }
  var isRight: Bool { parts.allSatisfy { $0.worst.error <= tolerance } }
  /// How many numbers were let off, standing on a kink.
  var excused: Int { parts.reduce(0) { $0 + $1.excused } }

  /// The network in 64 bits, if it says of the objective what the engine says.
  private static func agreeing(
    _ learner: Learner, _ samples: [LearningSample], _ seen: Examination, _ session: Session
  ) -> ExactObjective? {
    guard
      let exact = try? ExactObjective(
        learner.network, learner.trainer, session, asWritten: false,
        hasClasses: learner.data.train.hasClasses, isTraining: true, maxRows: samples.count)
    else { return nil }
    let own = exact.objective(samples)
    return abs(own - seen.objective) <= 1e-4 * max(1, abs(seen.objective)) ? exact : nil
  }

  private func part(
    _ layer: String, _ slot: Network.ParameterSlot, _ gradients: [Float]
  ) throws -> Part {
    var worst: Element?
    var excused = 0
    let chosen = chosen(slot.range, gradients)
    for place in chosen {
      let element = try element(place, slot.range.lowerBound, Double(gradients[place]))
      if element.isOnKink {
        excused += 1
      } else if element.error > worst?.error ?? -1 {
        worst = element
      }
    }
    return Part(
      layer: layer, parameter: slot.name, shape: slot.shape, checked: chosen.count,
      excused: excused, worst: worst ?? Element(analytic: 0, numeric: 0, error: 0, index: 0))
  }

  /// All of a small tensor; of a large one some spread over it, and the greatest gradient.
  private func chosen(_ range: Range<Int>, _ gradients: [Float]) -> [Int] {
    // A loss costs about two operations a weight and row; a tensor may take some 10⁸ of them.
    let cost = 2 * learner.network.parameterCount * samples.count
    let most = max(4, min(64, 100_000_000 / max(1, 2 * cost)))
    guard range.count > most else { return Array(range) }
    let spread = (0..<most).map { range.lowerBound + $0 * range.count / most }
    let greatest = range.max { abs(gradients[$0]) < abs(gradients[$1]) }
    return spread + [greatest ?? range.lowerBound]
  }

  private func element(
    _ place: Int, _ start: Int, _ analytic: Double
  ) throws -> Element {
    let value = exact?[place] ?? Double(learner.network.values[place])
    let unit = max(1, abs(value))
    var found = Element(
      analytic: analytic, numeric: .nan, error: .infinity, index: place - start)
    for step in exact == nil ? [0.01, 0.001] : [1e-5, 1e-7] {
      let h = step * unit
      let (after, before) = (try objective(place, value + h), try objective(place, value - h))
      let numeric = (after - before) / (2 * h)
      let size = max(abs(analytic), abs(numeric), floor)
      let error = abs(analytic - numeric) / size
      if error < found.error { (found.numeric, found.error) = (numeric, error) }
      // A kink near the weight lies outside of the smaller step.
      if error <= tolerance { return found }
      let here = try objective(place, value)
      let sides = [(after - here) / h, (here - before) / h].sorted()
      let room = tolerance * size
      found.isOnKink =
        sides[1] - sides[0] > 2 * room
        && sides[0] - room <= analytic && analytic <= sides[1] + room
    }
    return found
  }

  /// What training makes small, with one weight moved.
  private func objective(_ place: Int, _ value: Double) throws -> Double {
    if let exact {
      let old = exact[place]
      exact[place] = value
      defer { exact[place] = old }
      return exact.objective(samples)
    }
    var network = learner.network
    network.values[place] = Float(value)
    return try learner.trainer.examine(
      network, examples, asTraining: true, workers: session.workers
    ).objective
  }
}
