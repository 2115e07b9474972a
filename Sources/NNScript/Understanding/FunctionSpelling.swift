/// How activations that people work out by hand are written in LaTeX, and with their numbers.
enum ActivationSpelling {
  /// The function of `z`, and its derivative.
  static let latex: [String: (value: String, slope: String)] = [
    "linear": ("z", "1"),
    "relu": ("\\max(0, z)", "1 \\text{ where } z > 0 \\text{, else } 0"),
    "sigmoid": ("\\frac{1}{1 + e^{-z}}", "a (1 - a)"),
    "tanh": ("\\tanh(z)", "1 - a^2"),
    "softmax": ("\\frac{e^{z_i}}{\\sum_j e^{z_j}}", "\\dots"),
  ]

  /// One number that the function gives, with what goes into it.
  static func numbers(_ name: String, _ z: [Double], _ unit: Int, isOfVector: Bool) -> String {
    guard isOfVector else { return "\(name)(\(Spelling.long(z[unit])))" }
    // Few enough to stand in a line.
    guard name == "softmax", z.count <= 4 else { return "\(name)(z)[\(unit)]" }
    let powers = z.map { "exp(\(Spelling.long($0)))" }
    return "\(powers[unit]) / (\(powers.joined(separator: " + ")))"
  }

  /// The derivative through softmax of one number, with what it is made of: `a·(da - Σ da·a)`.
  static func softmaxBack(_ a: [Double], _ da: [Double], _ unit: Int) -> String {
    let mean = zip(a, da).reduce(0) { $0 + $1.0 * $1.1 }
    return "\(Spelling.long(a[unit]))·(\(Spelling.long(da[unit])) - \(Spelling.factor(mean)))"
  }
}

/// How losses that people work out by hand are written with their numbers.
enum LossSpelling {
  static let latex = [
    "mse": "L = \\frac{1}{n} \\sum_i (y_i - p_i)^2",
    "crossentropy": "L = -\\sum_i y_i \\ln p_i",
    "binary_crossentropy":
      "L = -\\frac{1}{n} \\sum_i \\left( y_i \\ln p_i + (1 - y_i) \\ln (1 - p_i) \\right)",
  ]

  /// The loss with targets and outputs put in; `nil` for a loss without such a form.
  static func numbers(_ name: String, _ y: [Double], _ p: [Double]) -> String? {
    func joined(_ terms: [String]) -> String {
      p.count == 1 ? terms[0] : "(\(terms.joined(separator: " + "))) / \(p.count)"
    }
    switch name {
    case "mse": return joined(zip(y, p).map { "(\(text($0)) - \(text($1)))^2" })
    case "crossentropy":
      let terms = zip(y, p).filter { $0.0 != 0 }.map { y, p in
        y == 1 ? "log(\(text(p)))" : "\(text(y))·log(\(text(p)))"
      }
      return terms.isEmpty ? nil : "-" + terms.joined(separator: " - ")
    case "binary_crossentropy":
      return joined(
        zip(y, p).map { y, p in
          y == 1
            ? "-log(\(text(p)))"
            : y == 0
              ? "-log(1 - \(text(p)))"
              : "-\(text(y))·log(\(text(p))) - \(text(1 - y))·log(1 - \(text(p)))"
        })
    default: return nil
    }
  }

  /// The derivative by one output with its numbers put in.
  static func derivative(_ name: String, _ y: [Double], _ p: [Double], _ index: Int) -> String? {
    let (y, out, n) = (y[index], p[index], p.count)
    let share = n == 1 ? "" : " / \(n)"
    switch name {
    case "mse": return "2·(\(text(out)) - \(text(y)))\(share)"
    case "crossentropy": return "-\(text(y)) / \(text(out))"
    case "binary_crossentropy":
      return "((1 - \(text(y))) / (1 - \(text(out))) - \(text(y)) / \(text(out)))\(share)"
    default: return nil
    }
  }

  private static func text(_ value: Double) -> String { Spelling.long(value) }
}
