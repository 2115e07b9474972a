/// How what is done to whole arrays is written: `keras.ops` has NumPy's names, and only functions.
enum PythonArrays {
  case torch, numpy, keras

  /// What functions stand behind.
  var prefix: String {
    switch self {
    case .torch: "torch"
    case .numpy: "np"
    case .keras: "ops"
    }
  }

  // MARK: Numbers

  /// A number with all its digits.
  func number(_ value: Double) -> String {
    guard value.isFinite else {
      let prefix = self == .torch ? "torch" : "np"
      return value.isNaN ? "\(prefix).nan" : value < 0 ? "-\(prefix).inf" : "\(prefix).inf"
    }
    return "\(value)"
  }

  private func type(_ precision: FinishedModel.Precision) -> String {
    precision == .single ? "float32" : "float64"
  }

  /// An array of the file.
  func constant(_ numbers: [Double], _ sizes: [Int], _ precision: FinishedModel.Precision) -> String
  {
    let list = "[" + numbers.map(number).joined(separator: ", ") + "]"
    let (array, library) = self == .torch ? ("tensor", "torch") : ("array", "np")
    var text = "\(library).\(array)(\(list), dtype=\(library).\(type(precision)))"
    if sizes.count != 1 { text += ".reshape(\(PythonText.list(sizes)))" }
    return self == .keras ? "ops.convert_to_tensor(\(text))" : text
  }

  /// Places to pick.
  func indices(_ places: [Int], _ sizes: [Int]) -> String {
    let (list, shape) = (PythonText.list(places), PythonText.list(sizes))
    let array = self == .torch ? "torch.tensor" : "np.array"
    return "\(array)(\(list)).reshape(\(shape))"
  }

  func cast(_ x: String, _ precision: FinishedModel.Precision) -> String {
    switch self {
    case .torch: x + (precision == .single ? ".float()" : ".double()")
    case .numpy: "\(x).astype(np.\(type(precision)))"
    case .keras: "ops.cast(\(x), \"\(type(precision))\")"
    }
  }

  /// Numbers as whole ones.
  func rounded(_ x: String) -> String {
    switch self {
    case .torch: "\(x).round().long()"
    case .numpy: "\(x).round().astype(int)"
    case .keras: "ops.cast(ops.round(\(x)), \"int32\")"
    }
  }

  // MARK: Axes

  func reshape(_ x: String, _ sizes: [Int]) -> String {
    guard self == .keras else { return "\(x).reshape(\(PythonText.arguments(sizes)))" }
    return "ops.reshape(\(x), \(sizes.tuple))"
  }

  func transpose(_ x: String, _ order: [Int]) -> String {
    switch self {
    case .torch: "\(x).permute(\(PythonText.arguments(order)))"
    case .numpy: "\(x).transpose(\(PythonText.arguments(order)))"
    case .keras: "ops.transpose(\(x), \(order.tuple))"
    }
  }

  func concatenate(_ parts: [String], _ axis: Int) -> String {
    "\(prefix).\(self == .torch ? "cat" : "concatenate")([\(parts.joined(separator: ", "))], \(axis))"
  }

  /// Picks places along the first axis of each row.
  func take(_ x: String, _ places: String) -> String {
    self == .keras ? "ops.take(\(x), \(places), axis=1)" : "\(x)[:, \(places)]"
  }

  /// The same for each row.
  ///
  /// - Parameter rank: how many axes the rows have, without that of rows.
  func repeated(_ x: String, _ sizes: [Int], rowsOf rows: String, rank: Int) -> String {
    switch self {
    case .torch: return "\(rows).new_ones(len(\(rows)), \(PythonText.arguments(sizes))) * \(x)"
    case .numpy:
      return "np.ones((len(\(rows)), \(PythonText.arguments(sizes))), \(rows).dtype) * \(x)"
    case .keras:
      let each = "ops.max(\(rows), \(Array(1...max(1, rank)).tuple))"
      return "ops.zeros_like(\(reshape(each, [-1] + sizes.map { _ in 1 }))) + \(x)"
    }
  }

  /// Repeats the last axis, which is 1 or whole.
  func widened(_ x: String, _ rank: Int, _ width: Int) -> String {
    switch self {
    case .torch:
      "\(x).expand(\(PythonText.arguments(Array(repeating: -1, count: rank) + [width])))"
    case .numpy, .keras: "\(prefix).repeat(\(x), \(width), -1)"
    }
  }

  /// One number of many along some axes, which stay as axes of 1.
  ///
  /// - Parameter axes: `nil` for the last one.
  func reduce(_ x: String, _ kind: String, _ axes: [Int]?) -> String {
    switch self {
    case .torch:
      let name = ["max", "min"].contains(kind) ? "a" + kind : kind
      return "\(x).\(name)(\(axes.map(PythonText.list) ?? "-1"), keepdim=True)"
    case .numpy: return "\(x).\(kind)(\(axes?.tuple ?? "-1"), keepdims=True)"
    case .keras: return "ops.\(kind)(\(x), \(axes?.tuple ?? "-1"), keepdims=True)"
    }
  }

  /// A function of one number; X stands for it.
  func function(_ function: Formula.Unary) -> PythonFunction.Call {
    if self == .torch {
      return (function == .softplus ? "F.softplus(X)" : "torch.\(function.rawValue)(X)", nil)
    }
    switch function {
    case .asin, .acos, .atan: return ("\(prefix).arc\(function.rawValue.dropFirst())(X)", nil)
    case .sigmoid where self == .numpy: return ("sigmoid(X)", .sigmoid)
    case .softplus where self == .numpy: return ("np.logaddexp(X, 0.0)", nil)
    case .erf where self == .numpy: return ("erf(X)", .erf)
    default: return ("\(prefix).\(function.rawValue)(X)", nil)
    }
  }
}

/// Texts of Python.
enum PythonText {
  /// A text as a literal.
  static func literal(_ text: String) -> String { JSONValue.string(text).text() }

  static func list(_ numbers: [Int]) -> String { "[\(arguments(numbers))]" }

  static func list(_ texts: [String]) -> String {
    "[" + texts.map(literal).joined(separator: ", ") + "]"
  }

  static func arguments(_ numbers: [Int]) -> String {
    numbers.map(String.init).joined(separator: ", ")
  }

  /// A statement in lines that editors show; lists go on in the next line.
  static func wrapped(_ line: String, _ indent: String) -> String {
    guard line.utf8.count > 100, line.contains(", ") else { return line + "\n" }
    var (text, width) = ("", 0)
    var depth = 0
    for piece in line.split(separator: ", ", omittingEmptySubsequences: false) {
      if !text.isEmpty {
        if depth > 0, width + piece.count > 96 {
          text += ",\n" + indent
          width = indent.count
        } else {
          text += ", "
        }
      }
      text += piece
      width += piece.count + 2
      for character in piece {
        if "([{".contains(character) { depth += 1 }
        if ")]}".contains(character) { depth -= 1 }
      }
    }
    return text + "\n"
  }
}
