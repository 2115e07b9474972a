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
    if path == nil, execute.isEmpty, isatty(STDIN_FILENO) == 1, !options.json {
      Prompt(options: options).run()
      return
    }
    let script = try execute.isEmpty ? ScriptFile(path: path ?? "-") : ScriptFile(lines: execute)
    if help {
      list(Session().parameters(of: script.text, from: script.origin), path: path ?? "FILE")
      return
    }
    let parameters = try settings.map(parameter)
    Interruption.begin()
    let (session, host) = options.makeSession()
    defer { host.finish() }
    do {
      try session.run(script.text, from: script.origin, parameters: parameters)
    } catch let error as ScriptError {
      throw ExitStatus(error)
    }
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
