import NNEngine

@testable import NNScript

/// A script made by chance: data of some kind, layers from the catalog, an end that may fit or not,
/// a loss or none. The language trains it rightly, adds the output layer it needs, or refuses it.
struct RandomScript {
  /// The lines up to the training, which is not there.
  var text: String
  /// One row as it would be typed.
  var row: String
  /// Its target as `explain` takes it.
  var target: String
  var rows: Int

  init(_ seed: UInt64) {
    var chance = Chance(seed)
    let catalog = Catalog.standard
    let (rows, inputs) = (chance.element([8, 24, 60]), chance.whole(1...6))
    func list(_ numbers: [Double]) -> String {
      "[" + numbers.map { "\(($0 * 1e4).rounded() / 1e4)" }.joined(separator: ", ") + "]"
    }
    let values = (0..<rows).map { _ in list((0..<inputs).map { _ in chance.normal() }) }
    let targets: [String]
    switch chance.whole(0...5) {
    case 0, 1:
      let names = ["\"ash\"", "\"birch\"", "\"cedar\"", "\"date\"", "\"elm\""]
      let count = chance.whole(2...5)
      targets = (0..<rows).map { names[$0 < count ? $0 : chance.whole(0...count - 1)] }
    case 2: targets = (0..<rows).map { "\($0 < 2 ? $0 : chance.whole(0...1))" }
    case 3: targets = (0..<rows).map { _ in "\(Float(chance.uniform() * 0.98 + 0.01))" }
    case 4: targets = (0..<rows).map { _ in "\(Float(10 * chance.normal()))" }
    default: targets = (0..<rows).map { _ in list([chance.normal(), chance.normal()]) }
    }
    var lines = [
      "seed \(seed)", "let rows = [\(values.joined(separator: ", "))]",
      "data rows target=[\(targets.joined(separator: ", "))]"
        + (chance.isOneOf(2) ? " normalize=none" : ""),
    ]
    func activation() -> String { chance.element(catalog.activations).name }
    for _ in 0..<chance.whole(0...3) {
      switch chance.whole(0...6) {
      case 0: lines.append("layer batchnorm")
      case 1: lines.append("layer dropout 10%")
      case 2: lines.append("layer layernorm")
      case 3:
        lines.append(
          "residual { layer dense \(chance.whole(1...6)) \(activation()); layer layernorm; layer flatten }"
        )
      case 4:
        lines.append("branch { layer dense 3 \(activation()) } { layer dense 2 \(activation()) }")
      default: lines.append("layer dense \(chance.whole(1...12)) \(activation())")
      }
    }
    if chance.isOneOf(2) {
      lines.append(
        "layer dense \(chance.whole(1...5))" + (chance.isOneOf(2) ? " \(activation())" : ""))
    }
    if chance.isOneOf(2) { lines.append("loss \(chance.element(catalog.losses).name)") }
    text = lines.joined(separator: "\n")
    row = values[0]
    target = targets[0]
    self.rows = rows
  }
}
