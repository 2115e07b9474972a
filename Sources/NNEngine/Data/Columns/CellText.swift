/// What a cell's text can stand for besides itself.
enum CellText {
  // MARK: Truths

  private static let truths: [String: (pair: Int, value: Double)] = [
    "false": (0, 0), "true": (0, 1), "no": (1, 0), "yes": (1, 1), "n": (2, 0), "y": (2, 1),
    "f": (3, 0), "t": (3, 1),
  ]

  /// Texts that are all of one pair, such as `yes` and `no`, as 1 and 0; `nil` for others.
  static func truths(_ texts: [String]) -> [Double]? {
    let found = texts.compactMap { truths[$0.lowercased()] }
    guard found.count == texts.count, let first = found.first,
      found.allSatisfy({ $0.pair == first.pair }), Set(found.map(\.value)).count == 2
    else { return nil }
    return found.map(\.value)
  }

  /// One text as a truth; `nil` for others.
  static func truth(_ text: String) -> Double? { truths[text.lowercased()]?.value }

  // MARK: Numbers

  /// A way of writing numbers.
  struct Notation: Sendable, Hashable {
    /// What stands before the fraction.
    var point: UInt8 = UInt8(ascii: ".")
    /// What begins a fraction: the same as an option's value.
    var decimal: DataOptions.DecimalSign { point == UInt8(ascii: ",") ? .comma : .point }
    /// What stands between groups of three digits.
    var grouping: UInt8?
    /// Whether every cell ends in `%`.
    var isPercent = false
    /// The currency sign that every cell begins or ends with.
    var currency: Character?

    /// `1.234,5`.
    static let decimalComma = Self(point: UInt8(ascii: ","), grouping: UInt8(ascii: "."))
  }

  private static let currencies: Set<Character> = ["$", "€", "£", "¥"]

  /// Texts as numbers in one notation; `nil` where they are not all in one.
  ///
  /// - Parameters:
  ///   - takesCommas: whether a comma may be a decimal point: where it separates no fields.
  ///   - decimal: what begins a fraction, where that is said.
  static func numbers(
    _ texts: [String], takesCommas: Bool, decimal: DataOptions.DecimalSign? = nil
  ) -> (numbers: [Double], notation: Notation)? {
    guard let first = texts.first else { return nil }
    var candidates = [Notation(), Notation(grouping: UInt8(ascii: ","))]
    if takesCommas {
      candidates.append(Notation(point: UInt8(ascii: ",")))
      candidates.append(.decimalComma)
    }
    if let decimal { candidates.removeAll { $0.decimal != decimal } }
    let bare = first.filter { !$0.isWhitespace }
    let currency = [bare.first, bare.last].compactMap { $0 }.first { currencies.contains($0) }
    for var notation in candidates {
      notation.isPercent = bare.last == "%"
      notation.currency = currency
      if let numbers = numbers(texts, notation) { return (numbers, notation) }
    }
    return nil
  }

  private static func numbers(_ texts: [String], _ notation: Notation) -> [Double]? {
    var numbers: [Double] = []
    for text in texts {
      guard let number = number(text, notation) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// Whether every comma has exactly three digits behind it and no cell has a point: `1,234` is a
  /// thousand or one and a quarter.
  static func isAmbiguous(_ texts: [String], takesCommas: Bool) -> Bool {
    takesCommas && texts.contains { $0.contains(",") } && !texts.contains { $0.contains(".") }
      && texts.allSatisfy { text in
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return parts.dropFirst().allSatisfy { $0.count == 3 && $0.allSatisfy(\.isNumber) }
      }
  }

  /// A text as a number in a notation.
  static func number(_ text: String, _ notation: Notation) -> Double? {
    var bytes = Array(text.filter { !$0.isWhitespace && $0 != notation.currency }.utf8)
    if notation.currency != nil, !text.contains(where: { $0 == notation.currency }) { return nil }
    if notation.isPercent {
      guard bytes.popLast() == UInt8(ascii: "%") else { return nil }
    }
    if let grouping = notation.grouping {
      guard let ungrouped = ungrouped(bytes, grouping, notation.point) else { return nil }
      bytes = ungrouped
    }
    if notation.point != UInt8(ascii: ".") {
      if bytes.contains(UInt8(ascii: ".")) { return nil }
      bytes = bytes.map { $0 == notation.point ? UInt8(ascii: ".") : $0 }
    }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let (value, end) = NumberText.read(buffer, from: 0), end == buffer.count,
        !NumberText.isCode(buffer, 0..<end, value)
      else { return nil }
      return notation.isPercent ? value / 100 : value
    }
  }

  /// The digits without what groups them in threes; `nil` where groups are of another size.
  private static func ungrouped(_ bytes: [UInt8], _ grouping: UInt8, _ point: UInt8) -> [UInt8]? {
    let whole = bytes.prefix { $0 != point }
    let groups = whole.split(separator: grouping, omittingEmptySubsequences: false)
    guard groups.count > 1 else { return bytes }
    let head = groups[0].drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard (1...3).contains(head.count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else {
      return nil
    }
    return groups.flatMap { $0 } + bytes.dropFirst(whole.count)
  }
}

extension CellText.Notation {
  var json: JSONValue {
    func sign(_ byte: UInt8) -> JSONValue { .string(String(UnicodeScalar(byte))) }
    return .object(
      [.init("point", sign(point))]
        + (grouping.map { [.init("grouping", sign($0))] } ?? [])
        + (isPercent ? [.init("percent", true)] : [])
        + (currency.map { [.init("currency", .string(String($0)))] } ?? []))
  }

  init?(json: JSONValue) {
    guard let point = json["point"]?.string?.utf8.first else { return nil }
    self.init(
      point: point, grouping: json["grouping"]?.string?.utf8.first,
      isPercent: json["percent"]?.bool ?? false, currency: json["currency"]?.string?.first)
  }
}
