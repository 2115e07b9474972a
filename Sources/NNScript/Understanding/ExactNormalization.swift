import NNEngine

/// `z = (x - mean) / sqrt(variance + eps) · w + b`, with statistics of each vector itself, of the
/// batch, or running ones that are constants.
struct ExactNormalization: ExactLayer {
  /// Where mean and variance come from.
  enum Statistics {
    case ofVector
    case ofBatch
    case running(mean: Network.ParameterSlot, variance: Network.ParameterSlot)
  }

  let statistics: Statistics
  let epsilon: Double
  let width: Int
  let gain: Network.ParameterSlot
  let bias: Network.ParameterSlot?

  /// `nil` for a node of another kind.
  ///
  /// - Parameter rows: how many samples a batch of the training has; 0 for the layer in `predict`.
  init?(_ node: Network.Node, rows: Int) {
    guard let gain = node.parameters.first(where: { $0.role == .gain }) else { return nil }
    self.gain = gain
    bias = node.parameters.first { $0.role == .bias }
    width = node.inputShape.sizes.last ?? 1
    if let layer = node.layer as? LayerNormalization {
      epsilon = layer.epsilon
      statistics = .ofVector
    } else if let layer = node.layer as? BatchNormalization,
      let mean = node.parameters.first(where: { $0.name == "mean" }),
      let variance = node.parameters.first(where: { $0.name == "variance" })
    {
      epsilon = layer.epsilon
      let learns = node.parameters.contains { !$0.isFrozen }
      let numbers = rows * node.inputShape.count / max(1, width)
      statistics =
        learns && numbers > 1 ? .ofBatch : .running(mean: mean, variance: variance)
    } else {
      return nil
    }
  }

  private static let letters =
    "z = \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} \\cdot w + b"

  var formula: Equality {
    Equality(text: "z = (x - mean) / sqrt(variance + eps) * w + b", latex: Self.letters)
  }

  var gradientFormula: Equality? {
    Equality(
      text: "dweights = dz·(x - mean) / sqrt(variance + eps), dbias = dz",
      latex: "\\frac{\\partial L}{\\partial w} = \\delta \\frac{x - \\mu}{\\sqrt{\\sigma^2 + "
        + "\\epsilon}}, \\quad \\frac{\\partial L}{\\partial b} = \\delta")
  }

  /// Mean and variance for each number of each row.
  private func moments(_ x: SampleRows, _ values: [Double]) -> (
    mean: SampleRows, variance: SampleRows
  ) {
    func spread(_ make: (Int, Int) -> Double) -> SampleRows {
      x.indices.map { row in x[row].indices.map { make(row, $0) } }
    }
    switch statistics {
    case .running(let mean, let variance):
      return (
        spread { values[mean.range.lowerBound + $1 % width] },
        spread { values[variance.range.lowerBound + $1 % width] }
      )
    case .ofVector:
      let means = x.map { vectors($0).map(average) }
      let variances = zip(x, means).map { row, means in
        zip(vectors(row), means).map { vector, mean in
          average(vector.map { ($0 - mean) * ($0 - mean) })
        }
      }
      return (spread { means[$0][$1 / width] }, spread { variances[$0][$1 / width] })
    case .ofBatch:
      let columns = (0..<width).map { feature in
        x.flatMap { row in
          stride(from: feature, to: row.count, by: width).map { row[$0] }
        }
      }
      let means = columns.map(average)
      let variances = zip(columns, means).map { column, mean in
        average(column.map { ($0 - mean) * ($0 - mean) })
      }
      return (spread { means[$1 % width] }, spread { variances[$1 % width] })
    }
  }

  private func vectors(_ row: [Double]) -> [[Double]] {
    stride(from: 0, to: row.count, by: width).map { Array(row[$0..<$0 + width]) }
  }

  private func normalized(_ x: SampleRows, _ values: [Double]) -> (
    values: SampleRows, deviations: SampleRows
  ) {
    let (means, variances) = moments(x, values)
    let deviations = variances.map { $0.map { ($0 + epsilon).squareRoot() } }
    var result = x
    for row in x.indices {
      for place in x[row].indices {
        result[row][place] = (x[row][place] - means[row][place]) / deviations[row][place]
      }
    }
    return (result, deviations)
  }

  func forward(_ x: [SampleRows], _ values: [Double]) -> SampleRows {
    var z = normalized(x[0], values).values
    for row in z.indices {
      for place in z[row].indices {
        let feature = place % width
        z[row][place] *= values[gain.range.lowerBound + feature]
        if let bias { z[row][place] += values[bias.range.lowerBound + feature] }
      }
    }
    return z
  }

  func backward(
    _ x: [SampleRows], _ dz: SampleRows, _ values: [Double], _ gradients: inout [Double]
  ) -> [SampleRows] {
    let (normal, deviations) = normalized(x[0], values)
    for row in dz.indices {
      for place in dz[row].indices {
        let feature = place % width
        gradients[gain.range.lowerBound + feature] += dz[row][place] * normal[row][place]
        if let bias { gradients[bias.range.lowerBound + feature] += dz[row][place] }
      }
    }
    let g = dz.map { weighed($0, values) }
    // What of the gradient only moves the mean or stretches the deviation is lost again.
    let (along, across) = lost(g, normal)
    var dx = g
    for row in dx.indices {
      for place in dx[row].indices {
        let rest = along(row, place) + normal[row][place] * across(row, place)
        dx[row][place] = (g[row][place] - rest) / deviations[row][place]
      }
    }
    return [dx]
  }

  /// The gradient by what is normalised.
  private func weighed(_ dz: [Double], _ values: [Double]) -> [Double] {
    dz.indices.map { dz[$0] * values[gain.range.lowerBound + $0 % width] }
  }

  /// The means of `g` and of `g · x̂` over the numbers that share a mean.
  private func lost(
    _ g: SampleRows, _ normal: SampleRows
  ) -> (along: (Int, Int) -> Double, across: (Int, Int) -> Double) {
    let products = zip(g, normal).map { zip($0, $1).map(*) }
    switch statistics {
    case .running: return ({ _, _ in 0 }, { _, _ in 0 })
    case .ofVector:
      let (along, across) = (
        g.map { vectors($0).map(average) }, products.map { vectors($0).map(average) }
      )
      return ({ along[$0][$1 / width] }, { across[$0][$1 / width] })
    case .ofBatch:
      func columns(_ rows: SampleRows) -> [Double] {
        (0..<width).map { feature in
          average(
            rows.flatMap { row in
              stride(from: feature, to: row.count, by: width).map { row[$0] }
            })
        }
      }
      let (along, across) = (columns(g), columns(products))
      return ({ along[$1 % width] }, { across[$1 % width] })
    }
  }

  private func average(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }

  // MARK: Told

  func terms(_ unit: Int, _ x: [[Double]], _ values: [Double]) -> String? {
    let feature = unit % width
    let shift = bias.map { " + " + Spelling.factor(values[$0.range.lowerBound + feature]) } ?? ""
    return "\(quotient(unit, x[0], values))·"
      + Spelling.factor(values[gain.range.lowerBound + feature]) + shift
  }

  /// `(0.5 - 0.1) / sqrt(2.25 + 1e-05)`.
  private func quotient(_ unit: Int, _ x: [Double], _ values: [Double]) -> String {
    let (means, variances) = moments([x], values)
    return "(\(Spelling.long(x[unit])) - \(Spelling.factor(means[0][unit]))) / "
      + "sqrt(\(Spelling.long(variances[0][unit])) + \(Formatting.number(epsilon)))"
  }

  func terms(
    back unit: Int, input: Int, _ x: [[Double]], _ dz: [Double], _ values: [Double]
  ) -> String? {
    let (normal, deviations) = normalized([x[0]], values)
    let g = weighed(dz, values)
    let own =
      "\(Spelling.factor(dz[unit]))·\(Spelling.factor(values[gain.range.lowerBound + unit % width]))"
    let below = " / \(Spelling.long(deviations[0][unit]))"
    if case .running = statistics { return own + below }
    let (along, across) = lost([g], normal)
    return "(\(own) - \(Spelling.factor(along(0, unit))) - "
      + "\(Spelling.factor(normal[0][unit]))·\(Spelling.factor(across(0, unit))))" + below
  }

  func terms(
    _ role: ParameterDeclaration.Role, row: Int, _ unit: Int, _ x: [[Double]], _ dz: [Double],
    _ values: [Double]
  ) -> String? {
    role == .bias
      ? "dz[\(unit)]" : "\(Spelling.factor(dz[unit]))·\(quotient(unit, x[0], values))"
  }
}
