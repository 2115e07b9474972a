import CKernels
import Glibc

/// Our product of matrices beside oneDNN's, on one thread: 16 sizes in the three forms that a dense
/// layer needs. Each form is measured in alternation, and the results are compared.
struct ProductShapes: Measurement {
  let name = "products"
  let summary = "48 products of matrices on one thread, beside oneDNN"

  /// What of the time of oneDNN's is asked for at least.
  private let goal = 0.95
  private let rounds = 7

  /// Rows, columns and depth: squares, then layers' forward products and long narrow ones.
  private let sizes: [(m: Int, n: Int, k: Int)] = [
    (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (1536, 1536, 1536), (2048, 2048, 2048),
    (3072, 3072, 3072), (128, 256, 784), (128, 128, 256), (512, 1024, 784), (128, 1024, 1024),
    (128, 2048, 2048), (128, 4096, 4096), (64, 4096, 1024), (1024, 4096, 1024), (2048, 512, 2048),
    (4096, 128, 1000),
  ]

  func measure() -> Bool {
    print("\(name): \(summary)")
    guard let library = OneDNN.installed else {
      print("  oneDNN: left out, apt-get install libdnnl2")
      return true
    }
    library.useOneThread()
    var shares: [Double] = []
    for (m, n, k) in sizes {
      for (form, transposed) in [
        ("forward", (false, false)), ("weights", (true, false)), ("inputs", (false, true)),
      ] {
        guard let (own, theirs) = times(transposed, m, n, k, library) else {
          print("  \(m) × \(n) × \(k), \(form): the results differ")
          return false
        }
        let share = median(zip(own, theirs).map { $1 / $0 })
        shares.append(share)
        let work = 2e-9 * Double(m * n * k)
        print(
          "  " + pad("\(m) × \(n) × \(k) \(form)", 30)
            + "\(fixed(work / median(own), 0)) GFLOP/s, oneDNN \(fixed(work / median(theirs), 0)): "
            + "\(fixed(share, 2))× its speed")
      }
    }
    let least = shares.min() ?? .nan
    print(
      "  \(shares.count { $0 >= goal }) of \(shares.count) at \(fixed(goal, 2))× or more, median "
        + "\(fixed(median(shares), 2))×, least \(fixed(least, 2))×  "
        + verdict(least >= goal, "≥ \(fixed(goal, 2))"))
    return true
  }

  /// Seconds a product, ours and theirs, round by round; `nil` where the results differ.
  private func times(
    _ transposed: (a: Bool, b: Bool), _ m: Int, _ n: Int, _ k: Int, _ library: OneDNN
  ) -> (own: [Double], theirs: [Double])? {
    func numbers(_ count: Int, _ step: Int) -> [Float] {
      (0..<count).map { Float($0 * step % 1013) / 1013 - 0.45 }
    }
    let (a, b) = (numbers(m * k, 7919), numbers(k * n, 104_729))
    var c = [Float](repeating: .nan, count: m * n)
    var d = c
    // About 20 ms a round.
    let repeats = max(1, 1_000_000_000 / (m * n * k))
    var (own, theirs): ([Double], [Double]) = ([], [])
    for round in 0...rounds {
      let ours = Clock.processor.measure {
        for _ in 0..<repeats {
          nn_gemm(
            transposed.a, transposed.b, m, n, k, a, transposed.a ? m : k, b, transposed.b ? k : n,
            0, &c, n)
        }
      }
      let other = Clock.processor.measure {
        for _ in 0..<repeats { library.multiply(transposed, m, n, k, a, b, &d) }
      }
      guard round > 0 else { continue }
      own.append(ours / Double(repeats))
      theirs.append(other / Double(repeats))
    }
    // Sums of up to k products below 1, in another order. NaN is below no bound.
    let isNear = zip(c, d).allSatisfy {
      abs($0 - $1) <= 1e-5 * Float(k).squareRoot() + 1e-5 * abs($1)
    }
    return isNear ? (own, theirs) : nil
  }
}
