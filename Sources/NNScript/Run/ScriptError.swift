/// One `param` line of a script.
public struct ScriptParameter {
  /// The name that a command line sets.
  public var name: String
  /// The default as written.
  public var defaultText: String
  /// What it is for.
  public var summary: String
}

/// Why a text was not run to its end: the diagnostics, errors and warnings, as data and as text.
public struct ScriptError: Error, CustomStringConvertible {
  /// Errors and warnings in the order of the text.
  public var diagnostics: [Diagnostic]
  /// Whether it was the host that asked to stop.
  public var isInterruption = false
  /// The diagnostics in the usual text form.
  public var description: String
}
