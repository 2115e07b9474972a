/// How numbers, lists of them and sums of products are written into an explanation.
enum Spelling {
  /// A sum is written with all its products up to so many.
  static let mostTerms = 8

  /// Ten digits; a negative 0 loses its sign, which says nothing here.
  static func long(_ value: Double) -> String { Formatting.printf("%.10g", value + 0) }
  static func short(_ value: Double) -> String { Formatting.printf("%.4g", value) }

  /// A number behind a sign that a minus must not touch.
  static func factor(_ value: Double) -> String { value < 0 ? "(\(long(value)))" : long(value) }

  /// `0.05·0.15 + 0.1·0.2 + 0.35`; of many the first three and the last.
  static func products(_ a: [Double], _ b: [Double], plus bias: Double? = nil) -> String {
    sum(of: zip(a, b).map { "\(factor($0))·\(factor($1))" }, plus: bias)
  }

  /// `0.05 + (-0.1)`; of many the first three and the last.
  static func sum(_ numbers: [Double]) -> String { sum(of: numbers.map(factor), plus: nil) }

  private static func sum(of terms: [String], plus bias: Double?) -> String {
    var terms = terms
    if terms.count > mostTerms {
      terms = terms.prefix(3) + ["… \(terms.count - 4) more …"] + [terms[terms.count - 1]]
    }
    if let bias { terms.append(factor(bias)) }
    return terms.joined(separator: " + ")
  }

  /// A list, of which eight numbers are shown.
  static func list(_ values: [Double]) -> String {
    let shown = values.prefix(8).map(long).joined(separator: ", ")
    return "[\(shown)\(values.count > 8 ? ", … \(values.count) values" : "")]"
  }

  /// A list of few numbers, or what many of them are like.
  static func summary(_ values: [Double], few: Int) -> String {
    guard values.count > few else { return list(values) }
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    return
      "\(values.count) values from \(short(values.min() ?? 0)) to \(short(values.max() ?? 0)), "
      + "mean \(short(mean))"
  }
}
