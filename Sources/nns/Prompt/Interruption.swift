import CSignals

/// Ctrl-C while a script runs, or SIGTERM: asks it to stop.
enum Interruption {
  /// Whether the script should stop.
  static var isRequested: Bool { csignals_is_interrupted() }

  /// Whether that is because the program was told to end.
  static var isTermination: Bool { csignals_is_terminated() }

  /// Takes the signal over; also used to be ready for the next one.
  ///
  /// - Parameter mayEnd: whether a second Ctrl-C ends the program.
  static func begin(mayEnd: Bool) { csignals_begin_running(mayEnd) }
}
