import Glibc

/// The range of a drawing in one direction, with round numbers to write beside it.
struct Axis {
  let least: Double
  let greatest: Double
  /// Whether equal ratios have equal lengths; all values are above 0 then.
  let isLogarithmic: Bool

  /// An axis over values, all of them finite; one that is the same everywhere gets some room.
  init(_ values: some Sequence<Double>, isLogarithmic: Bool = false) {
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for value in values {
      least = min(least, value)
      greatest = max(greatest, value)
    }
    if least >= greatest {
      let room = max(0.5, abs(least) * 0.1)
      (least, greatest) =
        isLogarithmic ? (least / 2, least * 2) : (least - room, least + room)
    }
    self.isLogarithmic = isLogarithmic
    (self.least, self.greatest) = (least, greatest)
  }

  /// An axis that is a share of its length longer at both ends.
  func widened(by share: Double) -> Axis {
    let room = (greatest - least) * share
    return Axis([least - room, greatest + room])
  }

  /// Where a value lies, 0 at the least and 1 at the greatest.
  func share(_ value: Double) -> Double {
    if isLogarithmic { return log(value / least) / log(greatest / least) }
    // Halves keep the difference of huge numbers finite.
    return (value / 2 - least / 2) / (greatest / 2 - least / 2)
  }

  /// The value that lies at a share.
  func value(at share: Double) -> Double {
    isLogarithmic
      ? least * pow(greatest / least, share) : least * (1 - share) + greatest * share
  }

  /// At most about so many round numbers within the range: multiples of 1, 2 or 5 times a power
  /// of ten; on a logarithmic axis powers of ten.
  func ticks(_ most: Int, whole: Bool = false) -> [Double] {
    if isLogarithmic { return tens(most) }
    let rough = (greatest / 2 - least / 2) / Double(max(1, most)) * 2
    guard rough.isFinite, rough > 0 else { return [least, greatest] }
    let power = pow(10, floor(log10(rough)))
    var step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
    if whole { step = max(1, step.rounded()) }
    let first = (least / step - 1e-9).rounded(.up)
    let last = (greatest / step + 1e-9).rounded(.down)
    guard first <= last, last - first < 1000 else { return [least, greatest] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// Powers of ten within the range; of many every second, third ….
  private func tens(_ most: Int) -> [Double] {
    let first = Int((log10(least) - 1e-9).rounded(.up))
    let last = Int((log10(greatest) + 1e-9).rounded(.down))
    guard first < last else { return [least, greatest] }
    let step = max(1, (last - first + max(1, most) - 1) / max(1, most))
    return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
  }

  /// A number as it stands at an axis.
  static func label(_ value: Double) -> String {
    Formatting.number(Double(Formatting.printf("%.4g", value)) ?? value)
  }
}
