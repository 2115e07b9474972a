import Glibc
import Synchronization

/// Ctrl-C while a script runs: the first asks it to stop, the second ends the program.
enum Interruption {
  private static let requests = Atomic<Bool>(false)

  /// Whether the script should stop.
  static var isRequested: Bool { requests.load(ordering: .relaxed) }

  /// Takes the signal over; also used to be ready for the next one.
  static func begin() {
    requests.store(false, ordering: .relaxed)
    // A parent may start programs from a thread that holds signals back, and that is inherited.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      Interruption.requests.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }
}
