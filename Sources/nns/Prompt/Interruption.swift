import CSignals
import Glibc

/// Ctrl-C while a script runs, or SIGTERM: asks it to stop.
enum Interruption {
  /// Whether the script should stop.
  static var isRequested: Bool { csignals_is_interrupted() }

  /// Ends the program by SIGTERM, where that is what stopped the script.
  static func endIfTold() { if csignals_is_terminated() { csignals_yield_to(SIGTERM) } }

  /// Leaves it: it has been answered, or came too late for what it was meant for.
  static func forget() { csignals_forget_interrupt() }

  /// Takes the signal over; also used to be ready for the next one.
  ///
  /// - Parameter mayEnd: whether a second Ctrl-C ends the program.
  static func begin(mayEnd: Bool) { csignals_begin_running(mayEnd) }
}
