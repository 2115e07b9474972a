import ArgumentParser
import NNScript

/// `nns check FILE …`: every check, nothing run.
struct CheckVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check scripts without running them.",
    usage: "nns check FILE ... [--error-format=FORMAT] [--json]")

  @OptionGroup var options: SharedOptions

  @ArgumentParser.Argument(help: "The scripts, or - for standard input.")
  var files: [String]

  func run() throws {
    var failed = false
    for file in files {
      let script = try ScriptFile(path: file)
      let (session, host) = options.makeSession()
      let diagnostics = session.check(script.text, from: script.origin)
      for diagnostic in diagnostics { host.receive(.diagnostic(diagnostic)) }
      host.finish(isInterrupted: false)
      failed = failed || diagnostics.contains { $0.severity == .error }
      if diagnostics.isEmpty {
        host.receive(.note("\(script.origin.name): no mistakes found", command: "check"))
      }
    }
    if failed { throw ExitStatus.scriptFailed }
  }
}

/// `nns help [WORD …]`: about the language.
struct HelpVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Tell about the language: nns help layer dense.",
    usage: "nns help [WORD ...]")

  @ArgumentParser.Argument(help: "A word of the language; nothing for an overview.")
  var words: [String] = []

  func run() throws {
    try showHelp(words.joined(separator: " "))
  }
}

/// Writes what the language's own help says about a word or an error code.
private func showHelp(_ topic: String) throws(UsageError) {
  switch Session().help(topic) {
  case .success(let text): Streams.standard.write(text.hasSuffix("\n") ? text : text + "\n")
  case .failure(let error):
    var usage = UsageError(error.diagnostics.first?.message ?? "there is no such topic")
    usage.help = error.diagnostics.first?.help ?? []
    throw usage
  }
}

/// `nns explain CODE`: about an error.
struct ExplainVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell more about an error: nns explain unknown-name.",
    usage: "nns explain CODE")

  @ArgumentParser.Argument(help: "The code that stands in brackets behind `error`.")
  var code: String

  func run() throws {
    let codes = DiagnosticCode.allCases.map(\.rawValue)
    guard let found = DiagnosticCode(rawValue: code) else {
      var error = UsageError("there is no error code `\(code)`")
      error.help =
        if let near = Suggestion.nearest(to: code, among: codes) {
          ["did you mean `nns explain \(near)`?"]
        } else {
          ["the code stands in brackets: error[unknown-name]"]
        }
      throw error
    }
    try showHelp(found.rawValue)
  }
}
