import NNEngine

/// A function of the vocabulary: one file or table row, and one line in a list.
public final class FunctionEntry {
  /// One parameter: its name, and its default in the language's notation if it may be left out.
  public struct Parameter {
    public var name: String
    public var defaultText: String?
    /// Takes all remaining plain values: `max(a, b, c)`.
    public var isVariadic = false
  }

  /// The word.
  public let name: String
  /// One sentence for help.
  public let summary: String
  /// What it takes, in order.
  public let parameters: [Parameter]
  /// A line that runs as it stands.
  public let example: String
  /// Works the result out; a left-out argument arrives as `.missing` of the array: `nil`.
  let run: (FunctionContext, [Value?]) throws -> Value

  init(
    _ name: String, _ summary: String, _ parameters: [Parameter], example: String,
    run: @escaping (FunctionContext, [Value?]) throws -> Value
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.example = example
    self.run = run
  }
}

/// What functions of the vocabulary may use of the session.
protocol FunctionContext: AnyObject {
  /// Calls a script's function or another of the vocabulary.
  func call(_ function: FunctionBox, _ arguments: [Value]) throws -> Value
  /// Draws a whole 64-bit word from the session's stream for `random` and its like.
  func drawRandom() -> UInt64
}

/// What is wrong with values, as facts; the machine knows the place and makes the diagnostic.
struct ValueError: Error {
  var code: DiagnosticCode
  var message: String
  /// What stands under the marked place.
  var label = ""
  var help: [String] = []
  var notes: [String] = []
  /// Which argument is meant, where one can be named.
  var argument: Int?
}
