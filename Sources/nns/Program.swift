import ArgumentParser
import CSignals
import Glibc
import NNEngine

/// The program `nns`: finds the verb, parses its options, runs it, and ends with the status.
@main
struct Program: ParsableCommand {
  static let version = Release.version

  /// Under which terms the program as built may be passed on.
  private static var terms: String {
    #if Readline
      """

      The prompt is built with GNU readline: anyone distributing this program must do so under GPL-3.0-or-later.
      The libraries NNScript and NNEngine do without it.
      """
    #else
      "\nBuilt without GNU readline."
    #endif
  }

  static let configuration = CommandConfiguration(
    commandName: "nns",
    abstract: "Trains neural networks with scripts of a few lines.",
    version: "nns \(version)" + terms,
    subcommands: [RunVerb.self, CheckVerb.self, HelpVerb.self, ExplainVerb.self],
    defaultSubcommand: RunVerb.self)

  /// What `nns --help` says. Written by hand: the parser's own page speaks of subcommands and
  /// sends people to `nns help`, which here is about the language.
  static let usage = """
    nns trains neural networks with scripts of a few lines.

      nns                           the prompt
      nns run FILE [NAME=VALUE ...] a script (also: nns FILE); with --help, its parameters
      nns -e TEXT                   a line of script, may be repeated
      nns -                         a script from standard input
      nns -i FILE                   a script, then the prompt
      nns check FILE ...            every check, nothing run
      nns help [WORD ...]           about the language, or a search: nns help layer dense
      nns explain CODE              about an error: nns explain unknown-name

    options:
      --quiet                       results and errors only: no progress, no notes
      --json                        write each event and diagnostic as a JSON line
      --threads=N                   limit the number of threads; results do not change
      --error-format=FORMAT         diagnostics as text, short or json
      --color=WHEN                  auto, always or never; NO_COLOR is respected
      --progress=HOW                auto, bar, text or none
      --ascii                       draw tables, curves and pictures in plain characters
      --init FILE                   run this script first
      --no-init                     start the prompt without ~/.config/nns/init.nn
      --version                     the version

    Results go to standard output, progress and diagnostics to standard error.
    Exit status 0: success; 1: the script failed; 2: incorrect usage; 130: interrupted.
    At the prompt, output longer than the screen goes through $NNS_PAGER or $PAGER.

    """

  static func main() {
    keepStandardStreamsOpen()
    csignals_begin_program()
    let arguments = withVerb(Array(CommandLine.arguments.dropFirst()))
    if ["--help", "-h"].contains(arguments.first) {
      Streams.standard.write(usage)
      finish(.done)
    }
    // The verb is known: parsing it alone takes half the time of parsing it below the root.
    let named = arguments.first.flatMap(verb)
    let command: any ParsableCommand.Type = named ?? Program.self
    let rest = named == nil ? arguments[...] : arguments.dropFirst()
    do {
      var verb = try command.parseAsRoot(Array(rest))
      try verb.run()
      finish(.done)
    } catch let error as UsageError {
      error.report()
      finish(.wrongUse)
    } catch let status as ExitStatus {
      finish(status)
    } catch {
      // What the argument parser throws: a wrong option, or a request for help or the version.
      let text = command.message(for: error)
      if command.exitCode(for: error).isSuccess {
        Streams.standard.write(text.isEmpty ? "" : text + "\n")
        finish(.done)
      }
      UsageError(parserMessage: text).report()
      finish(.wrongUse)
    }
  }

  /// The verb may be left out: `nns iris.nn lr=0.1`, `nns -e 'print 1'`, `nns`.
  private static func withVerb(_ arguments: [String]) -> [String] {
    // Options may stand before the verb too: `nns --quiet run iris.nn`.
    if let place = arguments.firstIndex(where: { !$0.hasPrefix("--") }), place > 0,
      verbs.contains(arguments[place])
    {
      return [arguments[place]] + arguments[..<place] + arguments[(place + 1)...]
    }
    let first = arguments.first ?? ""
    if verbs.contains(first) || ["--help", "-h", "--version"].contains(first) { return arguments }
    return ["run"] + arguments
  }

  private static func verb(_ name: String) -> (any ParsableCommand.Type)? {
    switch name {
    case "run": RunVerb.self
    case "check": CheckVerb.self
    case "help": HelpVerb.self
    case "explain": ExplainVerb.self
    default: nil
    }
  }

  /// The words a command line may begin with.
  static let verbs = ["run", "check", "help", "explain"]

  /// A descriptor that is closed at the start would be given to the next file that is opened, and
  /// results would be written into it. Output that nobody takes is told as what it is: what stands in
  /// its place can only be read.
  private static func keepStandardStreamsOpen() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR)
    }
  }

  private static func finish(_ status: ExitStatus) -> Never {
    Streams.standard.flush()
    Glibc.exit(status.rawValue)
  }
}

/// How the program ends.
enum ExitStatus: Int32, Error {
  case done = 0
  case scriptFailed = 1
  case wrongUse = 2
  case interrupted = 130
}
