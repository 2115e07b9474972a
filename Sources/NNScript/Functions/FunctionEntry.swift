import NNEngine

/// A function of the vocabulary: one file or table row, and one line in a list.
public final class FunctionEntry {
  /// One parameter: its name, and its default in the language's notation if it may be left out.
  public struct Parameter {
    /// Its name.
    public var name: String
    /// Its default in the language's notation; `nil` where it must be given.
    public var defaultText: String?
    /// Takes all remaining plain values: `max(a, b, c)`.
    public var isVariadic = false
    /// What it takes, where the check is to know before the run.
    var info: ParameterInfo?
    /// The live value that it is in a formula of `train`, where it is left out.
    var liveName: String?
  }

  /// The word.
  public let name: String
  /// One sentence for help.
  public let summary: String
  /// What it takes, in order.
  public let parameters: [Parameter]
  /// A line that runs as it stands.
  public let example: String
  /// The function of one plain number, where there is one: the machine's short way. What is not
  /// finite is left to `run`, which says why.
  let ofNumber: ((Double) -> Double)?
  /// Whether it calls functions it is given: those may change variables.
  let callsBack: Bool
  /// What it computes as a formula, where it was made of one.
  var equation: ReadEquation?
  /// Works the result out from one value a parameter, `nil` where one was left out. A variadic
  /// parameter receives a list.
  let run: (FunctionContext, [Value?]) throws -> Value

  init(
    _ name: String, _ summary: String, _ parameters: [Parameter], example: String,
    ofNumber: ((Double) -> Double)? = nil, callsBack: Bool = false,
    run: @escaping (FunctionContext, [Value?]) throws -> Value
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.example = example
    self.ofNumber = ofNumber
    self.callsBack = callsBack
    self.run = run
  }
}

extension FunctionEntry {
  /// Makes a function of a host's own.
  ///
  /// - Parameter run: works the result out from one value a parameter, `nil` where one was left
  ///   out; a variadic parameter receives a list.
  public convenience init(
    _ name: String, _ summary: String, _ parameters: [Parameter], example: String,
    run: @escaping ([Value?]) throws -> Value
  ) {
    self.init(name, summary, parameters, example: example) { _, values in try run(values) }
  }
}

extension FunctionEntry.Parameter: ExpressibleByStringLiteral {
  /// `"x"` is a parameter that must be given, `"axis=none"` one with a default, `"values..."` one
  /// that takes all remaining values, at least one, `"sizes...=none"` one that takes any number.
  public init(stringLiteral text: String) {
    if text.hasSuffix("...") {
      self.init(name: String(text.dropLast(3)), defaultText: nil, isVariadic: true)
    } else if text.hasSuffix("...=none") {
      self.init(name: String(text.dropLast(8)), defaultText: "none", isVariadic: true)
    } else if let sign = text.firstIndex(of: "=") {
      self.init(
        name: String(text[..<sign]), defaultText: String(text[text.index(after: sign)...]))
    } else {
      self.init(name: text, defaultText: nil)
    }
  }
}

extension FunctionEntry {
  /// Arguments in the order of the parameters; the values of a variadic one become a list.
  ///
  /// - Throws: `ValueError` for one too many, an unknown name, a missing value.
  func bind(_ arguments: [Value], names: [String?]) throws -> [Value?] {
    var bound = [Value?](repeating: nil, count: parameters.count)
    var rest: [Value] = []
    var next = 0
    for (index, value) in arguments.enumerated() {
      if index < names.count, let name = names[index] {
        guard let target = parameters.firstIndex(where: { $0.name == name }),
          !parameters[target].isVariadic
        else {
          throw ValueError.unknownArgument(
            name, of: "`\(self.name)`",
            known: parameters.filter { !$0.isVariadic }.map(\.name), argument: index)
        }
        guard bound[target] == nil else { throw ValueError.twice(name, argument: index) }
        bound[target] = value
      } else if next < parameters.count, parameters[next].isVariadic {
        rest.append(value)
      } else {
        guard next < parameters.count else {
          throw ValueError.tooMany(
            given: arguments.count, takes: parameters.count, "`\(self.name)`", argument: index)
        }
        bound[next] = value
        next += 1
      }
    }
    if !rest.isEmpty { bound[next] = .list(rest) }
    for (parameter, value) in zip(parameters, bound)
    where value == nil && parameter.defaultText == nil {
      throw ValueError(
        code: .missingValue, message: "`\(name)` needs a value for `\(parameter.name)`",
        label: "`\(parameter.name)` is missing")
    }
    return bound
  }
}

/// What functions of the vocabulary may use of the session.
protocol FunctionContext: AnyObject {
  /// Calls a script's function or another of the vocabulary.
  func call(_ function: FunctionBox, _ arguments: [Value]) throws -> Value
  /// Draws a whole 64-bit word from the session's stream for `random` and its like.
  func drawRandom() -> UInt64
}
