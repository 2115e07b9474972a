import NNEngine

/// Thrown by `quit`: ends the run, everything done so far stays.
struct Quit: Error {}

extension CommandEntry {
  static var quit: CommandEntry {
    CommandEntry(
      Spec("quit", "Ends the script or the prompt.", example: "quit") {
        { _ in throw Quit() }
      })
  }
}
