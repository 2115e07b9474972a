/// One vocabulary entry: a word with its sentence, its typed parameters, a runnable example and
/// what it makes.
///
/// A layer, loss, optimiser, metric, format or command is one file ending in such an entry, and
/// one line in a list. Everything a user meets about the word comes from here.
public struct Spec<Product> {
  /// The word itself.
  public let name: String
  /// One sentence, shown by help and in Grammar.md.
  public let summary: String
  /// The parameters in the order plain values fill them.
  public let parameters: [ParameterInfo]
  /// A script line (or a few) that runs as it stands after the family's preamble.
  public let example: String
  /// What it computes, as a script would define it: `def sigmoid(x) = 1 / (1 + exp(-x))`; `nil`
  /// where no equation says it.
  public let formula: String?

  private let build: ([ParameterValue]) throws -> Product

  /// Makes an entry whose `make` receives each parameter's value with its own type.
  public init<each P>(
    _ name: String, _ summary: String, _ parameter: repeat Parameter<each P>, example: String,
    formula: String? = nil, make: @escaping (repeat each P) throws -> Product
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.formula = formula
    var infos: [ParameterInfo] = []
    for one in repeat each parameter { infos.append(one.info) }
    parameters = infos
    build = { values in
      var index = 0
      func next<V>(_ parameter: Parameter<V>) throws -> V {
        defer { index += 1 }
        return try parameter.unpack(values[index])
      }
      return try make(repeat next(each parameter))
    }
  }

  /// Makes an entry whose parameters are known only when the program runs: what a script defines.
  public init(
    _ name: String, _ summary: String, parameters: [ParameterInfo], example: String,
    make: @escaping ([ParameterValue]) throws -> Product
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.example = example
    formula = nil
    build = make
  }

  /// Makes the product with all parameters left out.
  ///
  /// - Throws: what `make` throws.
  public func makeWithDefaults() throws -> Product {
    try make(parameters.map { _ in .none })
  }

  /// Makes the product from values bound in the order of `parameters`.
  ///
  /// - Throws: what `make` throws; binding has checked kinds and ranges before.
  public func make(_ values: [ParameterValue]) throws -> Product {
    precondition(values.count == parameters.count, "binding fills every parameter of `\(name)`")
    return try build(values)
  }
}
