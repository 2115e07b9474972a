import ArgumentParser
import Glibc
import NNScript

/// `nns run FILE [NAME=VALUE …]`, `nns -e TEXT`, `nns -`, and the prompt.
struct RunVerb: ParsableCommand {
  // `--help` is the script's own once there is a script, so it is an ordinary flag here.
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a script, lines of text or the prompt.", helpNames: [])

  @Option(
    name: .short, parsing: .unconditionalSingleValue,
    help: .init("Run a line of script; may be given several times.", valueName: "text"))
  var execute: [String] = []

  @Flag(name: [.long, .short], help: "List the script's parameters.")
  var help = false

  @Flag(
    name: [.customShort("i"), .customLong("interactive")], help: "Stay at the prompt afterwards.")
  var staysAtPrompt = false

  @Option(name: .customLong("init"), help: .init("Run this script first.", valueName: "file"))
  var initialScript: String?

  @Flag(help: "Do not run the user's own init.nn before the prompt.")
  var noInit = false

  @OptionGroup var options: SharedOptions

  @ArgumentParser.Argument(
    help: "The script, or - for standard input, then values for its parameters.")
  var arguments: [String] = []

  func run() throws {
    var settings = arguments[...]
    let path = execute.isEmpty ? settings.popFirst() : nil
    if help, execute.isEmpty, path == nil {
      Streams.standard.write(Program.usage)
      return
    }
    let isAtTerminal = isatty(STDIN_FILENO) == 1 && !options.json
    let hasScript = path != nil || !execute.isEmpty || !isAtTerminal && !staysAtPrompt
    let isPrompt = !hasScript || staysAtPrompt
    var script: ScriptFile?
    if hasScript {
      script = try execute.isEmpty ? ScriptFile(path: path ?? "-") : ScriptFile(lines: execute)
    }
    // At the prompt, names a script never used may be wanted yet.
    if isPrompt { script?.origin.isWhole = false }
    if help, let script {
      list(Session().parameters(of: script.text, from: script.origin), path: path ?? "FILE")
      return
    }
    let parameters = try settings.map(parameter)
    let (session, host) = options.makeSession(isPrompt: isPrompt)
    let first = try initialScriptFile(isPrompt: isPrompt)
    if isPrompt, isAtTerminal, !hasScript, !options.quiet {
      Streams.standard.writeBesideResults(
        "nns \(Program.version), help shows what there is, Ctrl-D ends\n")
    }
    for (script, parameters) in [(first, []), (script, parameters)] {
      guard let script, !session.hasQuit else { continue }
      Interruption.begin(mayEnd: !isPrompt)
      do {
        defer { host.finish(isInterrupted: isPrompt && Interruption.isRequested) }
        try session.run(script.text, from: script.origin, parameters: parameters)
      } catch let error as ScriptError {
        // At the prompt one can see what is left and go on.
        guard isPrompt else {
          Streams.standard.flush()
          Interruption.endIfTold()
          throw ExitStatus(error)
        }
      }
    }
    if isPrompt, !session.hasQuit { Prompt(session, host, isTyped: isAtTerminal).run() }
  }

  /// What runs first: the script that was named, else before a prompt the user's own, if there is one.
  private func initialScriptFile(isPrompt: Bool) throws(UsageError) -> ScriptFile? {
    var path = initialScript
    if path == nil, isPrompt, !noInit, let folder = userFolder("XDG_CONFIG_HOME", ".config") {
      let users = folder + "/nns/init.nn"
      var status = stat()
      if stat(users, &status) == 0, access(users, R_OK) == 0 {
        if status.st_mode & S_IFMT == S_IFREG {
          path = users
        } else {
          Streams.standard.writeError("note: `\(users)` is no file and is not run\n")
        }
      }
    }
    guard let path else { return nil }
    var script = try ScriptFile(path: path)
    // What it introduces is for those who come after it.
    script.origin.isWhole = false
    return script
  }

  /// Splits `lr=0.1`.
  private func parameter(_ text: String) throws(UsageError) -> (name: String, value: String) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw UsageError(
        "`\(text)` behind the script is not of the form NAME=VALUE",
        help: "write `\(text)=VALUE` to set a parameter; `--help` behind the script lists them")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  private func list(_ parameters: [ScriptParameter], path: String) {
    guard !parameters.isEmpty else {
      Streams.standard.write("\(path) has no parameters\n")
      return
    }
    let settings = parameters.map { "\($0.name)=\($0.defaultText)" }
    let width = settings.map(\.count).max() ?? 0
    var text = "usage: nns run \(path) [NAME=VALUE ...]\n\n"
    for (parameter, setting) in zip(parameters, settings) {
      let padding = String(repeating: " ", count: width - setting.count)
      let summary = parameter.summary.isEmpty ? "" : padding + "   " + parameter.summary
      text += "  \(setting)\(summary)\n"
    }
    Streams.standard.write(text)
  }
}

extension ExitStatus {
  /// The status for a script that did not run to its end.
  init(_ error: ScriptError) {
    let errors = error.diagnostics.filter { $0.severity == .error }
    if error.isInterruption {
      self = .interrupted
    } else if !errors.isEmpty, errors.allSatisfy({ $0.primary == nil && $0.code.isAboutUse }) {
      self = .wrongUse
    } else {
      self = .scriptFailed
    }
  }
}

extension DiagnosticCode {
  /// Whether the mistake stands on the command line and not in the script.
  fileprivate var isAboutUse: Bool {
    switch self {
    case .unknownParameter, .wrongType, .outOfRange, .duplicateOption, .invalidNumber: true
    default: false
    }
  }
}
