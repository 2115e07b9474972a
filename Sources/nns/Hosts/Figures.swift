import Glibc

/// A loss or metric in about four significant digits: `0.0912`, `3.51e-05`, `2841.3`; `–` for one that
/// is not defined.
func figure(_ value: Double) -> String {
  if value.isNaN { return "–" }
  return switch abs(value) {
  case 0: "0"
  case 0.001..<1000: formatted(value, "%.4f")
  case 1000..<1_000_000: formatted(value, "%.1f")
  default: formatted(value, "%.3g")
  }
}

/// A time for people: `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e8 else { return "very long" }
  if seconds < 9.95 { return formatted(seconds, "%.1f") + " s" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}

/// A time that runs down: `0:08`, `12:30`, `1:02:10`.
func countdown(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e8 else { return "-:--" }
  let whole = Int(seconds.rounded(.up))
  func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(whole % 60)
}

/// A number of things a second: `850`, `52.3k`, `1.2M`.
func rate(_ perSecond: Double) -> String {
  switch perSecond {
  case ..<1000: formatted(perSecond, "%.0f")
  case ..<1e6: formatted(perSecond / 1e3, "%.1f") + "k"
  default: formatted(perSecond / 1e6, "%.1f") + "M"
  }
}

private func formatted(_ value: Double, _ format: String) -> String {
  withVaList([value]) { arguments in
    var buffer = [CChar](repeating: 0, count: 64)
    let length = vsnprintf(&buffer, buffer.count, format, arguments)
    let bytes = buffer.prefix(max(0, min(Int(length), buffer.count - 1)))
    return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
