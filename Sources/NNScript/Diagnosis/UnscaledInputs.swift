import NNEngine

extension Check {
  /// Columns of very different or very large numbers: weights of one rate cannot suit them all.
  static var unscaledInputs: Check {
    Check(
      name: "unscaled inputs", summary: "Columns far from 0 or of very different size.",
      explains: [
        "learning rate too high", "learning rate too low", "dead units", "saturation",
        "exploding gradients", "constant layer", "narrow layer", "no hidden layer",
        "vanishing gradients", "too few steps", "nothing learnt",
      ]
    ) { patient in
      let inputs = patient.examination.input
      // Whole numbers that name something, and inputs that the first layer scales.
      let first = patient.learner.network.nodes.first?.layer
      guard first?.kind != "embedding", !(first is BatchNormalization) else { return [] }
      // Before all layers it makes of every column what `normalize=standard` of `data` makes of it.
      let line = patient.rebuilding(first: .batchnorm) { $1 }
      let columns = Column.all(of: inputs)
      guard let widest = columns.max(by: { $0.size < $1.size }) else { return [] }
      let narrow = columns.filter { $0.spread > 0 }.min { $0.spread < $1.spread }
      let names = patient.learner.trainer.preprocessing.inputNames
      func name(_ column: Column) -> String {
        names.indices.contains(column.index) ? "`\(names[column.index])`" : "input \(column.index)"
      }
      let size = Formatting.number(Double(Float(widest.size)))
      // Standardised inputs lie around 1. Ten is where a sigmoid sees nothing but its ends.
      if widest.size > 10 {
        return [
          Finding(
            check: "unscaled inputs", layer: nil, number: widest.size,
            reason:
              "\(name(widest)) has values around \(size): large inputs make large sums, and one "
              + "learning rate cannot suit them and the small ones",
            line: line)
        ]
      }
      // Scaled by `data`, a column that is nearly constant in the rows looked at is no fault.
      guard patient.learner.trainer.preprocessing.inputScaling == nil, let narrow,
        widest.spread / narrow.spread > 100
      else { return [] }
      let ratio = Formatting.printf("%.0f", widest.spread / narrow.spread)
      return [
        Finding(
          check: "unscaled inputs", layer: nil, number: widest.spread / narrow.spread,
          reason:
            "\(name(widest)) varies \(ratio) times as much as \(name(narrow)), which the network "
            + "hardly sees beside it",
          line: line)
      ]
    }
  }
}

/// One input over all rows.
private struct Column {
  var index: Int
  /// The deviation from its mean.
  var spread: Double
  /// How far from 0 its values are.
  var size: Double

  static func all(of inputs: Tensor) -> [Column] {
    let rows = inputs.shape[0]
    let width = inputs.shape.count / max(1, rows)
    return (0..<width).map { index in
      let values = (0..<rows).map { Double(inputs.elements[$0 * width + index]) }
      let mean = values.reduce(0, +) / Double(rows)
      let squares = values.reduce(0) { $0 + $1 * $1 } / Double(rows)
      let deviations = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
      return Column(
        index: index, spread: deviations.squareRoot(),
        size: squares.squareRoot())
    }
  }
}
