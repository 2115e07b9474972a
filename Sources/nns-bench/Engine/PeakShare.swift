import CKernels
import NNEngine
import NNScript

/// How near an epoch comes to what matrix products alone reach on this machine, all threads.
struct PeakShare: Measurement {
  let name = "peak"
  let summary = "784-256-128-10 at batch 128: necessary multiplications beside the sgemm peak"

  private let goal = 0.65
  private let rounds = 5
  private let size = 1024

  func measure() -> Bool {
    print("\(name): \(summary)")
    let session = Session()
    do { try session.run(Benchmark.fashionNetwork) } catch {
      print("  left out, \(error)")
      return true
    }
    // Forward, the weights' gradient, and the inputs' gradient of all layers but the first.
    let forward = 784 * 256 + 256 * 128 + 128 * 10
    let work = 2.0 * 60_000 * Double(2 * forward + 256 * 128 + 128 * 10)
    let products = Products(size: size)
    var (peaks, rates): ([Double], [Double]) = ([], [])
    for round in 0...rounds {
      let seconds = Clock.wall.measure {
        _ = try? session.run("train epochs=1 batch=128 quiet")
      }
      let peak = products.best()
      guard round > 0 else { continue }
      rates.append(work / seconds)
      peaks.append(peak)
    }
    let share = median(zip(rates, peaks).map { $0 / $1 })
    print(
      "  peak \(fixed(median(peaks) * 1e-9, 0)) GFLOP/s (products of \(size) × \(size), "
        + "\(products.threads) threads), epoch \(fixed(median(rates) * 1e-9, 0)) GFLOP/s: "
        + "\(fixed(share * 100, 0)) %  \(verdict(share >= goal, "≥ \(fixed(goal * 100, 0)) %"))")
    return true
  }
}

/// Square products, each of some threads its own.
private final class Products {
  let threads = Int(nn_processor_count())
  private let size: Int
  private let pool: OpaquePointer?
  private var numbers: [UnsafeMutablePointer<Float>] = []
  private var library: OneDNN?

  init(size: Int) {
    self.size = size
    pool = nn_pool_create(Int32(threads))
    for _ in 0..<3 * threads {
      let block = UnsafeMutablePointer<Float>.allocate(capacity: size * size)
      for i in 0..<size * size { block[i] = Float(i % 7) }
      numbers.append(block)
    }
  }

  deinit {
    nn_pool_destroy(pool)
    for block in numbers { block.deallocate() }
  }

  /// The better of our loops and the library's, in operations a second.
  func best() -> Double {
    var best = 0.0
    for _ in 0..<3 {
      for library in [nil, OneDNN.installed] {
        self.library = library
        let seconds = Clock.wall.measure {
          nn_pool_run(
            pool, threads, nil,
            { context, tile in
              guard let context else { return }
              Unmanaged<Products>.fromOpaque(context).takeUnretainedValue().multiply(tile)
            }, Unmanaged.passUnretained(self).toOpaque())
        }
        let count = Double(size)
        best = max(best, 2 * count * count * count * Double(threads) / seconds)
      }
    }
    return best
  }

  private func multiply(_ tile: Int) {
    let (a, b, c) = (numbers[3 * tile], numbers[3 * tile + 1], numbers[3 * tile + 2])
    if let library {
      library.useOneThread()
      library.multiply((false, false), size, size, size, a, b, c)
    } else {
      nn_gemm(false, false, size, size, size, a, size, b, size, 0, c, size)
    }
  }
}
