import Glibc
import NNScript
import Testing

/// Healthy scripts by chance, with a fixed seed, from layers, losses, rules and data that come along:
/// none of them is told that something is wrong.
@Suite struct HealthyProgramTests {
  @Test func noAlarmIsRaised() {
    let count = getenv("NNS_LONG_TESTS") == nil ? 60 : 200
    var alarms: [String] = []
    for number in 0..<count {
      let script = HealthyScript(number: number).text
      let told = Told(running: script)
      if !told.alarms.isEmpty {
        alarms.append("\(number):\n\(script)\n\(told.alarms.joined(separator: "\n"))")
      }
    }
    print("healthy programs: \(count), \(alarms.count) with an alarm")
    #expect(alarms.isEmpty, "\(alarms.joined(separator: "\n\n"))")
  }

  @Test func theyAreDifferent() {
    let texts = (0..<200).map { HealthyScript(number: $0).text }
    #expect(Set(texts).count > 190)
  }
}

/// A script made by chance, the same for the same number.
struct HealthyScript {
  private(set) var text = ""
  private var chance: Chance

  private struct Chance: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private struct Data {
    var name: String
    /// 0 for numbers.
    var classes: Int
    /// As many as make about 1,500 steps of 32 rows.
    var epochs: Int
    var sizes: [Int]
  }

  private static let data = [
    Data(name: "iris", classes: 3, epochs: 300, sizes: [8, 16, 32, 64]),
    Data(name: "iris", classes: 3, epochs: 300, sizes: [8, 16, 32, 64]),
    Data(name: "wine", classes: 3, epochs: 250, sizes: [8, 16, 32, 64]),
    Data(name: "wine", classes: 3, epochs: 250, sizes: [8, 16, 32, 64]),
    Data(name: "breast_cancer", classes: 2, epochs: 80, sizes: [8, 16, 32, 64]),
    Data(name: "diabetes", classes: 0, epochs: 100, sizes: [8, 16, 24]),
    Data(name: "diabetes", classes: 0, epochs: 100, sizes: [8, 16, 24]),
    Data(name: "digits", classes: 10, epochs: 20, sizes: [32, 64]),
  ]
  private static let activations = [
    "relu", "relu", "tanh", "sigmoid", "elu", "gelu", "silu", "leaky_relu", "selu", "softplus",
  ]
  private static let rules = [
    "", "", "", "optimizer adam", "optimizer adamw", "optimizer nadam",
    "optimizer rmsprop lr=0.001",
    "optimizer sgd momentum=0.9", "optimizer adam lr=0.005",
  ]

  init(number: Int) {
    chance = Chance(state: UInt64(number) &* 1_000_003 &+ 17)
    let data = pick(Self.data)
    let part = pick(["", " test=20%", " test=25%", " validation=20%", " test=20% validation=20%"])
    add("seed \(number)")
    add("data \(data.name)\(part)")
    for _ in 0..<pick([1, 1, 2, 2, 3]) { addHidden(data) }
    addOutput(data)
    let rule = pick(Self.rules)
    if !rule.isEmpty { add(rule) }
    if part.contains("validation") {
      add("train epochs=\(data.epochs) patience=20 quiet")
    } else {
      add(
        pick([
          "train quiet", "train epochs=\(data.epochs) quiet", "train epochs=\(data.epochs) quiet",
        ]))
    }
  }

  private mutating func pick<Element>(_ items: [Element]) -> Element {
    items[Int(chance.next() % UInt64(items.count))]
  }

  private mutating func add(_ line: String) { text += line + "\n" }

  private mutating func addHidden(_ data: Data) {
    let (size, activation) = (pick(data.sizes), pick(Self.activations))
    add("layer dense \(size) \(activation)")
    switch pick(Array(0..<9)) {
    case 0: add("layer dropout \(pick(["0.1", "0.2", "0.3"]))")
    case 1: add("layer batchnorm")
    case 2: add("layer layernorm")
    case 3:
      add("residual {")
      add("  layer dense \(size) \(pick(Self.activations))")
      add("}")
    default: break
    }
  }

  private mutating func addOutput(_ data: Data) {
    switch data.classes {
    case 0:
      add("layer dense 1")
      add(pick(["loss mse", "loss mae", "loss huber", "# no loss"]))
    case 2:
      add(
        pick([
          "layer dense 1 sigmoid", "layer dense 2 softmax", "# no output layer",
          "layer dense 1 sigmoid\nloss binary_crossentropy", "layer dense 2\nloss crossentropy",
        ]))
    case let count:
      add(
        pick([
          "layer dense \(count) softmax", "# no output layer", "layer dense \(count)",
          "layer dense \(count)\nloss crossentropy", "loss crossentropy",
        ]))
    }
  }
}
