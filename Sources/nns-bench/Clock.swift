import Glibc

/// What a second is.
enum Clock {
  /// One on the wall: what a user waits for.
  case wall
  /// One of this process's own on the processor: other work on the machine does not count.
  case processor

  var seconds: Double {
    var time = timespec()
    clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// How long something takes.
  func measure(_ work: () throws -> Void) rethrows -> Double {
    let start = seconds
    try work()
    return seconds - start
  }
}
