import Glibc
import Testing

@testable import NNEngine

/// The primitive operations carry what networks are made of: each of these is written with them,
/// gives what plain loops give, and has the gradient of central differences.
struct OperationTests {
  /// Numbers that always are the same, and lie apart: no two are equal, none is 0.
  private func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, stream: .random)
    return (0..<count).map { _ in stream.normal() }
  }

  /// A program with given inputs, run and run back.
  private struct Run {
    var operations = Operations(isTraining: true)
    var given: [(ref: Operations.Ref, numbers: [Double])] = []
    var rows: Int

    mutating func input(_ shape: Shape, isByRow: Bool, _ numbers: (Int) -> [Double])
      -> Operations.Ref
    {
      let extent = Operations.Extent(isByRow: isByRow, shape)
      let ref = operations.input(extent)
      given.append((ref, numbers(extent.count(rows: rows))))
      return ref
    }

    func values(_ result: Operations.Ref) -> [Double] {
      let execution = Execution(operations, maxRows: rows, learns: .nothing)
      load(execution)
      execution.forward(rows: rows)
      return read(execution.value(result), result)
    }

    private func load(_ execution: Execution) {
      for (ref, numbers) in given {
        for (place, number) in numbers.enumerated() { execution.value(ref)[place] = number }
      }
    }

    private func read(_ start: UnsafeMutablePointer<Double>, _ ref: Operations.Ref) -> [Double] {
      (0..<operations.extent(ref).count(rows: rows)).map { start[$0] }
    }

    /// The gradients by all inputs of the result weighed with some numbers.
    func gradients(_ result: Operations.Ref, _ weights: [Double]) throws -> [[Double]] {
      let execution = Execution(operations, maxRows: rows + 2, learns: .inputs)
      load(execution)
      // Twice: nothing of the first run may stay.
      for _ in 0..<2 {
        execution.forward(rows: rows)
        execution.clearGradients(rows: rows)
        let seed = try #require(execution.gradient(result))
        for (place, weight) in weights.enumerated() { seed[place] = weight }
        execution.backward(rows: rows)
      }
      return try given.map { read(try #require(execution.gradient($0.ref)), $0.ref) }
    }

    func differences(_ result: Operations.Ref, _ weights: [Double]) -> [[Double]] {
      let step = 1e-5
      return given.indices.map { index in
        given[index].numbers.indices.map { place in
          func total(_ move: Double) -> Double {
            var moved = self
            moved.given[index].numbers[place] += move
            return zip(moved.values(result), weights).reduce(0) { $0 + $1.0 * $1.1 }
          }
          return (total(step) - total(-step)) / (2 * step)
        }
      }
    }
  }

  private func expectRight(
    _ run: Run, _ result: Operations.Ref, gives expected: [Double], fixed: Int? = nil,
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    let exact = Tolerance(absolute: 1e-12, relative: 1e-12)
    #expect(exact.firstDifference(run.values(result), expected) == nil, sourceLocation: place)
    let weights = numbers(expected.count, seed: 99)
    let found = try run.gradients(result, weights)
    for (index, slopes) in run.differences(result, weights).enumerated() {
      // Places that are picked are whole numbers: what lies between has no meaning.
      if index == fixed { continue }
      #expect(
        Tolerance.differences.firstDifference(found[index], slopes) == nil, "operand \(index)",
        sourceLocation: place)
    }
  }

  // MARK: Layers of networks

  @Test(arguments: [(1, 0, 0, 1), (2, 1, 1, 1), (1, 2, 0, 2), (3, 0, 2, 1)])
  func convolutionOfImages(_ stride: Int, _ before: Int, _ after: Int, _ dilation: Int) throws {
    let (height, width, channels, filters, rows) = (5, 6, 2, 3, 2)
    var run = Run(rows: rows)
    let x = run.input([height, width, channels], isByRow: true) { numbers($0, seed: 1) }
    let w = run.input([3, 2, channels, filters], isByRow: false) { numbers($0, seed: 2) }
    let b = run.input([filters], isByRow: false) { numbers($0, seed: 3) }
    let window = [3, 2].map { size in
      ProductOperation.Axis(size, stride: stride, dilation: dilation, before: before, after: after)
    }
    let z = run.operations.product(x, w, window: window)
    let y = run.operations.formula(z, b) { $0 + $1 }
    let (image, kernel, bias) = (run.given[0].numbers, run.given[1].numbers, run.given[2].numbers)
    var expected: [Double] = []
    let places = zip([height, width], window).map {
      ($0 + before + after - ($1.size - 1) * dilation - 1) / stride + 1
    }
    for row in 0..<rows {
      for i in 0..<places[0] {
        for j in 0..<places[1] {
          for filter in 0..<filters {
            var sum = bias[filter]
            for p in 0..<3 {
              for q in 0..<2 {
                let (r, c) = (
                  i * stride + p * dilation - before, j * stride + q * dilation - before
                )
                guard (0..<height).contains(r), (0..<width).contains(c) else { continue }
                for channel in 0..<channels {
                  sum +=
                    image[((row * height + r) * width + c) * channels + channel]
                    * kernel[((p * 2 + q) * channels + channel) * filters + filter]
                }
              }
            }
            expected.append(sum)
          }
        }
      }
    }
    try expectRight(run, y, gives: expected)
  }

  @Test func poolingByTheGreatestAndTheMean() throws {
    let (height, width, channels, rows) = (4, 6, 3, 2)
    // The windows are picked, then one number of each is made.
    var places: [Int] = []
    for i in 0..<2 {
      for j in 0..<3 {
        for p in 0..<2 {
          for q in 0..<2 {
            places.append((2 * i + p) * width + 2 * j + q)
          }
        }
      }
    }
    for kind in [ReductionOperation.Kind.max, .mean] {
      var run = Run(rows: rows)
      let x = run.input([height, width, channels], isByRow: true) { numbers($0, seed: 4) }
      let flat = run.operations.reshape(x, [height * width, channels])
      let windows = run.operations.gather(flat, at: places, [2, 3, 4])
      let y = run.operations.reduce(kind, windows, axes: [2])
      let image = run.given[0].numbers
      var expected: [Double] = []
      for row in 0..<rows {
        for window in 0..<6 {
          for channel in 0..<channels {
            let own = places[window * 4..<window * 4 + 4].map {
              image[(row * height * width + $0) * channels + channel]
            }
            expected.append(kind == .max ? own.max() ?? 0 : own.reduce(0, +) / 4)
          }
        }
      }
      try expectRight(run, y, gives: expected)
    }
  }

  @Test func batchNormalization() throws {
    let (length, features, rows) = (3, 2, 4)
    var run = Run(rows: rows)
    let x = run.input([length, features], isByRow: true) { numbers($0, seed: 5) }
    let gain = run.input([features], isByRow: false) { numbers($0, seed: 6) }
    let bias = run.input([features], isByRow: false) { numbers($0, seed: 7) }
    let mean = run.operations.reduce(.mean, x, axes: [0], overRows: true)
    let squares = run.operations.formula(x, mean) { ($0 - $1) * ($0 - $1) }
    let variance = run.operations.reduce(.mean, squares, axes: [0], overRows: true)
    let normal = run.operations.formula(x, mean, variance) { ($0 - $1) / ($2 + 0.001).sqrt }
    let y = run.operations.formula(normal, gain, bias) { $0 * $1 + $2 }
    let (given, gains, biases) = (run.given[0].numbers, run.given[1].numbers, run.given[2].numbers)
    let expected = given.indices.map { place -> Double in
      let feature = place % features
      let own = stride(from: feature, to: given.count, by: features).map { given[$0] }
      let mean = own.reduce(0, +) / Double(own.count)
      let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
      return (given[place] - mean) / (variance + 0.001).squareRoot() * gains[feature]
        + biases[feature]
    }
    try expectRight(run, y, gives: expected)
  }

  @Test func embeddingOfWords() throws {
    let (words, size) = (5, 3)
    var run = Run(rows: 2)
    let table = run.input([words, size], isByRow: false) { numbers($0, seed: 8) }
    // One word twice in a row, and one that is not there.
    let text = run.input([4], isByRow: true) { _ in [0, 3, 3, 1, 4, 0, 2, 9] }
    let y = run.operations.gather(table, at: text)
    let (rows, places) = (run.given[0].numbers, run.given[1].numbers)
    let expected = places.flatMap { word in
      (0..<size).map { word < 5 ? rows[Int(word) * size + $0] : 0 }
    }
    try expectRight(run, y, gives: expected, fixed: 1)
  }

  @Test func longShortTermMemoryWithAMask() throws {
    let (steps, inputs, units, rows) = (4, 2, 3, 2)
    var run = Run(rows: rows)
    let x = run.input([steps, inputs], isByRow: true) { numbers($0, seed: 9) }
    // The second row's sequence is shorter.
    let mask = run.input([steps, 1], isByRow: true) { _ in [1, 1, 1, 1, 1, 1, 0, 0] }
    let w = run.input([inputs, 4 * units], isByRow: false) { self.numbers($0, seed: 10) }
    let u = run.input([units, 4 * units], isByRow: false) { numbers($0, seed: 11) }
    let b = run.input([4 * units], isByRow: false) { numbers($0, seed: 12) }
    let start = run.operations.constant(0, [units])
    let y = run.operations.scan(
      states: [start, start], sequences: [x, mask], others: [w, u, b]
    ) { step, states, now, others in
      let (h, c, isThere) = (states[0], states[1], now[1])
      let given = step.product(now[0], others[0])
      let remembered = step.product(h, others[1])
      let sum = step.formula(given, remembered, others[2]) { $0 + $1 + $2 }
      func gate(_ index: Int) -> Operations.Ref {
        step.gather(sum, at: (0..<units).map { index * units + $0 }, [units])
      }
      let (i, f, g, o) = (gate(0), gate(1), gate(2), gate(3))
      let new = step.formula([i, f, g, c]) { $0[0].sigmoid * $0[2].tanh + $0[1].sigmoid * $0[3] }
      let out = step.formula(o, new) { $0.sigmoid * $1.tanh }
      let kept = step.formula(isThere, new, c) { .choose(($0 - 0.5).isPositive, $1, $2) }
      let handed = step.formula(isThere, out, h) { .choose(($0 - 0.5).isPositive, $1, $2) }
      return ([handed, kept], handed)
    }
    let given = run.given.map(\.numbers)
    var expected: [Double] = []
    for row in 0..<rows {
      var (h, c) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
      for step in 0..<steps {
        let sums = (0..<4 * units).map { unit -> Double in
          var sum = given[4][unit]
          for i in 0..<inputs {
            sum += given[0][(row * steps + step) * inputs + i] * given[2][i * 4 * units + unit]
          }
          for i in 0..<units { sum += h[i] * given[3][i * 4 * units + unit] }
          return sum
        }
        if given[1][row * steps + step] > 0.5 {
          func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
          for i in 0..<units {
            c[i] = sigmoid(sums[i]) * tanh(sums[2 * units + i]) + sigmoid(sums[units + i]) * c[i]
          }
          for i in 0..<units { h[i] = sigmoid(sums[3 * units + i]) * tanh(c[i]) }
        }
        expected += h
      }
    }
    try expectRight(run, y, gives: expected, fixed: 1)
  }

  @Test func attentionOfSeveralHeads() throws {
    let (steps, heads, size, rows) = (3, 2, 2, 2)
    let width = heads * size
    var run = Run(rows: rows)
    let x = run.input([steps, width], isByRow: true) { numbers($0, seed: 13) }
    let weights = (0..<3).map { index in
      run.input([width, width], isByRow: false) { numbers($0, seed: 14 + UInt64(index)) }
    }
    func part(_ index: Int) -> Operations.Ref {
      let all = run.operations.product(x, weights[index])
      return run.operations.transpose(run.operations.reshape(all, [steps, heads, size]), 0, 1)
    }
    let (q, k, v) = (part(0), part(1), part(2))
    let scores = run.operations.product(q, run.operations.transpose(k, 1, 2), shared: 1)
    let scaled = run.operations.formula(scores) { $0 / Formula.Part(2.0.squareRoot()) }
    let shares = run.operations.activation(Softmax(), scaled)
    let mixed = run.operations.product(shares, v, shared: 1)
    let y = run.operations.reshape(
      run.operations.transpose(mixed, 0, 1), [steps, width])
    let given = run.given.map(\.numbers)
    var expected: [Double] = []
    for row in 0..<rows {
      func projected(_ index: Int, _ step: Int, _ column: Int) -> Double {
        (0..<width).reduce(0) {
          $0 + given[0][(row * steps + step) * width + $1] * given[index + 1][$1 * width + column]
        }
      }
      for step in 0..<steps {
        for head in 0..<heads {
          let scores = (0..<steps).map { other in
            (0..<size).reduce(0) {
              $0 + projected(0, step, head * size + $1) * projected(1, other, head * size + $1)
            } / 2.0.squareRoot()
          }
          let powers = scores.map { exp($0) }
          let whole = powers.reduce(0, +)
          for column in 0..<size {
            expected.append(
              (0..<steps).reduce(0) {
                $0 + powers[$1] / whole * projected(2, $1, head * size + column)
              })
          }
        }
      }
    }
    try expectRight(run, y, gives: expected)
  }

  // MARK: Corners

  @Test func formulasRepeatWhatIsShorter() throws {
    var run = Run(rows: 3)
    let a = run.input([2, 1, 4], isByRow: true) { numbers($0, seed: 20) }
    let b = run.input([3, 1], isByRow: false) { numbers($0, seed: 21) }
    let c = run.input([], isByRow: true) { numbers($0, seed: 22) }
    let y = run.operations.formula(a, b, c) { $0 * $1.tanh + $2 * $2 }
    let given = run.given.map(\.numbers)
    var expected: [Double] = []
    for row in 0..<3 {
      for i in 0..<2 {
        for j in 0..<3 {
          for k in 0..<4 {
            expected.append(
              given[0][row * 8 + i * 4 + k] * tanh(given[1][j]) + given[2][row] * given[2][row])
          }
        }
      }
    }
    try expectRight(run, y, gives: expected)
  }

  @Test func sumsOfAFormulaStandForEachElement() throws {
    var run = Run(rows: 2)
    let x = run.input([2, 3], isByRow: true) { numbers($0, seed: 23) }
    let y = run.operations.formula(x) { ($0 * $0).sum }
    let given = run.given[0].numbers
    let expected = given.indices.map { place in
      given[place / 3 * 3..<place / 3 * 3 + 3].reduce(0) { $0 + $1 * $1 }
    }
    try expectRight(run, y, gives: expected)
  }

  @Test(arguments: ReductionOperation.Kind.allCases)
  func reductionsAlongAxesAndRows(_ kind: ReductionOperation.Kind) throws {
    for overRows in [false, true] {
      var run = Run(rows: 3)
      let x = run.input([2, 3, 2], isByRow: true) { numbers($0, seed: 24) }
      let reduced = run.operations.reduce(kind, x, axes: [1], overRows: overRows)
      // A count has no gradient of its own.
      let y = run.operations.formula(reduced, x) { $0 * $1 }
      let given = run.given[0].numbers
      let expected = given.indices.map { place -> Double in
        let own = given.indices.filter {
          (overRows || $0 / 12 == place / 12) && $0 / 6 % 2 == place / 6 % 2 && $0 % 2 == place % 2
        }.map { given[$0] }
        let sum = own.reduce(0, +)
        let value =
          switch kind {
          case .sum: sum
          case .mean: sum / Double(own.count)
          case .max: own.max() ?? .nan
          case .min: own.min() ?? .nan
          case .count: Double(own.count)
          }
        return value * given[place]
      }
      try expectRight(run, y, gives: expected)
    }
  }

  @Test func theFirstOfEqualExtremesHasTheGradient() throws {
    var run = Run(rows: 1)
    let x = run.input([4], isByRow: true) { _ in [2, 5, 5, 1] }
    let y = run.operations.reduce(.max, x, axes: [0])
    #expect(try run.gradients(y, [3]) == [[0, 3, 0, 0]])
  }

  @Test func partsSideBySideInAnyOrderOfAxes() throws {
    var run = Run(rows: 2)
    let a = run.input([2, 2], isByRow: true) { numbers($0, seed: 25) }
    let b = run.input([2, 3], isByRow: false) { numbers($0, seed: 26) }
    let both = run.operations.concatenate([a, b], axis: 1)
    let y = run.operations.transpose(both, 0, 1)
    let given = run.given.map(\.numbers)
    var expected: [Double] = []
    for row in 0..<2 {
      for column in 0..<5 {
        for line in 0..<2 {
          expected.append(
            column < 2 ? given[0][row * 4 + line * 2 + column] : given[1][line * 3 + column - 2])
        }
      }
    }
    try expectRight(run, y, gives: expected)
  }

  @Test func whatIsNoNumberStaysSo() throws {
    for kind in [ReductionOperation.Kind.sum, .mean, .max, .min] {
      var run = Run(rows: 1)
      let x = run.input([3], isByRow: true) { _ in [1, .nan, 2] }
      let y = run.operations.reduce(kind, x, axes: [0])
      #expect(run.values(y)[0].isNaN, "\(kind)")
    }
    var run = Run(rows: 1)
    let x = run.input([2], isByRow: true) { _ in [0, 0] }
    let w = run.input([2, 1], isByRow: false) { _ in [.nan, 1] }
    let y = run.operations.product(x, w)
    #expect(run.values(y)[0].isNaN)
  }

  // MARK: Chance

  @Test func chanceIsThatOfDropout() {
    let key: UInt64 = 0x1234_5678_9abc_def0
    var numbers = [Double](repeating: 0, count: 1000)
    numbers.withUnsafeMutableBufferPointer { places in
      guard let start = places.baseAddress else { return }
      Chance(key: key, stream: 0).fill(start, count: 1000, step: 7)
    }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 } && Set(numbers).count > 990)
    let dropped = dropout([Float](repeating: 1, count: 1000), rate: 0.3, key: key, step: 7)
    #expect(dropped.map { $0 == 0 } == numbers.map { $0 < 0.3 })
  }

  private func dropout(_ x: [Float], rate: Double, key: UInt64, step: UInt64) -> [Float] {
    let (from, to) = (Buffer<Float>(x), Buffer<Float>(count: x.count))
    let site = LayerSite(
      inputs: [.init(shape: [1], x: from.start)], inputShape: [1], outputShape: [1], x: from.start,
      y: to.start, parameters: [], maxRows: x.count, maxTiles: 1, isTraining: true,
      leavesActivationToLoss: false, chanceKey: key, learnsTogether: false)
    Dropout(rate: rate).makePass(site).forward(
      RowWork(rows: 0..<x.count, tile: 0, step: step, scratch: to.start))
    return to.array
  }

  @Test func normalChanceHasMeanZeroAndDeviationOne() {
    var operations = Operations(isTraining: true)
    let y = operations.normal([5000])
    let execution = Execution(operations, maxRows: 4, learns: .nothing)
    execution.forward(rows: 4, step: 3)
    let numbers = (0..<20_000).map { execution.value(y)[$0] }
    let mean = numbers.reduce(0, +) / 20_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    execution.forward(rows: 4, step: 4)
    #expect(numbers[0] != execution.value(y)[0])
  }
}
