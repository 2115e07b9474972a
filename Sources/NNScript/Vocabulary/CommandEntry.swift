import NNEngine

/// A command of the vocabulary. Filled in by the commands' own files.
public final class CommandEntry {
  /// The word.
  public let name: String
  init(name: String) { self.name = name }
}
