import NNEngine

/// A script's world: its names, its data, its models. Runs text, keeps everything between runs.
public final class Session {
  /// How a session is set up.
  public struct Options {
    /// How many threads the engine uses; `nil` for all cores. Results do not depend on it.
    public var threads: Int?
    /// Folders in which sets that come along (`data iris`) are looked for.
    public var dataFolders: [String] = []
    /// Options that leave everything to defaults.
    public init() {}
  }

  /// Where a text comes from, which decides how it is read.
  public struct Origin {
    /// What diagnostics call it.
    public var name: String
    /// The folder reading paths start from, before the working directory; `nil` for the latter alone.
    public var folder: String?
    /// At the prompt bare values are shown.
    public var isPrompt = false

    /// Makes an origin.
    public init(name: String, folder: String? = nil, isPrompt: Bool = false) {
      self.name = name
      self.folder = folder
      self.isPrompt = isPrompt
    }
  }

  /// All texts run so far, for rendering diagnostics.
  public private(set) var sources = SourceMap()
  let host: any Host

  /// Makes a session; without a host nothing is shown, and results are read from it.
  public init(host: any Host = SilentHost(), options: Options = Options()) {
    self.host = host
  }

  /// Checks a text, then runs it.
  ///
  /// - Parameter parameters: values for the script's `param` names, as typed on a command line.
  /// - Returns: the value of the last statement that had one.
  /// - Throws: `ScriptError` with all diagnostics; the host has received the same ones.
  @discardableResult
  public func run(
    _ text: String, from origin: Origin = Origin(name: "<text>"),
    parameters: [(name: String, value: String)] = []
  ) throws -> Value {
    .none
  }

  /// Every check, nothing run: the diagnostics a run would begin with.
  public func check(
    _ text: String, from origin: Origin = Origin(name: "<text>"),
    parameters: [(name: String, value: String)] = []
  ) -> [Diagnostic] {
    []
  }

  /// The value of one of the script's top-level names.
  public subscript(name: String) -> Value? { nil }

  /// Help as text for a topic (`layer dense`, `train`, `for`, empty for the overview), or what is
  /// wrong with the topic.
  public func help(_ topic: String) -> Result<String, ScriptError> {
    .success("")
  }

  /// The script's `param` lines, for `nns run FILE --help`.
  public func parameters(
    of text: String, from origin: Origin = Origin(name: "<text>")
  ) -> [ScriptParameter] {
    []
  }
}

/// One `param` line of a script.
public struct ScriptParameter {
  public var name: String
  /// The default as written.
  public var defaultText: String
  public var summary: String
}

/// Why a text was not run to its end: the diagnostics, errors and warnings, as data and as text.
public struct ScriptError: Error, CustomStringConvertible {
  public var diagnostics: [Diagnostic]
  /// Whether it was the host that asked to stop.
  public var isInterruption = false
  /// The diagnostics in the usual text form.
  public var description: String
}
