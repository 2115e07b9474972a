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

  /// Runs tiles `0 ..< tiles` of some work, on the calling thread alone where it is too small to
  /// share. Where the thread's `Allowance` ends it, the rest is left out: ask it afterwards.
  ///
  /// - Parameter sizes: where tiles are of unequal size, how much work they are up to each; a tile
  ///   goes to the same thread in all jobs in which as large a part of the work stands before it.
  func run(
    _ work: TileWork, tiles: Int, shared: Bool, sizes: UnsafePointer<Int>? = nil
  ) {
    // What is too small to share is over before anyone could ask.
    guard shared else {
      for tile in 0..<tiles { work.run(tile: tile) }
      return
    }
    let runTile: @convention(c) (UnsafeMutableRawPointer?, Int) -> Void = { context, tile in
      guard let context else { return }
      // Our caller holds it.
      Unmanaged<TileWork>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.run(tile: tile) }
    }
    let context = Unmanaged.passUnretained(work).toOpaque()
    guard tiles > 1, count > 1 else { return nn_run_tiles(tiles, runTile, context) }
    nn_pool_run(pool, tiles, sizes, runTile, context)
  }
}

/// Work that is cut into tiles, for several threads at once.
///
/// Threads reach it by its address: to count a reference to what all of them hold takes 0.05 µs
/// each time, since the count travels from core to core. So what small tiles reach from here stands
/// in constants, which need no counting.
class TileWork {
  /// Computes one tile.
  func run(tile: Int) { preconditionFailure("every kind of work computes its own tiles") }
}

/// Work that a closure does. Making one allocates.
final class TileJob: TileWork {
  private let body: (Int) -> Void

  init(_ body: @escaping (Int) -> Void) { self.body = body }

  override func run(tile: Int) { body(tile) }
}
