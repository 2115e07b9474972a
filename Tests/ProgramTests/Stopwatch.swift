import Foundation
import Testing

@testable import nns

/// Measures how long a program in a terminal takes, without the time that its main thread and the
/// test's were ready to run and other processes held every processor, as Linux counts it.
struct Stopwatch {
  private let start = monotonicSeconds()
  private let waitedBefore: Double

  /// Starts measuring; the program may be one that has yet to be started.
  init(_ terminal: Terminal? = nil) throws { waitedBefore = try Self.waited(terminal) }

  /// The seconds since the start.
  func seconds(_ terminal: Terminal) throws -> Double {
    let elapsed = monotonicSeconds() - start
    return elapsed - (try Self.waited(terminal) - waitedBefore)
  }

  /// The seconds that the two threads have waited for a processor since they began.
  private static func waited(_ terminal: Terminal?) throws -> Double {
    let program = terminal.map { "/proc/\($0.process)/schedstat" }
    return try ["/proc/thread-self/schedstat", program].compactMap { $0 }.reduce(0) { sum, path in
      let fields = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ")
      return sum + (try #require(Double(fields[1]))) * 1e-9
    }
  }
}
