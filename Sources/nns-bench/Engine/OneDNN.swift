import Glibc

/// oneDNN's product of matrices on one thread, where the library is installed: beside it ours is
/// measured, and nothing else here uses it.
struct OneDNN: @unchecked Sendable {
  private typealias Product =
    @convention(c) (
      CChar, CChar, Int, Int, Int, Float, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int,
      Float, UnsafeMutablePointer<Float>, Int
    ) -> Int32
  private typealias SetThreads = @convention(c) (Int32) -> Void

  private let product: Product
  private let setThreads: SetThreads?

  /// `nil` where it is not installed.
  static let installed: OneDNN? = {
    for name in ["libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"] {
      guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL),
        let product = dlsym(library, "dnnl_sgemm")
      else { continue }
      return OneDNN(
        product: unsafeBitCast(product, to: Product.self),
        setThreads: dlsym(library, "omp_set_num_threads").map {
          unsafeBitCast($0, to: SetThreads.self)
        })
    }
    return nil
  }()

  /// OpenMP keeps its number of threads for each calling thread.
  func useOneThread() { setThreads?(1) }

  /// `c[m, n] = op(a)[m, k] · op(b)[k, n]`, where op transposes if asked.
  func multiply(
    _ transposed: (a: Bool, b: Bool), _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
  ) {
    func letter(_ isTransposed: Bool) -> CChar { CChar(UInt8(ascii: isTransposed ? "T" : "N")) }
    _ = product(
      letter(transposed.a), letter(transposed.b), m, n, k, 1, a, transposed.a ? m : k, b,
      transposed.b ? k : n, 0, c, n)
  }
}
