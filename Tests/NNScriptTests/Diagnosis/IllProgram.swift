import NNScript

/// A script with a fault, as `Tests/IllPrograms` keeps them, and what was said about it.
///
///     # Weights so wide that tanh stands at its ends from the start.      what is wrong
///     # cause: saturation|too wide                what a message has to hold to name the cause
///     # remedy: an output layer is added          only where adding it is the right answer
struct IllProgram {
  let name: String
  let causes: [String]
  /// Whether the output layer that is added by rule mends the fault.
  let isMendedByOutputLayer: Bool
  let text: String

  init(path: String) throws {
    text = try Repository.text(of: path)
    name = String(path.split(separator: "/").last ?? "").replacing(".nn", with: "")
    let comments = text.split(separator: "\n").filter { $0.hasPrefix("#") }
    causes =
      comments.first { $0.hasPrefix("# cause: ") }?.dropFirst(9).split(separator: "|")
      .map(String.init) ?? []
    isMendedByOutputLayer = comments.contains { $0.hasPrefix("# remedy: ") }
  }

  /// What was said before, during and after the training.
  struct Verdict {
    /// Whether anything was said that a healthy program would not be told.
    var isDetected: Bool
    /// Whether any of it holds the cause.
    var isNamed: Bool
    var said: [String]
  }

  func examine() -> Verdict {
    let told = Told(running: text)
    var said = told.alarms
    // What is merely noted is told of healthy programs too: it counts where it names the cause.
    said += told.notes.filter { note in
      let isAdded = note.contains("added the output layer")
      return isAdded ? isMendedByOutputLayer : causes.contains { note.contains($0) }
    }
    let isNamed = said.contains { text in causes.contains { text.contains($0) } }
    return Verdict(isDetected: !said.isEmpty, isNamed: isNamed, said: said)
  }
}

/// Everything a script is told that could be an alarm, with what `evaluate` and `diagnose` add where
/// it ran to its end.
struct Told {
  /// Errors, warnings, findings, and that a result is no better than a constant answer.
  var alarms: [String] = []
  var notes: [String] = []

  init(running text: String) {
    let listener = Listener()
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(host: listener, options: options)
    var findings: [String] = []
    do {
      try session.run(text)
      try session.run("evaluate")
      try session.run("let found = [\"{f.check}: {f.reason}\" for f in diagnose().findings]")
      findings = session["found"]?.listItems?.compactMap(\.textValue) ?? []
    } catch {
      // What was thrown has been told; anything else would be missed without this.
      if listener.problems.isEmpty { listener.problems.append("thrown: \(error)") }
    }
    alarms = listener.problems + listener.remarks + findings
    notes = listener.notes
  }

  private final class Listener: Host {
    var problems: [String] = []
    var notes: [String] = []
    var remarks: [String] = []

    func receive(_ event: Event) {
      switch event {
      case .diagnostic(let diagnostic):
        let labels = [diagnostic.primary].compactMap { $0?.text } + diagnostic.secondary.map(\.text)
        problems.append(
          ([diagnostic.message] + labels + diagnostic.help + diagnostic.notes)
            .joined(separator: "; "))
      case .note(let text, _): notes.append(text)
      case .output(let text, "evaluate", _):
        // The figures, then what there is to say about them.
        remarks += text.split(separator: "\n").dropFirst().map(String.init)
      default: break
      }
    }
  }
}
