import NNEngine
import Testing

@testable import NNScript

/// A network made by chance from the catalog's own words: every layer, activation, initialiser and
/// loss there is, with settings drawn from their entries, ways that part and meet, and rows to
/// learn from. The same seed gives the same network.
struct RandomNetwork: CustomStringConvertible {
  var network: Network
  var trainer: Trainer
  var examples: Examples
  var description: String

  /// How large it is: each size takes other ways through the engine.
  struct Size: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The numbers of rows to draw from.
    var rows: [Int]
    var inputs: ClosedRange<Int>
    var units: ClosedRange<Int>
    var layers: ClosedRange<Int>

    /// Layers smaller than a vector of the processor, batches smaller than a block.
    static let small = Size(
      testDescription: "small", rows: [1, 2, 3, 7], inputs: 1...9, units: 1...9, layers: 1...5)
    /// Batches of several tiles, and tiles that are not full.
    static let manyRows = Size(
      testDescription: "many rows", rows: [17, 64, 131, 257], inputs: 1...40, units: 1...40,
      layers: 1...4)
    /// Layers of so many weights that their products are cut by inputs.
    static let wide = Size(
      testDescription: "wide", rows: [1, 2, 31, 61], inputs: 131...300, units: 64...140,
      layers: 1...3)
    /// Products of which rows and columns are put together: a right side of at least 2¹⁹ numbers and
    /// 48 rows.
    static let large = Size(
      testDescription: "large", rows: [97], inputs: 1030...1030, units: 1024...1024, layers: 1...1)
  }

  /// - Parameter seed: what all of it comes from.
  static func make(_ seed: UInt64, _ size: Size) throws -> RandomNetwork {
    var chance = Chance(seed)
    // Some draws fit nothing, such as a loss that wants two classes behind nine: draw again.
    for _ in 0..<200 {
      if let made = try attempt(&chance, seed, size) { return made }
    }
    throw EngineError.invalid("no network came of seed \(seed)")
  }

  private static func attempt(
    _ chance: inout Chance, _ seed: UInt64, _ size: Size
  ) throws -> RandomNetwork? {
    let catalog = Catalog.standard
    let rows = chance.element(size.rows)
    // A third are pictures.
    let inputShape: Shape =
      size.inputs.lowerBound == 1 && chance.isOneOf(3)
      ? [chance.whole(2...9), chance.whole(2...9), chance.whole(1...3)]
      : [chance.whole(size.inputs)]
    let loss = try chance.make(catalog.losses, size)
    var elements: [Network.Element] = []
    var words: [String] = []
    var shapes: [Shape] = []
    func shape(_ place: Int) -> Shape { place == Network.input ? inputShape : shapes[place] }
    func add(_ layer: any Layer, _ inputs: [Int], _ options: LayerOptions = LayerOptions()) {
      guard let output = try? layer.outputShape(for: inputs.map(shape), name: "layer"),
        output.count <= 4_096,
        layer.parameters(for: shape(inputs[0])).reduce(0, { $0 + $1.shape.count }) <= 2_000_000
      else { return }  // A picture made larger again and again.
      elements.append(Network.Element(layer, options, inputs: inputs))
      shapes.append(output)
      words.append("\(layer.kind)\(inputs)\(output) \(layer.activation?.name ?? "")")
    }
    for _ in 0..<chance.whole(size.layers) {
      // Mostly the layer before, sometimes an earlier one.
      let last = elements.count - 1
      let input = chance.isOneOf(4) ? chance.whole(-1...last) : last
      switch chance.whole(0...7) {
      case 0, 1:
        let join = chance.element(catalog.joins)
        let others = (-1...last).filter {
          (try? join.outputShape(joining: [shape(last), shape($0)], name: "join")) != nil
        }
        add(join, [last, chance.element(others)])
      default:
        guard
          let layer = try? chance.make(catalog.layers, size, of: shape(input).count)
        else { continue }
        var options = LayerOptions()
        if chance.isOneOf(4) { options.bias = .none }
        if chance.isOneOf(3),
          layer.parameters(for: shape(input)).contains(where: { $0.role == .weights })
        {
          options.initializer = try chance.make(catalog.initializers, size)
        }
        add(layer, [input], options)
      }
    }
    // An end that gives what the loss takes: mostly its own activation, computed together with it,
    // or any other that does.
    let last = elements.count - 1
    let outputs = chance.whole((loss.need == .distribution ? 2 : 1)...5)
    let ends = try catalog.activations.map { try $0.makeWithDefaults() }
      .filter { loss.need.isMet(by: $0.range) }
    let own = ends.filter { $0.name == (loss.ownActivation ?? "linear") }
    let end = chance.isOneOf(2) ? chance.element(own) : chance.element(ends)
    if shape(last).rank > 1 { add(Flatten(), [last]) }
    add(Dense(units: outputs, activation: end), [elements.count - 1])
    var network = try Network(graph: elements, inputShape: inputShape, seed: seed)
    // Biases and running statistics start where terms vanish; a network that has learnt is not there.
    for slot in network.nodes.flatMap(\.parameters) where slot.role != .weights {
      for place in slot.range {
        let move = 0.3 * Float(chance.normal())
        network.values[place] += slot.role == .state ? abs(move) : move
      }
    }

    let classes = outputs == 1 ? 2 : outputs
    var learning = Learning(
      penalties: chance.isOneOf(3) ? [L1Penalty(0.01), L2Penalty(0.02)] : [])
    var preprocessing = Preprocessing(inputShape: inputShape)
    let targets: Examples.Targets
    if loss.reading != .numbers, loss.fits(outputs: outputs, classes: classes), chance.isOneOf(2) {
      targets = .classes((0..<rows).map { _ in Int32(chance.whole(0...classes - 1)) })
      preprocessing.classNames = (0..<classes).map { "\($0)" }
      if chance.isOneOf(3) { learning.classWeights = (1...classes).map { 0.5 * Double($0) } }
    } else {
      let range = loss.targetRange
      let numbers = (0..<rows * outputs).map { _ in
        range == nil ? chance.normal() : chance.uniform()
      }
      targets = .values(numbers, width: outputs)
    }
    if loss.takesSmoothing, chance.isOneOf(3) { learning.smoothing = 0.1 }
    // A quarter of the inputs is 0, as in pictures: products leave such places out.
    let numbers = (0..<rows * inputShape.count).map { _ in
      chance.isOneOf(4) ? 0 : Float(chance.normal())
    }
    let examples = Examples(
      count: rows, inputShape: inputShape, inputs: .floats(numbers), targets: targets)
    let trainer = Trainer(
      loss: loss, learning: learning, optimizer: GradientDescent(), preprocessing: preprocessing)
    guard (try? trainer.check(network, examples)) != nil else { return nil }
    return RandomNetwork(
      network: network, trainer: trainer, examples: examples,
      description: "seed \(seed): \(rows) rows of \(inputShape) \(words) \(loss.name)")
  }
}

/// Draws with a seed, and words of the catalog with settings within their bounds.
struct Chance {
  private var random: SplitMix

  init(_ seed: UInt64) { random = SplitMix(state: seed &* 0x9E37_79B9) }

  mutating func whole(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(random.next() % UInt64(range.count))
  }

  mutating func isOneOf(_ count: Int) -> Bool { whole(1...count) == 1 }

  mutating func element<Element>(_ list: [Element]) -> Element {
    list[whole(0...list.count - 1)]
  }

  /// From 0 to 1, without 1.
  mutating func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 }

  /// About normal: the sum of 12 evenly spread numbers.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

  mutating func shuffled<Element>(_ list: [Element]) -> [Element] {
    var list = list
    for place in list.indices.reversed() where place > 0 { list.swapAt(place, whole(0...place)) }
    return list
  }

  /// A word of a family with settings drawn from its entry.
  mutating func make<Product>(
    _ family: [Spec<Product>], _ size: RandomNetwork.Size, of count: Int = 1
  ) throws -> Product {
    let spec = element(family)
    var values: [ParameterValue] = []
    for parameter in spec.parameters {
      values.append(
        parameter.isRequired || isOneOf(3) ? try value(of: parameter.kind, size, count) : .none)
    }
    return try spec.make(values)
  }

  /// - Parameter count: how many numbers there are to be shaped.
  private mutating func value(
    of kind: ParameterKind, _ size: RandomNetwork.Size, _ count: Int
  ) throws -> ParameterValue {
    switch kind {
    case .integer(let bounds): return .integer(whole(size.units.clamped(to: bounds)))
    // Settings such as slopes, rates and deviations are meant to be of order 1.
    case .number(let bounds, _):
      let (low, high) = (max(bounds.lowerBound, 0.05), min(bounds.upperBound, 0.9))
      return .number(low + (high - low) * uniform())
    case .truth: return .truth(isOneOf(2))
    case .choice(let words): return .text(element(words))
    case .word(let family) where family == "activation":
      return .host(try make(Catalog.standard.activations, size))
    // Of a window.
    case .size(2, let least): return .size([whole(least...least + 2), whole(least...least + 2)])
    case .either(let kinds): return try value(of: element(kinds), size, count)
    case .size:
      let first = (1...count).filter { count.isMultiple(of: $0) }
      let rows = element(first)
      return .size([rows, count / rows])
    default: return .none
    }
  }
}
