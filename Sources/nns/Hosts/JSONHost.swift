import NNEngine
import NNScript

/// Writes each event as one JSON line to standard output, for programs that read along.
final class JSONHost: ProgramHost {
  private unowned var session: Session!
  private var pace = BatchPace()

  func attach(to session: Session) { self.session = session }

  func finish(isInterrupted: Bool) {}

  var isCancelled: Bool { Interruption.isRequested }

  func receive(_ event: Event) {
    guard pace.admits(event) else { return }
    Streams.standard.write(event.json(in: session.sources).text() + "\n")
  }
}
