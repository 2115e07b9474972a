/// Something a user should know about a script, as data. Text, short form and JSON are renderings.
public struct Diagnostic: Error, Sendable, Equatable {
  /// How bad it is: an error keeps the script from running, a warning does not.
  public enum Severity: String, Sendable {
    case error, warning
  }

  /// A range with a few words about it.
  public struct Label: Sendable, Equatable {
    /// Where.
    public var range: SourceRange
    /// What is there, possibly nothing.
    public var text: String

    /// Makes a label.
    public init(_ range: SourceRange, _ text: String = "") {
      self.range = range
      self.text = text
    }
  }

  /// A replacement an editor can apply.
  public struct Fix: Sendable, Equatable {
    /// What to replace; empty to insert.
    public var range: SourceRange
    /// What to put there.
    public var replacement: String

    /// Makes a fix.
    public init(_ range: SourceRange, _ replacement: String) {
      self.range = range
      self.replacement = replacement
    }
  }

  /// The kind of mistake; `nns explain CODE` tells more.
  public var code: DiagnosticCode
  /// Error or warning.
  public var severity: Severity
  /// One line, whole on its own, lower case, no full stop.
  public var message: String
  /// The smallest range that is wrong; `nil` where there is no text (a parameter from outside).
  public var primary: Label?
  /// Other places that matter.
  public var secondary: [Label] = []
  /// What to type, one hint each.
  public var help: [String] = []
  /// Facts that explain.
  public var notes: [String] = []
  /// Replacements an editor can apply.
  public var fixes: [Fix] = []

  /// Makes a diagnostic at a range.
  public init(
    _ code: DiagnosticCode, _ message: String, at range: SourceRange?, _ label: String = "",
    severity: Severity = .error, secondary: [Label] = [], help: [String] = [],
    notes: [String] = [], fixes: [Fix] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = Self.short(message)
    primary = range.map { Label($0, label) }
    self.secondary = secondary
    self.help = help
    self.notes = notes
    self.fixes = fixes
  }

  /// A message may quote a text of megabytes, of which nobody reads more than the beginning.
  private static func short(_ message: String) -> String {
    guard message.utf8.count > 4_000 else { return message }
    return message.prefix(800) + " … " + message.suffix(200)
  }
}
