func median(_ numbers: [Double]) -> Double {
  let sorted = numbers.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// From the least to the greatest.
func range(_ numbers: [Double]) -> ClosedRange<Double> {
  (numbers.min() ?? .nan)...(numbers.max() ?? .nan)
}

/// A goal with whether it was reached.
func verdict(_ isReached: Bool, _ goal: String) -> String {
  "\(goal): \(isReached ? "yes" : "NO")"
}

/// A unit of time in which a number has few digits.
struct Unit {
  let name: String
  let scale: Double

  init(for seconds: Double) {
    (name, scale) =
      seconds < 1e-6
      ? ("ns", 1e9)
      : seconds < 1e-3
        ? ("µs", 1e6)
        : seconds < 1
          ? ("ms", 1e3)
          : ("s", 1)
  }

  /// Three digits or so, without the unit.
  func number(_ seconds: Double) -> String {
    let scaled = seconds * scale
    return fixed(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0)
  }

  func text(_ seconds: Double, width: Int) -> String { pad(number(seconds), -width) + " " + name }
}

/// A number with so many digits behind the point.
func fixed(_ number: Double, _ digits: Int) -> String {
  guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((number.magnitude * scale).rounded())
  let sign = number < 0 && whole != 0 ? "-" : ""
  guard digits > 0 else { return sign + String(whole) }
  let text = String(whole)
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
}

/// A number without needless digits.
func trimmed(_ number: Double) -> String {
  number == number.rounded() ? fixed(number, 0) : "\(number)"
}

/// Fills up to a width, at the left for a negative one.
func pad(_ text: String, _ width: Int) -> String {
  let filling = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? filling + text : text + filling
}
