import CKernels
import Testing

@testable import NNEngine

/// Kernels over pictures against sums in 64 bits, number by number as the formulas say.
struct WindowKernelTests {
  /// A window's way over pictures, told shortly.
  struct Case: CustomTestStringConvertible, Sendable {
    var picture: [Int]
    var filters: Int
    var size: [Int]
    var stride = [1, 1]
    var dilation = [1, 1]
    var before = [0, 0]
    var after = [0, 0]
    var groups = 1
    var count = 3

    var testDescription: String {
      "\(count) of \(picture) to \(filters), \(size) by \(stride), \(dilation), \(before) \(after), \(groups)"
    }

    var window: nn_window {
      let places = (0..<2).map { (axis: Int) -> Int in
        let reach: Int = (size[axis] - 1) * dilation[axis] + 1
        let length: Int = picture[axis] + before[axis] + after[axis]
        return (length - reach) / stride[axis] + 1
      }
      return nn_window(
        height: picture[0], width: picture[1], channels: picture[2], rows: places[0],
        columns: places[1], filters: filters, window_height: size[0], window_width: size[1],
        stride_y: stride[0], stride_x: stride[1], dilation_y: dilation[0],
        dilation_x: dilation[1], above: before[0], left: before[1], groups: groups)
    }
  }

  /// Edges of vectors, blocks and stripes; steps, gaps, groups; windows that leave something over or
  /// lie mostly outside.
  static let convolutions = [
    Case(picture: [1, 1, 1], filters: 1, size: [1, 1]),
    Case(picture: [5, 7, 3], filters: 17, size: [3, 3], before: [1, 1], after: [1, 1]),
    Case(
      picture: [9, 31, 2], filters: 33, size: [3, 5], before: [1, 2], after: [1, 2], count: 2),
    Case(picture: [6, 6, 16], filters: 32, size: [3, 3], before: [1, 1], after: [1, 1]),
    Case(picture: [8, 8, 33], filters: 40, size: [3, 3], before: [1, 1], after: [1, 1]),
    Case(picture: [9, 8, 16], filters: 32, size: [3, 3], before: [2, 2], after: [2, 2]),
    Case(picture: [8, 7, 33], filters: 40, size: [3, 3], before: [2, 0], after: [2, 0]),
    Case(
      picture: [8, 8, 16], filters: 32, size: [3, 3], stride: [2, 2], before: [1, 1],
      after: [1, 1]),
    Case(
      picture: [6, 8, 20], filters: 20, size: [3, 3], stride: [2, 1], before: [1, 2],
      after: [1, 2], groups: 20),
    Case(picture: [4, 4, 5], filters: 6, size: [1, 1], count: 7),
    Case(picture: [7, 9, 4], filters: 8, size: [1, 1], stride: [2, 3]),
    Case(
      picture: [11, 10, 3], filters: 5, size: [5, 4], stride: [2, 2], before: [2, 1], after: [1, 2]),
    Case(picture: [12, 9, 2], filters: 3, size: [3, 3], stride: [4, 5]),
    Case(
      picture: [13, 11, 3], filters: 4, size: [3, 2], dilation: [2, 3], before: [2, 1],
      after: [2, 2]),
    Case(
      picture: [10, 10, 2], filters: 3, size: [3, 3], stride: [2, 3], dilation: [3, 2],
      before: [3, 0]),
    Case(
      picture: [6, 5, 6], filters: 9, size: [3, 3], before: [1, 1], after: [1, 1], groups: 3),
    Case(
      picture: [7, 6, 20], filters: 20, size: [3, 3], before: [1, 1], after: [1, 1], groups: 20),
    Case(
      picture: [7, 6, 37], filters: 37, size: [3, 2], stride: [2, 1], before: [1, 0], groups: 37),
    Case(
      picture: [5, 6, 4], filters: 8, size: [3, 3], before: [1, 1], after: [1, 1], groups: 4),
    Case(picture: [3, 3, 7], filters: 70, size: [3, 3], count: 20),
    Case(picture: [2, 3, 1], filters: 2, size: [5, 5], before: [2, 2], after: [2, 2]),
    Case(
      picture: [70, 67, 20], filters: 3, size: [3, 3], before: [1, 1], after: [1, 1], count: 1),
    Case(
      picture: [65, 40, 3], filters: 35, size: [5, 5], stride: [2, 2], before: [2, 2],
      after: [2, 2], count: 1),
  ]

  private func numbers(_ count: Int, _ stream: inout RandomStream) -> [Float] {
    (0..<count).map { _ in Float(stream.normal()) }
  }

  /// Calls for each product of the formula with the places of its three numbers.
  private func forEach(_ one: Case, _ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
    let c = one.window
    let (own, filters) = (c.channels / c.groups, c.filters / c.groups)
    for picture in 0..<one.count {
      for row in 0..<c.rows {
        for column in 0..<c.columns {
          for i in 0..<c.window_height {
            for j in 0..<c.window_width {
              let y = row * c.stride_y + i * c.dilation_y - c.above
              let x = column * c.stride_x + j * c.dilation_x - c.left
              guard (0..<c.height).contains(y), (0..<c.width).contains(x) else { continue }
              let from = ((picture * c.height + y) * c.width + x) * c.channels
              let to = ((picture * c.rows + row) * c.columns + column) * c.filters
              let weights = (i * c.window_width + j) * own * c.filters
              for filter in 0..<c.filters {
                let group = filter / filters
                for channel in 0..<own {
                  body(
                    from + group * own + channel, weights + channel * c.filters + filter,
                    to + filter)
                }
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: convolutions) func convolutionsMatchTheirFormula(_ one: Case) {
    var c = one.window
    var stream = RandomStream(seed: 4, stream: .random)
    let (inputs, outputs) = (c.height * c.width * c.channels, c.rows * c.columns * c.filters)
    let weights = c.window_height * c.window_width * c.channels / c.groups * c.filters
    let x = numbers(one.count * inputs, &stream)
    let w = numbers(weights, &stream)
    let dy = numbers(one.count * outputs, &stream)
    var y = [Double](repeating: 0, count: dy.count)
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: w.count)
    forEach(one) { i, j, k in
      y[k] += Double(x[i]) * Double(w[j])
      dx[i] += Double(dy[k]) * Double(w[j])
      dw[j] += Double(x[i]) * Double(dy[k])
    }
    // What is left over from others must not matter.
    var space = [Float](repeating: .nan, count: nn_convolution_space(&c))
    var packed = [Float](repeating: .nan, count: nn_convolution_packed(&c))
    var found = [Float](repeating: .nan, count: y.count)
    // Sums of up to some thousand products of order 1.
    let tolerance = Tolerance(absolute: 2e-4, relative: 2e-5)
    nn_convolve_pack(&c, w, &packed)
    nn_convolve(&c, x, packed, &found, one.count, &space)
    #expect(tolerance.firstDifference(found.map { Double($0) }, y) == nil, "forward")
    // Each picture alone gives the same bytes.
    for picture in 0..<one.count {
      var alone = [Float](repeating: .nan, count: outputs)
      nn_convolve(
        &c, Array(x[picture * inputs..<(picture + 1) * inputs]), packed, &alone, 1, &space)
      #expect(alone == Array(found[picture * outputs..<(picture + 1) * outputs]))
    }

    nn_convolve_pack_inputs(&c, w, &packed)
    found = [Float](repeating: .nan, count: dx.count)
    nn_convolve_inputs(&c, dy, packed, &found, one.count, &space)
    #expect(tolerance.firstDifference(found.map { Double($0) }, dx) == nil, "by inputs")

    found = [Float](repeating: .nan, count: dw.count)
    nn_convolve_weights(&c, x, dy, &found, one.count, false, &space)
    #expect(tolerance.firstDifference(found.map { Double($0) }, dw) == nil, "by weights")
    nn_convolve_weights(&c, x, dy, &found, one.count, true, &space)
    #expect(tolerance.firstDifference(found.map { Double($0) / 2 }, dw) == nil, "added")
  }

  static let pools = [
    Case(picture: [1, 1, 1], filters: 1, size: [1, 1]),
    Case(picture: [7, 6, 19], filters: 19, size: [2, 2], stride: [2, 2]),
    Case(picture: [8, 6, 32], filters: 32, size: [2, 3], stride: [2, 3]),
    Case(
      picture: [5, 9, 17], filters: 17, size: [3, 3], stride: [2, 2], before: [1, 1], after: [1, 1]),
    Case(picture: [6, 7, 3], filters: 3, size: [2, 2], before: [0, 0], after: [1, 1]),
    Case(picture: [9, 8, 16], filters: 16, size: [2, 2], stride: [3, 4]),
    Case(picture: [6, 5, 33], filters: 33, size: [6, 5]),
    Case(picture: [7, 7, 5], filters: 5, size: [3, 2], dilation: [2, 3]),
  ]

  /// Whole numbers, so that some are equal.
  @Test(arguments: pools) func poolsMatchTheirFormula(_ one: Case) {
    var c = one.window
    var stream = RandomStream(seed: 5, stream: .random)
    let outputs = one.count * c.rows * c.columns * c.channels
    let x = numbers(one.count * c.height * c.width * c.channels, &stream).map { ($0 * 2).rounded() }
    let dy = numbers(outputs, &stream)
    var (largest, mean) = (
      [Float](repeating: -.infinity, count: outputs), [Double](repeating: 0, count: outputs)
    )
    var (first, covered) = (
      [Int](repeating: 0, count: outputs), [Double](repeating: 0, count: outputs)
    )
    // As if each filter saw its own channel.
    var alone = one
    alone.groups = c.channels
    forEach(alone) { i, _, k in
      if x[i] > largest[k] { (largest[k], first[k]) = (x[i], i) }
      mean[k] += Double(x[i])
      covered[k] += 1
    }
    var (dlargest, dmean) = (
      [Double](repeating: 0, count: x.count), [Double](repeating: 0, count: x.count)
    )
    for place in 0..<outputs {
      mean[place] /= covered[place]
      dlargest[first[place]] += Double(dy[place])
    }
    forEach(alone) { i, _, k in dmean[i] += Double(dy[k]) / covered[k] }

    let tolerance = Tolerance(absolute: 1e-5, relative: 1e-5)
    var picks = [UInt16](repeating: .max, count: outputs)
    var found = [Float](repeating: .nan, count: outputs)
    nn_maxpool(&c, x, &found, &picks, one.count)
    #expect(found == largest)
    nn_maxpool(&c, x, &found, nil, one.count)
    #expect(found == largest, "without picks")
    nn_avgpool(&c, x, &found, one.count)
    #expect(tolerance.firstDifference(found.map { Double($0) }, mean) == nil, "mean")
    found = [Float](repeating: .nan, count: x.count)
    nn_maxpool_backward(&c, dy, picks, &found, one.count)
    #expect(
      tolerance.firstDifference(found.map { Double($0) }, dlargest) == nil, "back from the largest")
    found = [Float](repeating: .nan, count: x.count)
    nn_avgpool_backward(&c, dy, &found, one.count)
    #expect(tolerance.firstDifference(found.map { Double($0) }, dmean) == nil, "back from the mean")
  }

  /// What is no number is the largest of its window, wherever it stands.
  @Test func poolsKeepWhatIsNoNumber() {
    var c = Case(picture: [2, 2, 18], filters: 18, size: [2, 2], count: 1).window
    for hole in 0..<4 {
      var x = [Float](repeating: 1, count: 4 * 18)
      for channel in 0..<18 { x[hole * 18 + channel] = .nan }
      var found = [Float](repeating: 0, count: 18)
      nn_maxpool(&c, x, &found, nil, 1)
      #expect(found.allSatisfy { $0.isNaN })
    }
  }
}
