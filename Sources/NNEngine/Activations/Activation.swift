internal import CKernels

/// A function applied to a layer's outputs.
public protocol Activation: Sendable {
  /// The word a script uses.
  var name: String { get }
  /// Its options by name: what its formula's settings are.
  var settings: [String: Double] { get }
  /// What it computes, of one variable, its settings put in: what its numbers are checked against.
  var formula: Formula { get }
  /// The initialiser whose spread suits it.
  var initializer: any Initializer { get }
  /// The values its outputs can have.
  var range: OutputRange { get }
  /// Whether the gradient needs what came in besides what went out.
  var keepsInput: Bool { get }
  /// y = f(x + bias).
  func forward(_ rows: ActivationRows)
  /// dx = dy · f′; `rows.x` is only there if `keepsInput`. dx may be dy.
  func backward(
    _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>)
  /// Where these inputs left the function's domain, for functions that a script defined.
  func fault(_ rows: ActivationRows) -> EquationFault?
}

extension Activation {
  /// It has no options.
  public var settings: [String: Double] { [:] }
  /// Glorot's, made for functions that are nearly linear around 0.
  public var initializer: any Initializer { Glorot() }
  /// Its outputs may be any number.
  public var range: OutputRange { .any }
  /// From the output alone.
  public var keepsInput: Bool { false }
  /// Built-in functions have a value everywhere.
  public func fault(_ rows: ActivationRows) -> EquationFault? { nil }
}

extension Activation {
  /// Whether it gives what it is given.
  public var isIdentity: Bool { self is Linear }
}

/// Some rows an activation works on.
public struct ActivationRows {
  /// What comes in; may be `y`.
  public var x: UnsafePointer<Float>
  /// Added to each row first, if there.
  public var bias: UnsafePointer<Float>?
  /// What goes out.
  public var y: UnsafeMutablePointer<Float>
  /// How many rows.
  public var count: Int
  /// Numbers in a row: the last axis, which functions such as softmax run along.
  public var width: Int
}

extension Parameter where Value == any Activation {
  /// The name of an activation. A host with activations of its own binds the activation itself.
  public static func activation(
    _ name: String, default value: any Activation, _ summary: String
  ) -> Self {
    Parameter(name, .word(family: "activation"), summary, defaultText: value.name) {
      switch $0 {
      case .host(let given as any Activation): return given
      case .text(let word):
        guard let entry = Catalog.standard.activations.first(where: { $0.name == word }) else {
          throw EngineError.unknownName(
            what: "activation", name: word, known: Catalog.standard.activations.map(\.name))
        }
        return try entry.makeWithDefaults()
      default: return value
      }
    }
  }
}
