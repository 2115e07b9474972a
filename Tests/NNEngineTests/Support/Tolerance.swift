/// How far a computed number may be from the expected one. Per element, never scaled by size.
struct Tolerance {
  var absolute: Double
  var relative: Double

  /// 32-bit arithmetic over some hundred terms of order 1.
  static let single = Tolerance(absolute: 2e-6, relative: 2e-5)
  /// Central differences of a 64-bit function with a step of 1e-5.
  static let differences = Tolerance(absolute: 1e-8, relative: 1e-6)

  /// Says where two lists differ, or `nil` where they do not. Lengths are compared first.
  func firstDifference(_ found: [Double], _ expected: [Double]) -> String? {
    guard found.count == expected.count else {
      return "\(found.count) numbers instead of \(expected.count)"
    }
    for (index, (x, y)) in zip(found, expected).enumerated()
    where !(abs(x - y) <= absolute + relative * abs(y)) {
      return "number \(index) is \(x), not \(y)"
    }
    return nil
  }
}
