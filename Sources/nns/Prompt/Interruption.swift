import CSignals

/// Ctrl-C while a script runs: asks it to stop.
enum Interruption {
  /// Whether the script should stop.
  static var isRequested: Bool { csignals_is_interrupted() }

  /// Takes the signal over; also used to be ready for the next one.
  ///
  /// - Parameter mayEnd: whether a second Ctrl-C ends the program.
  static func begin(mayEnd: Bool) { csignals_begin_running(mayEnd) }
}
