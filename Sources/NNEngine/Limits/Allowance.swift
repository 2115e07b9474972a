internal import CKernels

/// What the work of a thread may take: whether it goes on, and how much memory it may have.
///
/// Long work asks every few milliseconds, wherever it is done: `proceed` in loops, tiles of
/// products by themselves. What is about to take much memory at once says so before with `admit`.
///
/// Memory has two bounds. The process must not grow beyond `MemoryLimit.machine`, whoever works in
/// it. And what the work holds must stay within its budget, where it has one: that is counted, at
/// moments at which whoever does the work says so with `settle`; between two counts, what is
/// admitted is added to the last one.
public final class Allowance {
  private let memory = MemoryLimit.machine
  /// How many bytes the work may hold.
  private let budget: Int
  /// Counts what the work holds.
  private let countHeld: (inout MemoryCount) -> Void
  private var held = 0
  /// What was admitted since the last count.
  private var lent = 0
  /// What the process had then.
  private var residentAtCount = 0
  private var nextCount = ContinuousClock.now
  private let isCancelled: () -> Bool
  /// Gives memory back that can be done without; false where there is none left to give.
  private let makeRoom: () -> Bool
  /// Whoever this work is done for in turn.
  private var outer: Allowance?
  private var watch: OpaquePointer?
  private var reason: EngineError?
  private var thrown: EngineError?
  /// Why the work is to end, or was ended last: what was left half-way, or whoever was told, may have
  /// been taken for another failure.
  public var ending: EngineError? { reason ?? thrown }
  /// What was admitted since the process was last measured.
  private var admitted = 0
  private var isMeasuring = false
  /// Less is not worth a look at the process, which takes some microseconds.
  private static let step = 16 << 20

  /// Makes an allowance.
  ///
  /// - Parameters:
  ///   - budget: how many bytes the work may hold; `nil` for as many as the process may.
  ///   - makeRoom: gives back what can be done without; false where there is no more of it.
  ///   - countHeld: counts what the work holds.
  public init(
    budget: Int? = nil, isCancelled: @escaping () -> Bool = { false },
    makeRoom: @escaping () -> Bool = { false },
    countHeld: @escaping (inout MemoryCount) -> Void = { _ in }
  ) {
    self.budget = budget.map { max(0, $0) } ?? .max
    self.countHeld = countHeld
    if budget != nil { residentAtCount = ProcessMemory.now.resident }
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
    (reason, thrown) = (nil, nil)
    nn_watch_set(watch)
    defer {
      nn_watch_set(before)
      Allowance.threads.current = outer
      outer = outerBefore
    }
    return try body()
  }

  /// Does work to its end, even where the work of this thread is to end.
  public static func withoutInterruption<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (watch, owner) = (nn_watch_get(), threads.current)
    nn_watch_set(nil)
    threads.current = nil
    defer {
      threads.current = owner
      nn_watch_set(watch)
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

  /// Whether it was found, when last asked, that the work of this thread is to end.
  static var isLeftOut: Bool { nn_watch_is_halted() }

  /// Whether the work of this thread is to end or was ended: what it made is being dropped.
  public static var isEnding: Bool {
    nn_watch_is_halted() || threads.current.map { $0.thrown != nil } ?? false
  }

  /// Ends work that was left half-way because it is to end; asks nobody.
  ///
  /// - Throws: `EngineError.interrupted`, or `.outOfMemory`.
  @inline(__always) public static func conclude() throws(EngineError) {
    if nn_watch_is_halted() { try stop() }
  }

  /// Whether the work of this thread is to end; `proceed`, asked later, still says why.
  public static var isHalted: Bool {
    nn_watch_poll()
    return nn_watch_is_halted()
  }

  @inline(never) private static func stop() throws(EngineError) {
    // A thread that helps; whoever it helps tells why.
    guard let current = threads.current else { throw .interrupted }
    nn_watch_halt(current.watch, false)
    let reason = current.reason ?? .interrupted
    (current.reason, current.thrown) = (nil, reason)
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
    if budget != .max {
      lent = min(lent &+ min(bytes, 1 << 50), 1 << 60)
      if lent > max((budget &- held) / 4, budget / 64) { nn_watch_unsettle(watch, true) }
      if lent > budget &- held { try admitBeyond(bytes, what) }
    }
    admitted = admitted &+ min(bytes, 1 << 40)
    guard admitted >= Self.step else { return }
    admitted = 0
    try outer?.admit(bytes, what)
    try memory.check(bytes, what(), makeRoom)
  }

  /// Where more was admitted than is left: much of it may be free again. What the process has grown by
  /// is another bound of what the work has taken since it was counted.
  private func admitBeyond(_ bytes: Int, _ what: () -> String) throws(EngineError) {
    nn_trim_memory()
    var resident = ProcessMemory.now.resident
    while true {
      let taken = max(0, resident - residentAtCount) + min(bytes, 1 << 60)
      if taken <= budget - held || min(bytes, budget) <= budget - min(resident, budget) {
        lent = taken
        return
      }
      guard makeRoom() else { break }
      nn_trim_memory()
      let freed = max(0, resident - ProcessMemory.now.resident)
      (resident, residentAtCount) = (resident - freed, residentAtCount - freed)
      held = max(0, held - freed)
    }
    lent -= bytes
    // Something may be given up before more is asked for.
    nn_watch_unsettle(watch, true)
    throw .outOfMemory(what: what(), bytes: bytes, left: max(0, budget - held - max(0, lent)))
  }

  /// Counts what the work holds, where much may have changed: to be called where nothing is half
  /// done.
  ///
  /// - Throws: `EngineError.tooMuchHeld` where it is more than the work may hold.
  @inline(__always) public static func settle() throws(EngineError) {
    if nn_watch_is_unsettled() { try threads.current?.settle() }
  }

  private func settle() throws(EngineError) {
    nn_watch_unsettle(watch, false)
    repeat {
      let start = ContinuousClock.now
      var count = MemoryCount(isCancelled: isCancelled)
      countHeld(&count)
      let end = ContinuousClock.now
      // Counting takes a twentieth of the time at most.
      nextCount = end + max((end - start) * 20, .milliseconds(50))
      // The work itself ends at once.
      if count.isGivenUp { return }
      (held, lent, residentAtCount) = (count.bytes, 0, ProcessMemory.now.resident)
      if held <= budget { return }
    } while makeRoom()
    nn_watch_unsettle(watch, true)
    throw .tooMuchHeld(bytes: held, budget: budget)
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
    // What is held is part of what the process has: mostly there is no need to count.
    if budget != .max, ContinuousClock.now >= nextCount, ProcessMemory.now.resident > budget {
      nn_watch_unsettle(watch, true)
    }
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
