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
      return zip(y, p).filter { $0.0 != 0 }.map { y, p in
        y == 1 ? "-log(\(text(p)))" : "-\(text(y))·log(\(text(p)))"
      }.joined(separator: " ")
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

  private static func text(_ value: Double) -> String { Formatting.printf("%.10g", value) }
}
