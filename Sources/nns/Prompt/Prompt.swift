import CReadline
import Glibc
import NNScript

/// Lines typed at a terminal, each run as soon as it is complete.
struct Prompt {
  var options: SharedOptions

  func run() {
    let (session, host) = options.makeSession()
    let streams = Streams.standard
    streams.write("nns \(Program.version), help shows what there is, Ctrl-D ends\n")
    var pending = ""
    while true {
      streams.flush()
      var line: UnsafeMutablePointer<CChar>?
      switch creadline_read(pending.isEmpty ? "nns> " : "..> ", &line) {
      case .end:
        streams.write("\n")
        return
      case .interrupted:
        pending = ""
        continue
      case .line: break
      }
      guard let line else { return }
      defer { free(line) }
      let text = String(cString: line)
      if text.allSatisfy(\.isWhitespace), pending.isEmpty { continue }
      creadline_remember(line)
      pending += pending.isEmpty ? text : "\n" + text
      guard parse(SourceText(name: "<prompt>", text: pending), source: 0).open.isEmpty else {
        continue
      }
      let statement = pending
      pending = ""
      Interruption.begin()
      // What went wrong has been shown by the host; the prompt goes on.
      _ = try? session.run(statement, from: Session.Origin(name: "<prompt>", isPrompt: true))
      host.finish()
      if session.hasQuit { return }
    }
  }
}
