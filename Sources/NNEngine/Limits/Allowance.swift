internal import CKernels

/// What the work of a thread may take: whether it goes on, and how much memory it may have.
///
/// Long work asks every few milliseconds, wherever it is done: `proceed` in loops, tiles of
/// products by themselves. What is about to take much memory at once says so before with `admit`.
public final class Allowance {
  /// How much memory the process may take.
  public let memory: MemoryLimit
  private let isCancelled: () -> Bool
  /// Gives memory back that can be done without; false where there is none left to give.
  private let makeRoom: () -> Bool
  /// Whoever this work is done for in turn.
  private var outer: Allowance?
  private var watch: OpaquePointer?
  private var reason: EngineError?
  /// What was admitted since the process was last measured.
  private var admitted = 0
  private var isMeasuring = false
  /// Less is not worth a look at the process, which takes some microseconds.
  private static let step = 16 << 20

  /// Makes an allowance.
  public init(
    memory: MemoryLimit = .machine, isCancelled: @escaping () -> Bool = { false },
    makeRoom: @escaping () -> Bool = { false }
  ) {
    self.memory = memory
    self.isCancelled = isCancelled
    self.makeRoom = makeRoom
    watch = nn_watch_create(
      { context in
        guard let context else { return }
        Unmanaged<Allowance>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.ask() }
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { nn_watch_destroy(watch) }

  /// Does work under this allowance; within the work of another under both.
  public func run<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = nn_watch_get()
    if before == watch { return try body() }
    let outerBefore = outer
    outer = Allowance.threads.current
    Allowance.threads.current = self
    nn_watch_halt(watch, false)
    reason = nil
    nn_watch_set(watch)
    defer {
      nn_watch_set(before)
      Allowance.threads.current = outer
      outer = outerBefore
    }
    return try body()
  }

  /// Asks, every few milliseconds, whether the work of this thread is to go on.
  ///
  /// - Throws: `EngineError.interrupted`, or `.outOfMemory`.
  @inline(__always) public static func proceed() throws(EngineError) {
    nn_watch_poll()
    if nn_watch_is_halted() { try stop() }
  }

  /// Whether the work of this thread is to end; `proceed`, asked later, still says why.
  public static var isHalted: Bool {
    nn_watch_poll()
    return nn_watch_is_halted()
  }

  @inline(never) private static func stop() throws(EngineError) {
    guard let current = threads.current else { return }
    nn_watch_halt(current.watch, false)
    let reason = current.reason ?? .interrupted
    current.reason = nil
    throw reason
  }

  /// Says before that something will take so much memory.
  ///
  /// - Throws: `EngineError.outOfMemory` where it is not to be had.
  public static func admit(
    _ bytes: Int, for what: @autoclosure () -> String
  ) throws(EngineError) {
    guard bytes >= 4_096 else { return }
    guard let current = threads.current else {
      guard bytes >= step else { return }
      return try MemoryLimit.machine.check(bytes, what()) { false }
    }
    try current.admit(bytes, what)
  }

  private func admit(_ bytes: Int, _ what: () -> String) throws(EngineError) {
    admitted = admitted &+ min(bytes, 1 << 40)
    guard admitted >= Self.step else { return }
    admitted = 0
    try outer?.admit(bytes, what)
    try memory.check(bytes, what(), makeRoom)
  }

  /// Every few milliseconds of work.
  private func ask() {
    // A host may do work of its own in its answer.
    guard !isMeasuring else { return }
    isMeasuring = true
    defer { isMeasuring = false }
    if reason == nil {
      if isCancelled() {
        reason = .interrupted
      } else if let outer {
        outer.ask()
        reason = outer.reason
        outer.reason = nil
        nn_watch_halt(outer.watch, false)
      }
    }
    if reason == nil {
      do throws(EngineError) {
        try memory.check(0, "this", makeRoom)
      } catch {
        reason = error
      }
    }
    if reason != nil { nn_watch_halt(watch, true) }
  }
}

extension Allowance {
  /// The allowance of each thread.
  fileprivate struct Threads {
    var current: Allowance? {
      get {
        nn_watch_owner().map { Unmanaged<Allowance>.fromOpaque($0).takeUnretainedValue() }
      }
      nonmutating set {
        nn_watch_set_owner(newValue.map { Unmanaged.passUnretained($0).toOpaque() })
      }
    }
  }

  fileprivate static let threads = Threads()
}
