/// A formula as an expression of Python.
struct PythonFormula {
  let formula: Formula
  let width: Int
  let operands: [String]

  /// The text of the result; terms that are used more than once are written before and named.
  func text(into writer: inout PythonWriter, _ part: PythonWriter.Part) -> String {
    let result = formula.results[0]
    var uses = [Int](repeating: 0, count: formula.nodes.count)
    for node in formula.nodes { for operand in node.operands { uses[operand] += 1 } }
    var texts: [String] = []
    for (term, node) in formula.nodes.enumerated() {
      var text = text(of: node, texts, &writer)
      if term != result, uses[term] > 1, text.contains(" ") || text.contains("("),
        !node.operands.isEmpty
      {
        let name = writer.freshName("part")
        writer.line(part, "\(name) = \(text)")
        text = name
      }
      texts.append(text)
    }
    return texts[result]
  }

  private func text(
    of node: Formula.Node, _ texts: [String], _ writer: inout PythonWriter
  ) -> String {
    let arrays = writer.arrays
    func term(_ index: Int) -> String {
      let text = texts[index]
      return text.contains(" ") || text.hasPrefix("-") || text.hasPrefix("~") ? "(\(text))" : text
    }
    switch node {
    case .constant(let number): return arrays.number(number)
    case .variable(let index): return index < operands.count ? operands[index] : "0.0"
    case .size: return "\(width)"
    case .unary(let function, let a):
      switch function {
      case .negate: return "-\(term(a))"
      case .not: return "~\(term(a))"
      default:
        let call = arrays.function(function)
        if let helper = call.helper { writer.helper(helper) }
        return call.text.replacing("X", with: texts[a])
      }
    case .binary(let operation, let a, let b):
      switch operation {
      case .power:
        if arrays == .keras { return "ops.power(\(texts[a]), \(texts[b]))" }
        return "\(term(a)) ** \(term(b))"
      case .least, .greatest: return extreme(operation, a, b, texts, arrays)
      case .and: return "\(term(a)) & \(term(b))"
      case .or: return "\(term(a)) | \(term(b))"
      case .add, .subtract, .multiply, .divide, .less, .lessOrEqual, .equal, .notEqual:
        // An array on the left side of what is still to come would ask for its numbers.
        if arrays == .keras, texts[a].hasPrefix("CONSTANT_") {
          return "ops.\(Self.names[operation] ?? "")(\(texts[a]), \(texts[b]))"
        }
        return "\(term(a)) \(operation.rawValue) \(term(b))"
      }
    case .select(let condition, let a, let b):
      return "\(arrays.prefix).where(\(texts[condition]), \(texts[a]), \(texts[b]))"
    case .reduce(let reduction, let a):
      let kind = reduction == .offset ? "max" : reduction.rawValue
      return arrays.reduce(term(a), kind, nil)
    }
  }

  private static let names: [Formula.Binary: String] = [
    .add: "add", .subtract: "subtract", .multiply: "multiply", .divide: "divide", .less: "less",
    .lessOrEqual: "less_equal", .equal: "equal", .notEqual: "not_equal",
  ]

  /// The smaller or larger of two, of which one may be a number.
  private func extreme(
    _ operation: Formula.Binary, _ a: Int, _ b: Int, _ texts: [String], _ arrays: PythonArrays
  ) -> String {
    if arrays == .torch {
      let bound = operation == .least ? "max" : "min"
      if formula.constant(b) != nil { return "torch.clamp(\(texts[a]), \(bound)=\(texts[b]))" }
      if formula.constant(a) != nil { return "torch.clamp(\(texts[b]), \(bound)=\(texts[a]))" }
    }
    let name = operation == .least ? "minimum" : "maximum"
    return "\(arrays.prefix).\(name)(\(texts[a]), \(texts[b]))"
  }
}

/// An activation that libraries have a name for.
struct PythonFunction {
  /// A call, in which X stands for what is given, and the function of the file that it needs.
  typealias Call = (text: String, helper: PythonHelper?)

  private let identity: [String]
  private let torch: String
  private let numpy: Call?
  /// What Keras calls it where a layer is told its activation.
  let keras: String?
  /// How Keras computes it where no layer does.
  private let ops: String

  private init(
    _ formula: Formula, _ torch: String, numpy: String? = nil, _ helper: PythonHelper? = nil,
    keras: String?, ops: String? = nil
  ) {
    identity = formula.stabilised().compacted().identity
    self.torch = torch
    self.numpy = numpy.map { ($0, helper) }
    self.keras = keras
    self.ops = ops ?? "ops.\(keras ?? "")(X)"
  }

  /// The call; `nil` where the formula says it as well.
  func call(_ arrays: PythonArrays) -> Call? {
    switch arrays {
    case .torch: (torch, nil)
    case .numpy: numpy
    case .keras: (ops, nil)
    }
  }

  static func known(_ formula: Formula) -> Self? {
    let identity = formula.identity
    return all.first { $0.identity == identity }
  }

  private static let all: [Self] = [
    Self(ReLU().formula, "torch.relu(X)", numpy: "np.maximum(X, 0.0)", keras: "relu"),
    Self(Sigmoid().formula, "torch.sigmoid(X)", numpy: "sigmoid(X)", .sigmoid, keras: "sigmoid"),
    Self(Tanh().formula, "torch.tanh(X)", numpy: "np.tanh(X)", keras: "tanh"),
    Self(
      Softmax().formula, "torch.softmax(X, -1)", numpy: "softmax(X)", .softmax, keras: "softmax"),
    Self(
      Softplus().formula, "F.softplus(X)", numpy: "np.logaddexp(X, 0.0)", keras: "softplus"),
    Self(Softsign().formula, "F.softsign(X)", keras: "softsign"),
    Self(
      GELU().formula, "F.gelu(X)", keras: "gelu", ops: "ops.gelu(X, approximate=False)"),
    Self(SiLU().formula, "F.silu(X)", keras: "silu"),
    Self(Mish().formula, "F.mish(X)", keras: "mish", ops: "layers.Activation(\"mish\")(X)"),
    Self(SELU().formula, "F.selu(X)", keras: "selu"),
    Self(ELU().formula, "F.elu(X)", keras: "elu"),
    Self(
      LeakyReLU().formula, "F.leaky_relu(X)", keras: nil,
      ops: "ops.leaky_relu(X, negative_slope=0.01)"),
  ]
}
