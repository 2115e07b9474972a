import NNEngine

/// The engine's gradients beside finite differences of the loss, weight by weight.
///
/// The differences are taken of a network worked out in 64 bits where all its words have a plain
/// form, else of the engine's own loss in 32, with greater steps and a wider tolerance.
struct GradientCheck {
  /// One weight.
  struct Element {
    var analytic: Double
    var numeric: Double
    /// The difference over the greater of both.
    var error: Double
    /// Its place in the tensor.
    var index: Int
  }

  /// One parameter.
  struct Part {
    var layer: String
    var parameter: String
    var shape: Shape
    var checked: Int
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
  private let exact: ExactNetwork?
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
    let preprocessing = learner.trainer.preprocessing
    let samples = (0..<examples.count).map { row in
      LearningSample(examples.rows([row]), preprocessing, width: network.outputShape.count)
    }
    self.samples = samples
    let examination = try network.examine(
      examples, loss: learner.trainer.loss, preprocessing: preprocessing, asTraining: false,
      workers: session.workers)
    exact = Self.agreeing(learner, samples, examination.loss, session)
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

  /// The network in 64 bits, if it says of the loss what the engine says.
  private static func agreeing(
    _ learner: Learner, _ samples: [LearningSample], _ loss: Double, _ session: Session
  ) -> ExactNetwork? {
    guard
      let exact = try? ExactNetwork(
        learner.network, learner.trainer.loss, session, asWritten: false),
      let own = try? samples.reduce(0, { $0 + (try exact.loss($1.input, $1.target)) })
    else { return nil }
    let mean = own / Double(max(1, samples.count))
    return abs(mean - loss) <= 1e-4 * max(1, abs(loss)) ? exact : nil
  }

  private func part(
    _ layer: String, _ slot: Network.ParameterSlot, _ gradients: [Float]
  ) throws -> Part {
    var worst: Element?
    let chosen = chosen(slot.range, gradients)
    for place in chosen {
      let element = try element(place, slot.range.lowerBound, Double(gradients[place]))
      if element.error > worst?.error ?? -1 { worst = element }
    }
    return Part(
      layer: layer, parameter: slot.name, shape: slot.shape, checked: chosen.count,
      worst: worst ?? Element(analytic: 0, numeric: 0, error: 0, index: 0))
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

  private func element(_ place: Int, _ start: Int, _ analytic: Double) throws -> Element {
    let value = exact?.values[place] ?? Double(learner.network.values[place])
    let unit = max(1, abs(value))
    var found = Element(
      analytic: analytic, numeric: .nan, error: .infinity, index: place - start)
    for step in exact == nil ? [0.01, 0.001] : [1e-5, 1e-7] {
      let h = step * unit
      let (after, here, before) = (
        try loss(place, value + h), try loss(place, value), try loss(place, value - h)
      )
      let numeric = (after - before) / (2 * h)
      let sides = [(after - here) / h, (here - before) / h].sorted()
      // On a kink, such as ReLU's at 0, every slope between both sides is as right.
      let isBetween = sides[0] <= analytic && analytic <= sides[1]
      let error =
        isBetween ? 0 : abs(analytic - numeric) / max(abs(analytic), abs(numeric), floor)
      if error < found.error { (found.numeric, found.error) = (numeric, error) }
      // A kink near the weight lies outside of the smaller step.
      if error <= tolerance { break }
    }
    return found
  }

  /// The mean loss with one weight moved.
  private func loss(_ place: Int, _ value: Double) throws -> Double {
    if var exact {
      exact.values[place] = value
      return try samples.reduce(0) { $0 + (try exact.loss($1.input, $1.target)) }
        / Double(samples.count)
    }
    var network = learner.network
    network.values[place] = Float(value)
    return try network.examine(
      examples, loss: learner.trainer.loss, preprocessing: learner.trainer.preprocessing,
      asTraining: false, workers: session.workers
    ).loss
  }
}
