extension FieldReader {
  /// The number a field consists of; numbers in quotes are numbers too.
  func number(_ field: Field) -> Double? {
    let part = UnsafeBufferPointer(rebasing: bytes[field.range])
    if let (value, end) = NumberText.read(part, from: 0), end == part.count {
      return NumberText.isCode(part, 0..<end, value) ? nil : value
    }
    // Infinity is a number so that it is reported as one where the column is used.
    guard part.count >= 3 && part.count <= 9 else { return nil }
    switch part[0] | 0x20 {
    case 0x69, 0x2b, 0x2d: break
    default: return nil
    }
    switch String(decoding: part, as: UTF8.self).lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }
}
