internal import CKernels

/// The threads that share the work of training and evaluation.
///
/// Work is cut into tiles by size alone and each tile is computed by one thread from start to
/// end, so results are the same to the bit for any number of threads.
public final class Workers: @unchecked Sendable {
  /// As many threads as the process has processors.
  public static let shared = Workers()

  /// How many threads work together, the calling one among them.
  public let count: Int
  // The pool guards itself: two trainings at once share it safely.
  private let pool: OpaquePointer?

  /// Makes a set of threads; they start with the first work that is large enough for them.
  public init(count: Int? = nil) {
    self.count = max(1, count ?? Int(nn_processor_count()))
    pool = nn_pool_create(Int32(clamping: self.count))
  }

  deinit { nn_pool_destroy(pool) }

  /// Runs tiles `0 ..< tiles` of a job, on the calling thread alone where the work is too small
  /// to share.
  ///
  /// - Parameter sizes: where tiles are of unequal size, how much work they are up to each; a tile
  ///   goes to the same thread in all jobs in which as large a part of the work stands before it.
  func run(
    _ job: TileJob, tiles: Int, shared: Bool, sizes: UnsafePointer<Int>? = nil
  ) {
    guard shared, tiles > 1, count > 1 else {
      for tile in 0..<tiles { job.body(tile) }
      return
    }
    nn_pool_run(
      pool, tiles, sizes,
      { context, tile in
        guard let context else { return }
        Unmanaged<TileJob>.fromOpaque(context).takeUnretainedValue().body(tile)
      }, Unmanaged.passUnretained(job).toOpaque())
  }
}

/// Work in tiles. Made once when a plan is made: making a closure allocates, running one does not.
final class TileJob {
  let body: (Int) -> Void

  init(_ body: @escaping (Int) -> Void) { self.body = body }
}
