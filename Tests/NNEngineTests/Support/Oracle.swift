import Glibc

/// A network of dense layers in 64 bits, written down from the formulas with plain loops: what the
/// engine is compared with. Slow and simple on purpose.
struct Oracle {
  struct Layer {
    /// `w[input][unit]`.
    var w: [[Double]]
    var b: [Double]
    var activation: String
  }

  enum Target {
    case values([Double])
    case label(Int)
  }

  var layers: [Layer]
  var loss: String
  /// What changes the gradient and not the loss that is told.
  var smoothing = 0.0
  var classWeights: [Double] = []
  var l1 = 0.0
  var l2 = 0.0

  // MARK: Forward

  static func activate(_ name: String, _ z: [Double]) -> [Double] {
    guard name == "softmax" else { return z.map(function(name).value) }
    let greatest = z.max() ?? 0
    let powers = z.map { exp($0 - greatest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// Each layer's `z = x · W + b` and `y = f(z)`.
  func forward(_ x: [Double]) -> [(z: [Double], y: [Double])] {
    var result: [(z: [Double], y: [Double])] = []
    var x = x
    for layer in layers {
      var z = layer.b
      for (i, row) in layer.w.enumerated() {
        for (j, w) in row.enumerated() { z[j] += x[i] * w }
      }
      let y = Oracle.activate(layer.activation, z)
      result.append((z, y))
      x = y
    }
    return result
  }

  static func numbers(_ target: Target, width: Int) -> [Double] {
    switch target {
    case .values(let values): values
    case .label(let label):
      width == 1 ? [Double(label)] : (0..<width).map { $0 == label ? 1 : 0 }
    }
  }

  /// The mean loss over rows, as it is told.
  func meanLoss(_ rows: [[Double]], _ targets: [Target]) -> Double {
    zip(rows, targets).map { row, target in
      let y = forward(row).last?.y ?? row
      return Oracle.loss(loss, y, target)
    }.reduce(0, +) / Double(rows.count)
  }

  /// The mean loss over rows, as it is learnt.
  func learntLoss(_ rows: [[Double]], _ targets: [Target]) -> Double {
    let ofRows = zip(rows, targets).map { row, target in
      let y = forward(row).last?.y ?? row
      let t = smoothed(Oracle.numbers(target, width: y.count))
      return weight(of: target) * Oracle.lossFunction(loss).value(y, t)
    }
    let w = layers.flatMap { $0.w.flatMap { $0 } }
    return ofRows.reduce(0, +) / Double(rows.count) + l1 * w.reduce(0) { $0 + abs($1) }
      + l2 * w.reduce(0) { $0 + $1 * $1 }
  }

  private func weight(of target: Target) -> Double {
    if case .label(let label) = target, !classWeights.isEmpty { return classWeights[label] }
    return 1
  }

  /// For yes or no, half of the share goes to either; else it is spread over the classes.
  private func smoothed(_ t: [Double]) -> [Double] {
    let even = loss == "binary_crossentropy" ? 0.5 : t.reduce(0, +) / Double(t.count)
    return t.map { (1 - smoothing) * $0 + smoothing * even }
  }

  // MARK: Backward

  static func activationGradient(
    _ name: String, _ z: [Double], _ y: [Double], _ dy: [Double]
  ) -> [Double] {
    guard name == "softmax" else { return zip(z, dy).map { function(name).slope($0) * $1 } }
    // Row by row of the Jacobian: ∂y_i/∂z_j = y_i (δ_ij - y_j).
    return y.indices.map { j in
      y.indices.map { i in dy[i] * y[i] * ((i == j ? 1 : 0) - y[j]) }.reduce(0, +)
    }
  }

  /// The gradient of one row's learnt loss by what the network gave.
  func outputGradient(_ y: [Double], _ target: Target) -> [Double] {
    let t = smoothed(Oracle.numbers(target, width: y.count))
    return Oracle.lossFunction(loss).gradient(y, t).map { $0 * weight(of: target) }
  }

  /// The gradient of the learnt loss by every parameter, layer after layer, W (row by row) before b.
  func gradient(_ rows: [[Double]], _ targets: [Target]) -> [Double] {
    var result: [Double] = []
    let steps = rows.map { forward($0) }
    // dy of each row, walked back from the loss.
    var dy = rows.indices.map { outputGradient(steps[$0].last?.y ?? rows[$0], targets[$0]) }
    for l in layers.indices.reversed() {
      let dz = rows.indices.map {
        Oracle.activationGradient(layers[l].activation, steps[$0][l].z, steps[$0][l].y, dy[$0])
      }
      let inputs = rows.indices.map { l == 0 ? rows[$0] : steps[$0][l - 1].y }
      let (w, units) = (layers[l].w, layers[l].b.count)
      var dw = [Double](repeating: 0, count: w.count * units)
      var db = [Double](repeating: 0, count: units)
      for (x, dz) in zip(inputs, dz) {
        for i in 0..<w.count {
          for j in 0..<units { dw[i * units + j] += x[i] * dz[j] / Double(rows.count) }
        }
        for j in 0..<units { db[j] += dz[j] / Double(rows.count) }
      }
      let flat = w.flatMap { $0 }
      for i in flat.indices {
        let sign: Double = flat[i] > 0 ? 1 : flat[i] < 0 ? -1 : 0
        dw[i] += l1 * sign + 2 * l2 * flat[i]
      }
      dy = dz.map { dz in w.map { row in zip(row, dz).reduce(0) { $0 + $1.0 * $1.1 } } }
      result = dw + db + result
    }
    return result
  }

  // MARK: Parameters as one list

  var parameters: [Double] {
    get { layers.flatMap { $0.w.flatMap { $0 } + $0.b } }
    set {
      var rest = newValue[...]
      for l in layers.indices {
        for i in layers[l].w.indices {
          layers[l].w[i] = Array(rest.prefix(layers[l].w[i].count))
          rest = rest.dropFirst(layers[l].w[i].count)
        }
        layers[l].b = Array(rest.prefix(layers[l].b.count))
        rest = rest.dropFirst(layers[l].b.count)
      }
    }
  }

  /// The gradient once more, by moving each parameter a little up and down.
  func centralDifferences(_ rows: [[Double]], _ targets: [Target]) -> [Double] {
    let step = 1e-5
    let start = parameters
    return start.indices.map { index in
      var (up, down) = (self, self)
      var (more, less) = (start, start)
      more[index] += step
      less[index] -= step
      up.parameters = more
      down.parameters = less
      return (up.learntLoss(rows, targets) - down.learntLoss(rows, targets)) / (2 * step)
    }
  }
}
