import CKernels
import Glibc
import Testing

@testable import NNEngine

struct KernelTests {
  // MARK: Functions

  struct Function: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var kernel: nn_unary_op
    var units = 2.0
    var exact: @Sendable (Double) -> Double
  }

  /// A few million of all bit patterns, the special ones among them.
  @Test(arguments: [
    Function(testDescription: "exp", kernel: NN_EXP) { exp($0) },
    Function(testDescription: "log", kernel: NN_LOG) { log($0) },
    Function(testDescription: "tanh", kernel: NN_TANH) { tanh($0) },
    Function(testDescription: "sigmoid", kernel: NN_SIGMOID) { 1 / (1 + exp(-$0)) },
    Function(testDescription: "erf", kernel: NN_ERF, units: 3) { erf($0) },
    Function(testDescription: "sin", kernel: NN_SIN) { sin($0) },
    Function(testDescription: "cos", kernel: NN_COS) { cos($0) },
  ])
  func functionIsWithinAFewUnitsInTheLastPlace(_ function: Function) {
    let special: [Float] = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude]
    let values =
      special + stride(from: UInt32(0), to: .max - 60_007, by: 60_007).map(Float.init(bitPattern:))
    var found = [Float](repeating: 0, count: values.count)
    nn_unary(function.kernel, values, &found, values.count)
    for (x, y) in zip(values, found) {
      let exact = function.exact(Double(x))
      if exact.isNaN {
        #expect(y.isNaN, "\(function.testDescription)(\(x))")
      } else if Float(exact).isInfinite || y.isInfinite {
        // At the end of the range, one unit decides between the greatest number and infinity.
        #expect(
          (y > 0) == (exact > 0) && abs(y) > 3.402e38 && abs(exact) > 3.402e38,
          "\(function.testDescription)(\(x)) is \(y)")
      } else {
        let unit = Double(max(Float(exact).magnitude.ulp, .leastNormalMagnitude * 1e-3))
        let error = abs(Double(y) - exact) / unit
        // NaN is below no bound: it must not get lost among what follows it.
        if !(error < function.units) { #expect(error < function.units, "\(x) gives \(y)") }
      }
    }
  }

  // MARK: Products

  /// Sizes of each edge: of blocks, panels, lists of places and rows taken together. In `holes` of
  /// 10 groups of neighbours there is nothing but zeros, or a number in the last row alone.
  @Test(arguments: [
    (1, 1, 1, 0), (6, 16, 8, 0), (7, 17, 9, 0), (13, 5, 300, 0), (26, 33, 257, 0), (3, 100, 2, 0),
    (1, 150, 40, 5), (1, 10, 1100, 4), (1, 310, 70, 2), (8, 128, 130, 3), (33, 140, 260, 5),
    (261, 129, 20, 4), (12, 256, 64, 10),
  ])
  func productMatchesTheTripleLoop(_ m: Int, _ n: Int, _ k: Int, holes: Int) {
    var stream = RandomStream(seed: 2, stream: .random)
    let b = (0..<k * n).map { _ in Float(stream.normal()) }
    let start = (0..<m * n).map { _ in Float(stream.normal()) }
    for (ta, tb, beta) in [
      (false, false, 0), (true, false, 0), (false, true, 0), (true, true, 0), (false, false, 1),
      (true, false, 1),
    ] as [(Bool, Bool, Float)] {
      let a = (0..<m * k).map { place in
        let (i, p) = ta ? (place % m, place / m) : (place / k, place % k)
        let isHole = (i / 8 * 7 + p * 3) % 10 < holes && !(i % 4 == 3 && p % 7 == 5)
        let x = Float(stream.normal())
        return isHole ? (p % 2 == 0 ? 0 : -0.0) : x
      }
      let expected = (0..<m * n).map { place in
        let (i, j) = (place / n, place % n)
        return (0..<k).reduce(Double(beta * start[place])) { sum, p in
          sum + Double(ta ? a[p * m + i] : a[i * k + p]) * Double(tb ? b[j * k + p] : b[p * n + j])
        }
      }
      // Sums of up to 300 products of order 1.
      let tolerance = Tolerance(absolute: 3e-5, relative: 1e-5)
      for level in [NN_LEVEL_BASELINE, NN_LEVEL_AVX2, NN_LEVEL_AVX512] {
        // NaN where the old content must not matter.
        var c = beta == 0 ? [Float](repeating: .nan, count: m * n) : start
        guard
          nn_gemm_at_level(
            level, ta, tb, m, n, k, a, ta ? m : k, b, tb ? k : n, beta, &c, n)
        else { continue }
        #expect(
          tolerance.firstDifference(c.map { Double($0) }, expected) == nil, "level \(level)")
      }
    }
  }

  /// A few rows at a time, where nothing is put together first, and all at once: without zeros,
  /// with zeros in one panel alone, and with zeros everywhere.
  @Test(arguments: [
    (50, 137, 300, 0..<300), (65, 530, 1100, 0..<0), (65, 530, 1100, 250..<370),
    (520, 1030, 513, 0..<0),
  ])
  func splittingAProductByRowsKeepsEveryBit(_ m: Int, _ n: Int, _ k: Int, holes: Range<Int>) {
    var stream = RandomStream(seed: 2, stream: .random)
    // Rows that hold little, in other places each: all together they are sorted and leave out
    // zeros, seven do not.
    let rows = (0..<m * k).map { place in
      let (i, p) = (place / k, place % k)
      let x = Float(stream.normal())
      return !holes.contains(p) || (p * 7 + i * 13) % 17 < 2 + i % 4 ? x : 0
    }
    let b = (0..<k * n).map { _ in Float(stream.normal()) }
    for (ta, tb) in [(false, false), (true, false), (false, true)] {
      let a = ta ? (0..<m * k).map { rows[$0 % m * k + $0 / m] } : rows
      for level in [NN_LEVEL_BASELINE, NN_LEVEL_AVX2, NN_LEVEL_AVX512] {
        var whole = [Float](repeating: .nan, count: m * n)
        var split = whole
        guard
          nn_gemm_at_level(
            level, ta, tb, m, n, k, a, ta ? m : k, b, tb ? k : n, 0, &whole, n)
        else { continue }
        split.withUnsafeMutableBufferPointer { out in
          a.withUnsafeBufferPointer { a in
            guard let a = a.baseAddress, let c = out.baseAddress else { return }
            for first in stride(from: 0, to: m, by: 7) {
              _ = nn_gemm_at_level(
                level, ta, tb, min(7, m - first), n, k, a + (ta ? first : first * k), ta ? m : k,
                b, tb ? k : n, 0, c + first * n, n)
            }
          }
        }
        #expect(whole == split, "level \(level)")
      }
    }
  }

  // MARK: Threads

  @Test(arguments: [1, 2, 7]) func everyTileRunsOnce(_ threads: Int) {
    let workers = Workers(count: threads)
    let counts = Buffer<Int32>(count: 1000)
    let job = TileJob { counts.start[$0] += 1 }
    for round in 1...200 {
      workers.run(job, tiles: 1 + (round * 37) % 1000, shared: true)
    }
    let expected = (0..<1000).map { tile in
      Int32((1...200).filter { (1 + ($0 * 37) % 1000) > tile }.count)
    }
    #expect(counts.array == expected)
  }

  @Test(arguments: [2, 5]) func tilesOfUnequalSizeRunOnce(_ threads: Int) {
    let workers = Workers(count: threads)
    for sizes in [
      [5], [1, 1, 1], [100, 1, 1, 1, 1, 1], [1, 1, 1, 1, 100], [0, 0, 7, 0], [0, 0],
    ] {
      let counts = Buffer<Int32>(count: sizes.count)
      let job = TileJob { counts.start[$0] += 1 }
      var upTo = 0
      let sums = sizes.map { size in
        upTo += size
        return upTo
      }
      for _ in 0..<50 { workers.run(job, tiles: sizes.count, shared: true, sizes: sums) }
      #expect(counts.array == sizes.map { _ in 50 }, "\(sizes)")
    }
  }

  /// A thread is kept off its caller's core only while it wakes.
  @Test func wokenThreadsMayRunAnywhere() {
    let workers = Workers(count: 4)
    let cores = Buffer<Int32>(count: 64)
    let job = TileJob { tile in
      usleep(1_000)
      cores.start[tile] = nn_processor_count()
    }
    let all = nn_processor_count()
    for _ in 0..<5 {
      // Long enough for all to fall asleep.
      usleep(20_000)
      workers.run(job, tiles: 64, shared: true)
      #expect(cores.array.allSatisfy { $0 == all })
    }
  }

  @Test func dropoutKeepsTheMeanAndIsTheSameInTiles() {
    let count = 100_000
    let x = [Float](repeating: 1, count: count)
    var (whole, split) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    nn_dropout(x, &whole, count, 42, 0, 0.3)
    split.withUnsafeMutableBufferPointer { out in
      guard let y = out.baseAddress else { return }
      for first in stride(from: 0, to: count, by: 12_345) {
        nn_dropout(x, y + first, min(12_345, count - first), 42, UInt64(first), 0.3)
      }
    }
    #expect(whole == split)
    let kept = whole.filter { $0 != 0 }
    #expect(abs(Double(kept.count) / Double(count) - 0.7) < 0.01)
    #expect(kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 })
    var other = whole
    nn_dropout(x, &other, count, 43, 0, 0.3)
    #expect(whole != other)
  }
}
