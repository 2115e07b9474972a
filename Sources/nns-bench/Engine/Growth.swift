import NNEngine

/// How the time for one sample grows with width, batch, depth and the number of rows.
struct Growth: Measurement {
  /// What is made larger.
  enum Axis: String, CaseIterable { case width, batch, depth, data }

  let axis: Axis

  var name: String { "growth-\(axis.rawValue)" }
  var summary: String {
    switch axis {
    case .width: "20-n-n-1, batch 128: training time a sample as n grows from 32 to 4096"
    case .batch: "20-128-128-1: training time a sample as the batch grows from 1 to 4096"
    case .depth: "20-64-…-64-1, batch 128: training time a sample from 1 to 50 hidden layers"
    case .data: "20-16-1, batch 128: training time a sample from 1,000 to 10,000,000 rows"
    }
  }

  /// From step to step, how much longer the same work may take before it counts as worse than
  /// linear: rows and weights that no longer fit a cache take their time.
  private let tolerance = 1.5

  func measure() -> Bool {
    print("\(name): \(summary)")
    print(
      "  \(pad(axis.rawValue, -10)) \(pad("a sample", -12)) \(pad("GFLOP/s", -9))  growth over work"
    )
    var last: (seconds: Double, work: Double)?
    var isLinear = true
    for size in sizes {
      guard let seconds = try? secondsForOneSample(size) else { return false }
      let work = work(size)
      var line = "  \(pad(grouped(size), -10)) \(Unit(for: seconds).text(seconds, width: 9))"
      line += " \(pad(fixed(work / seconds * 1e-9, 2), -9))"
      if let last {
        let growth = seconds / last.seconds / (work / last.work)
        line += "  \(pad(fixed(growth, 2), -5))"
        if growth > tolerance {
          line += "  worse than linear"
          isLinear = false
        }
      }
      last = (seconds, work)
      print(line)
    }
    return isLinear
  }

  private var sizes: [Int] {
    switch axis {
    case .width: [32, 64, 128, 256, 512, 1024, 2048, 4096]
    case .batch: [1, 4, 16, 64, 256, 1024, 4096]
    case .depth: [1, 2, 5, 10, 20, 50]
    case .data: [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
    }
  }

  private func network(_ size: Int) -> [Int] {
    switch axis {
    case .width: [20, size, size, 1]
    case .batch: [20, 128, 128, 1]
    case .depth: [20] + [Int](repeating: 64, count: size) + [1]
    case .data: [20, 16, 1]
    }
  }

  private func batch(_ size: Int) -> Int { axis == .batch ? size : 128 }

  /// Operations for one sample: the products, and its share of the update of all weights.
  private func work(_ size: Int) -> Double {
    let sizes = network(size)
    let weights = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    return Double(6 * weights) + Double(12 * weights) / Double(batch(size))
  }

  /// The least of a few: what the machine does besides only adds.
  private func secondsForOneSample(_ size: Int) throws -> Double {
    let fixed = axis == .data
    // Enough for a fifth of a second at 20 GFLOP/s, in whole batches.
    let wanted = max(Int(4e9 / work(size)), 4 * batch(size))
    let count = fixed ? size : min(wanted, 200_000) / batch(size) * batch(size)
    let examples = madeRows(count)
    var network = try denseNetwork(network(size))
    let trainer = Trainer(
      loss: MeanSquaredError(), optimizer: Adam(), preprocessing: Preprocessing(inputShape: [20]))
    var state = TrainingState()
    let epochs = fixed ? max(1, 1_000_000 / size) : 1
    var least = Double.infinity
    for round in 0..<(count > 1_000_000 ? 2 : 4) {
      let result = try trainer.train(
        &network, &state, on: examples,
        TrainingOptions(epochs: epochs, batchSize: batch(size)))
      let seconds = result.epochs.map(\.seconds).reduce(0, +) / Double(epochs * count)
      if round > 0 { least = min(least, seconds) }
    }
    return least
  }

  /// Rows of 20 numbers with something to learn.
  private func madeRows(_ count: Int) -> Examples {
    var state: UInt32 = 1
    var targets = [Double](repeating: 0, count: count)
    let inputs = [Float](unsafeUninitializedCapacity: 20 * count) { buffer, made in
      for row in 0..<count {
        var sum: Float = 0
        for column in 0..<20 {
          state = state &* 1_664_525 &+ 1_013_904_223
          let x = Float(state >> 8) * 0x1p-23 - 1
          buffer.initializeElement(at: row * 20 + column, to: x)
          sum += column % 2 == 0 ? x : -x
        }
        targets[row] = sum > 0 ? Double(sum) : 0
      }
      made = 20 * count
    }
    return Examples(
      count: count, inputShape: [20], inputs: .floats(inputs),
      targets: .values(targets, width: 1))
  }

  private func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
