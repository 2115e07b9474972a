/// A network of any layers, its ways parting and meeting, over a whole batch in 64 bits: written
/// down from the formulas with plain loops, forwards and backwards.
struct GraphOracle {
  /// What a node computes, with its parameters.
  enum Step {
    /// `f(x · W + b)`, `w[input][unit]`.
    case dense(w: [[Double]], b: [Double], String)
    case activation(String)
    case sum
    case concatenation
    /// By the batch's mean and variance, or by given ones.
    case batchNormalization(
      gain: [Double], bias: [Double], epsilon: Double, given: (mean: [Double], variance: [Double])?)
    case layerNormalization(gain: [Double], bias: [Double], epsilon: Double)
    /// Leaves numbers as they are: another shape, or dropout out of training.
    case same
  }

  typealias Rows = [[Double]]

  var steps: [(step: Step, inputs: [Int])]
  var loss: String

  // MARK: Forward

  /// What each node gives.
  func forward(_ x: Rows) -> [Rows] {
    var outputs: [Rows] = []
    for (step, inputs) in steps {
      outputs.append(Self.output(step, inputs.map { $0 < 0 ? x : outputs[$0] }))
    }
    return outputs
  }

  static func output(_ step: Step, _ inputs: [Rows]) -> Rows {
    let x = inputs[0]
    switch step {
    case .dense(_, _, let name): return product(x, step).map { Oracle.activate(name, $0) }
    case .activation(let name): return x.map { Oracle.activate(name, $0) }
    case .sum:
      return x.indices.map { row in
        x[row].indices.map { column in inputs.map { $0[row][column] }.reduce(0, +) }
      }
    case .concatenation: return x.indices.map { row in inputs.flatMap { $0[row] } }
    case .batchNormalization(let gain, let bias, _, _):
      return normalized(x, step).map { row in
        row.indices.map { row[$0] * gain[$0] + bias[$0] }
      }
    case .layerNormalization(let gain, let bias, _):
      return normalized(x, step).map { row in
        row.indices.map { row[$0] * gain[$0] + bias[$0] }
      }
    case .same: return x
    }
  }

  /// `x · W + b`.
  private static func product(_ x: Rows, _ step: Step) -> Rows {
    guard case .dense(let w, let b, _) = step else { return x }
    return x.map { row in
      b.indices.map { j in b[j] + row.indices.map { row[$0] * w[$0][j] }.reduce(0, +) }
    }
  }

  /// What is normalised, before gain and bias.
  private static func normalized(_ x: Rows, _ step: Step) -> Rows {
    switch step {
    case .batchNormalization(_, _, let epsilon, let given):
      let (mean, variance) = given ?? moments(x)
      return x.map { row in
        row.indices.map { (row[$0] - mean[$0]) / (variance[$0] + epsilon).squareRoot() }
      }
    case .layerNormalization(_, _, let epsilon):
      return x.map { row in
        let mean = row.reduce(0, +) / Double(row.count)
        let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(row.count)
        return row.map { ($0 - mean) / (variance + epsilon).squareRoot() }
      }
    default: return x
    }
  }

  /// Mean and variance of each column.
  static func moments(_ x: Rows) -> (mean: [Double], variance: [Double]) {
    let n = Double(x.count)
    let mean = x[0].indices.map { column in x.map { $0[column] }.reduce(0, +) / n }
    let variance = x[0].indices.map { column in
      x.map { ($0[column] - mean[column]) * ($0[column] - mean[column]) }.reduce(0, +) / n
    }
    return (mean, variance)
  }

  func meanLoss(_ x: Rows, _ targets: [Oracle.Target]) -> Double {
    let y = forward(x).last ?? x
    return zip(y, targets).map { Oracle.loss(loss, $0, $1) }.reduce(0, +) / Double(x.count)
  }

  // MARK: Backward

  /// The gradients of the mean loss: by what each node gives, and by all parameters in order.
  func gradients(_ x: Rows, _ targets: [Oracle.Target]) -> (outputs: [Rows], parameters: [Double]) {
    let outputs = forward(x)
    let n = Double(x.count)
    var dys = outputs.map { $0.map { $0.map { _ in 0.0 } } }
    dys[dys.count - 1] = zip(outputs[outputs.count - 1], targets).map { y, target in
      Oracle.lossGradient(loss, y, target).map { $0 / n }
    }
    var parameters: [[Double]] = steps.map { _ in [] }
    for index in steps.indices.reversed() {
      let (step, inputs) = steps[index]
      let given = inputs.map { $0 < 0 ? x : outputs[$0] }
      let (dxs, own) = Self.backward(step, given, outputs[index], dys[index])
      parameters[index] = own
      for (input, dx) in zip(inputs, dxs) where input >= 0 {
        for row in dx.indices {
          for column in dx[row].indices { dys[input][row][column] += dx[row][column] }
        }
      }
    }
    return (dys, parameters.flatMap { $0 })
  }

  private static func backward(
    _ step: Step, _ inputs: [Rows], _ y: Rows, _ dy: Rows
  ) -> (dxs: [Rows], parameters: [Double]) {
    let x = inputs[0]
    switch step {
    case .dense(let w, let b, let name):
      let z = product(x, step)
      let dz = x.indices.map { Oracle.activationGradient(name, z[$0], y[$0], dy[$0]) }
      let dw = w.indices.flatMap { i in
        b.indices.map { j in x.indices.map { x[$0][i] * dz[$0][j] }.reduce(0, +) }
      }
      let db = b.indices.map { j in dz.map { $0[j] }.reduce(0, +) }
      let dx = dz.map { row in w.map { zip($0, row).map(*).reduce(0, +) } }
      return ([dx], dw + db)
    case .activation(let name):
      return ([x.indices.map { Oracle.activationGradient(name, x[$0], y[$0], dy[$0]) }], [])
    case .sum: return (inputs.map { _ in dy }, [])
    case .concatenation:
      var first = 0
      return (
        inputs.map { input in
          let width = input[0].count
          defer { first += width }
          return dy.map { Array($0[first..<first + width]) }
        }, []
      )
    case .batchNormalization(let gain, _, let epsilon, let given):
      let hat = normalized(x, step)
      let variance = (given ?? moments(x)).variance
      let (dgain, dbias) = sums(hat, dy)
      let n = Double(x.count)
      let dx = x.indices.map { row in
        gain.indices.map { column in
          let common =
            given == nil ? (dbias[column] + hat[row][column] * dgain[column]) / n : 0
          return gain[column] / (variance[column] + epsilon).squareRoot()
            * (dy[row][column] - common)
        }
      }
      return ([dx], dgain + dbias)
    case .layerNormalization(let gain, _, let epsilon):
      let hat = normalized(x, step)
      let (dgain, dbias) = sums(hat, dy)
      let n = Double(gain.count)
      let dx = x.indices.map { row in
        let mean = x[row].reduce(0, +) / n
        let variance = x[row].map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / n
        let g = zip(dy[row], gain).map(*)
        let level = g.reduce(0, +) / n
        let slope = zip(g, hat[row]).map(*).reduce(0, +) / n
        return g.indices.map {
          (g[$0] - level - hat[row][$0] * slope) / (variance + epsilon).squareRoot()
        }
      }
      return ([dx], dgain + dbias)
    case .same: return ([dy], [])
    }
  }

  private static func sums(_ hat: Rows, _ dy: Rows) -> (dgain: [Double], dbias: [Double]) {
    let columns = hat[0].indices
    return (
      columns.map { column in hat.indices.map { hat[$0][column] * dy[$0][column] }.reduce(0, +) },
      columns.map { column in dy.map { $0[column] }.reduce(0, +) }
    )
  }

  // MARK: Parameters as one list

  var parameters: [Double] {
    get {
      steps.flatMap { step, _ -> [Double] in
        return switch step {
        case .dense(let w, let b, _): w.flatMap { $0 } + b
        case .batchNormalization(let gain, let bias, _, _): gain + bias
        case .layerNormalization(let gain, let bias, _): gain + bias
        default: []
        }
      }
    }
    set {
      var rest = newValue[...]
      func take(_ count: Int) -> [Double] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      for index in steps.indices {
        switch steps[index].step {
        case .dense(let w, let b, let name):
          let new = w.map { take($0.count) }
          steps[index].step = .dense(w: new, b: take(b.count), name)
        case .batchNormalization(let gain, let bias, let epsilon, let given):
          let new = take(gain.count)
          steps[index].step = .batchNormalization(
            gain: new, bias: take(bias.count), epsilon: epsilon, given: given)
        case .layerNormalization(let gain, let bias, let epsilon):
          let new = take(gain.count)
          steps[index].step = .layerNormalization(
            gain: new, bias: take(bias.count), epsilon: epsilon)
        default: break
        }
      }
    }
  }

  /// The parameters' gradients once more, by moving each a little up and down.
  func centralDifferences(_ x: Rows, _ targets: [Oracle.Target]) -> [Double] {
    let step = 1e-5
    let start = parameters
    return start.indices.map { index in
      var (up, down) = (self, self)
      var (more, less) = (start, start)
      more[index] += step
      less[index] -= step
      up.parameters = more
      down.parameters = less
      return (up.meanLoss(x, targets) - down.meanLoss(x, targets)) / (2 * step)
    }
  }
}
