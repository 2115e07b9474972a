/// A layer as a library of Python has it: an object that keeps its weights, or an expression.
struct PythonLayer {
  /// One of its parameters.
  struct Parameter {
    /// What we call it.
    var name: String
    /// What the library calls it.
    var theirs: String
    /// Which of our axes each of theirs is; `nil` where both have them in one order.
    var order: [Int]?
  }

  /// What makes the object; `nil` where there is none.
  var constructor: String?
  /// Its parameters, in the library's order.
  var parameters: [Parameter] = []
  /// Whether the object takes the activation behind it.
  var takesActivation = false
  /// The function of the file that the call needs.
  var helper: PythonHelper?
  /// What computes its output, given what stands for the object and for its input.
  var call: (_ object: String, _ x: String) -> String = { "\($0)(\($1))" }
}

/// A library of Python that a model is written for.
public enum PythonLibrary: String, Sendable, CaseIterable {
  case pytorch, keras, numpy

  /// As it spells itself.
  var title: String {
    switch self {
    case .pytorch: "PyTorch"
    case .keras: "Keras"
    case .numpy: "NumPy"
    }
  }

  /// How it has a layer, without the activation that it ends in; `nil` where it has nothing that says
  /// the same. Numbers stay in our order, channels last, between layers.
  func layer(
    _ layer: any Layer, input: Shape, output: Shape, hasBias: Bool
  ) -> PythonLayer? {
    switch self {
    case .pytorch: PythonLayer(pytorch: layer, input: input, output: output, hasBias: hasBias)
    case .keras: PythonLayer(keras: layer, input: input, output: output, hasBias: hasBias)
    case .numpy: PythonLayer(numpy: layer, input: input, hasBias: hasBias)
    }
  }

  /// What stands between an object and its parameter in the name of a tensor.
  var separator: String { self == .keras ? "/" : "." }
}

extension [Int] {
  /// As a tuple of Python.
  var tuple: String {
    "(" + map(String.init).joined(separator: ", ") + (count == 1 ? ",)" : ")")
  }
}
