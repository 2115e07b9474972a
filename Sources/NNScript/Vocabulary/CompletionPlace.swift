import NNEngine

/// A place in a script, as far as it decides what may stand there.
indirect enum CompletionPlace {
  /// Nothing can be said: a new name, a number, a comment.
  case nothing
  /// The start of a statement.
  case statement
  /// Behind `let x =`, `x =` and `return`: a value, or a command whose value is taken.
  case assigned
  case expression
  /// Behind a command's word: the next value or option.
  case argument(Call)
  /// Behind `name=` of a command.
  case option(Call, ParameterInfo)
  /// Between the brackets of a list given to an option.
  case listItem(Call, ParameterInfo)
  /// At the start of an argument between parentheses.
  case callArgument(function: String, given: [String])
  /// Behind a dot: the names before it, `model` `dense1`.
  case field([String])
  /// Behind the dot of a command's value: `evaluate(on=test).`
  case resultField(CommandEntry)
  /// In a text that names a file.
  case path(String)
  /// The one word that can stand here.
  case only(String)

  /// A command with the arguments before the cursor.
  struct Call {
    var entry: CommandEntry
    /// The member of a family, once a word named it.
    var member: CommandEntry.Member?
    /// The options given by name.
    var given: [String] = []
    /// Plain values given so far, the member's word and truth options left out.
    var values: [Offer] = []
    /// The words given, for help.
    var words: [String] = []

    var parameters: [ParameterInfo] { member?.parameters ?? entry.parameters }
  }
}
