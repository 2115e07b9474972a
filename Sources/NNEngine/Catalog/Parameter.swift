/// What a parameter of a vocabulary entry takes, as data: argument binding, help, completion,
/// suggestions and the automatic tests all read it.
///
/// The engine's own entries use the first group. The second group exists for the words of a host
/// language; the engine only carries it.
public enum ParameterKind: Sendable, Equatable {
  /// A whole number within bounds.
  case integer(ClosedRange<Int>)
  /// A number within bounds; `open` says that the lower bound itself is refused.
  case number(ClosedRange<Double>, openBelow: Bool = false)
  /// `true` or `false`; as a bare word its own name means `true`.
  case truth
  /// Any text.
  case text
  /// One of a few words.
  case choice([String])
  /// The name of an entry of another family: `activation`, `initializer`, `metric` ….
  case word(family: String)
  /// Several names of another family, side by side: `metric accuracy f1`.
  case words(family: String)
  /// A size such as `28x28x1`, of at most so many axes and of at least so many along each.
  case size(maxRank: Int, least: Int = 1)
  /// An array of numbers, as 32 bits hold them.
  case tensor
  /// An array of numbers in 64 bits: rows of data.
  case numbers
  /// Any value of the host language.
  case value
  /// One name, as a bare word or a text.
  case name
  /// One name or several, as bare words, texts or a list; `of` says of what: `column`, `layer`.
  case names(of: String = "name")
  /// A place in the model: a layer's name, or one of its units or numbers, as a script reads them:
  /// `dense1`, `dense1[4]`, `dense1.weights[0, 3]`.
  case place
  /// A file to read; the host looks it up.
  case inputPath
  /// A file to write.
  case outputPath
  /// A share (`20%`), a number of rows, or a file.
  case part
  /// An expression over the live values of a training (`epoch`, `loss` …), a number or a function.
  case formula
  /// A truth whose two sides are shown when it fails.
  case condition
  /// A block of statements, run by the entry.
  case block
  /// The name of something the script defines with this word: `model NAME`.
  case definition
  /// A list of records with equal keys.
  case table

  /// The first of several kinds that the value can be.
  indirect case either([ParameterKind])
}

/// A value bound to a parameter.
///
/// The engine's own kinds have cases; what only a host language knows travels as `host`.
public enum ParameterValue {
  case none
  case integer(Int)
  case number(Double)
  case truth(Bool)
  case text(String)
  case texts([String])
  case size([Int])
  case tensor(Tensor)
  case host(Any)
}

/// The public description of one parameter: what help prints and binding checks.
public struct ParameterInfo: Sendable {
  /// The option's name, as in `epochs=10`.
  public var name: String
  /// What it takes.
  public var kind: ParameterKind
  /// One sentence for help.
  public var summary: String
  /// The default in the language's own notation, or `nil` where a value is required.
  public var defaultText: String?
  /// Whether a plain value may fill it; the others are given by name only.
  public var isPositional: Bool
  /// Whether it takes all remaining plain values: `metric accuracy f1`, `print a b`.
  public var isVariadic: Bool
  /// Lines that show it at work; `nil` where those of its entry do, or can with a default added.
  public var example: String?

  /// Whether a call must give it.
  public var isRequired: Bool { defaultText == nil }
}

/// A typed parameter: its description and how a bound value becomes a `Value`.
public struct Parameter<Value> {
  /// The description that help, binding and completion read.
  public var info: ParameterInfo
  /// Turns the bound value into the type `make` receives. Binding has checked the kind; `none`
  /// arrives where the option was not given.
  public var unpack: (ParameterValue) throws -> Value

  /// Makes a parameter from its parts; the factories below read better.
  public init(
    _ name: String, _ kind: ParameterKind, _ summary: String, defaultText: String? = nil,
    isPositional: Bool = true, isVariadic: Bool = false,
    unpack: @escaping (ParameterValue) throws -> Value
  ) {
    info = ParameterInfo(
      name: name, kind: kind, summary: summary, defaultText: defaultText,
      isPositional: isPositional, isVariadic: isVariadic)
    self.unpack = unpack
  }

  /// The same parameter with lines that show it at work, for its page of help.
  public func example(_ lines: String) -> Self {
    var parameter = self
    parameter.info.example = lines
    return parameter
  }
}

extension Parameter where Value == Int {
  /// A whole number, required unless `default` is given.
  public static func integer(
    _ name: String, _ range: ClosedRange<Int>, default value: Int? = nil, option: Bool = false,
    _ summary: String
  ) -> Self {
    Parameter(
      name, .integer(range), summary, defaultText: value.map(String.init), isPositional: !option
    ) {
      if case .integer(let given) = $0 { given } else { value ?? range.lowerBound }
    }
  }
}

extension Parameter where Value == Double {
  /// A number, required unless `default` is given.
  public static func number(
    _ name: String, _ range: ClosedRange<Double>, openBelow: Bool = false,
    default value: Double? = nil, option: Bool = false, _ summary: String
  ) -> Self {
    Parameter(
      name, .number(range, openBelow: openBelow), summary,
      defaultText: value.map { $0 == $0.rounded() ? String(Int($0)) : String($0) },
      isPositional: !option
    ) {
      if case .number(let given) = $0 { given } else { value ?? range.lowerBound }
    }
  }
}

extension Parameter where Value == Double? {
  /// A number that may be left out, with what that means for help.
  public static func optionalNumber(
    _ name: String, _ range: ClosedRange<Double>, openBelow: Bool = false, whenAbsent: String,
    option: Bool = true, _ summary: String
  ) -> Self {
    Parameter(
      name, .number(range, openBelow: openBelow), summary, defaultText: whenAbsent,
      isPositional: !option
    ) {
      if case .number(let given) = $0 { given } else { nil }
    }
  }
}

extension Parameter where Value == Bool {
  /// A truth option; as a bare word it is `true`.
  public static func truth(_ name: String, default value: Bool, _ summary: String) -> Self {
    Parameter(
      name, .truth, summary, defaultText: value ? "true" : "false", isPositional: false
    ) {
      if case .truth(let given) = $0 { given } else { value }
    }
  }
}

extension Parameter where Value == String {
  /// One of a few words.
  public static func choice(
    _ name: String, _ words: [String], default value: String? = nil, option: Bool = false,
    _ summary: String
  ) -> Self {
    Parameter(name, .choice(words), summary, defaultText: value, isPositional: !option) {
      if case .text(let given) = $0 { given } else { value ?? "" }
    }
  }

  /// The name of an entry of another family.
  public static func word(
    _ name: String, family: String, default value: String? = nil, option: Bool = false,
    _ summary: String
  ) -> Self {
    Parameter(name, .word(family: family), summary, defaultText: value, isPositional: !option) {
      if case .text(let given) = $0 { given } else { value ?? "" }
    }
  }
}
