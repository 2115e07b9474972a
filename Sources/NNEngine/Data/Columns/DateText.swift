/// Dates and times in text, as days since 1970: `2026-12-31`, `2026/12/31 18:30`, `31.12.2026`,
/// `12/31/2026`.
enum DateText {
  /// Which of day and month comes first where the year is last.
  typealias Order = DataOptions.DateOrder

  /// What texts are as dates.
  enum Outcome: Equatable {
    case dates([Double])
    /// Day and month could be either way round in all cells.
    case ambiguous
    case none
  }

  /// Reads texts that are all dates of one form.
  ///
  /// - Parameters:
  ///   - order: for dates with the year last; `nil` where the cells have to tell.
  ///   - takesDigits: whether `20261231` is a date.
  static func read(_ texts: [String], order: Order? = nil, takesDigits: Bool = false) -> Outcome {
    let standard = texts.compactMap { iso($0, takesDigits: takesDigits) }
    if standard.count == texts.count, !texts.isEmpty { return .dates(standard) }
    func all(_ order: Order) -> [Double]? {
      let days = texts.compactMap { yearLast($0, order) }
      return days.count == texts.count && !texts.isEmpty ? days : nil
    }
    // A point stands behind the day wherever it is written so.
    let isPointed = texts.allSatisfy { $0.contains(".") }
    if let order = order ?? (isPointed ? .dmy : nil) {
      return all(order).map { .dates($0) } ?? .none
    }
    switch (all(.dmy), all(.mdy)) {
    case (let days?, nil), (nil, let days?): return .dates(days)
    case (_?, _?): return .ambiguous
    case (nil, nil): return .none
    }
  }

  /// Whether a text is a date that begins with its year.
  static func hasYearFirst(_ text: String) -> Bool { iso(text, takesDigits: true) != nil }

  /// One text as a date; `nil` for others, and where only `order` could tell day from month.
  static func date(_ text: String, order: Order?, takesDigits: Bool) -> Double? {
    iso(text, takesDigits: takesDigits)
      ?? (order ?? (text.contains(".") ? .dmy : nil)).flatMap { yearLast(text, $0) }
  }

  /// The days from 1970-01-01 to a date of the Gregorian calendar; `nil` where there is no such day.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard (1...12).contains(month), (1...9999).contains(year) else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...lengths[month - 1]).contains(day) else { return nil }
    let before = year - 1
    let daysBefore = before * 365 + before / 4 - before / 100 + before / 400
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    return daysBefore + lengths[..<(month - 1)].reduce(0, +) + day - 1 - 719_162
  }

  /// The month from 0, the weekday from Monday as 0, and the hour with its fraction.
  static func parts(_ date: Double) -> Parts {
    let day = date.rounded(.down)
    var month = 0
    // Years around a guess: the first day of one is never more than a year away.
    var year = 1970 + Int(day / 365.2425)
    while let first = days(year, 1, 1), Double(first) > day { year -= 1 }
    while let next = days(year + 1, 1, 1), Double(next) <= day { year += 1 }
    while month < 11, let next = days(year, month + 2, 1), Double(next) <= day { month += 1 }
    // 1970-01-01 was a Thursday.
    let weekday = (day + 3).truncatingRemainder(dividingBy: 7)
    return Parts(
      month: Double(month), weekday: weekday < 0 ? weekday + 7 : weekday, hour: (date - day) * 24)
  }

  /// What comes round.
  struct Parts {
    var month: Double
    var weekday: Double
    var hour: Double
  }

  // MARK: Forms

  private static func iso(_ text: String, takesDigits: Bool) -> Double? {
    let bytes = Array(text.utf8)
    if takesDigits, bytes.count == 8, let whole = digits(bytes[...]) {
      return days(whole / 10_000, whole / 100 % 100, whole % 100).map(Double.init)
    }
    // With the year first slashes leave no doubt either.
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-") || bytes[4] == UInt8(ascii: "/"),
      bytes[7] == bytes[4], let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]),
      let day = digits(bytes[8..<10]), let days = days(year, month, day)
    else { return nil }
    if bytes.count == 10 { return Double(days) }
    guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
    return time(bytes[11...]).map { Double(days) + $0 }
  }

  /// `31.12.2026` or `12/31/2026`, with a time behind it or not.
  private static func yearLast(_ text: String, _ order: Order) -> Double? {
    let halves = text.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard let date = halves.first else { return nil }
    let bytes = Array(date)
    guard let sign = bytes.first(where: { !(0x30...0x39).contains($0) }),
      [UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-")].contains(sign)
    else { return nil }
    let parts = bytes.split(separator: sign, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].count == 4, (1...2).contains(parts[0].count),
      (1...2).contains(parts[1].count), let first = digits(parts[0]), let second = digits(parts[1]),
      let year = digits(parts[2])
    else { return nil }
    let (day, month) = order == .dmy ? (first, second) : (second, first)
    guard let days = days(year, month, day) else { return nil }
    guard halves.count == 2 else { return Double(days) }
    return time(Array(halves[1])[...]).map { Double(days) + $0 }
  }

  /// `18:30`, `18:30:05.25`, with `Z` or `+02:00` behind it, as a share of a day.
  private static func time(_ bytes: ArraySlice<UInt8>) -> Double? {
    var bytes = bytes
    var offset = 0.0
    if bytes.last == UInt8(ascii: "Z") {
      bytes.removeLast()
    } else if let sign = bytes.lastIndex(where: {
      $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
    }) {
      let zone = bytes[(sign + 1)...].filter { $0 != UInt8(ascii: ":") }
      guard zone.count == 4, let number = digits(zone[...]) else { return nil }
      let hours = Double(number / 100) + Double(number % 100) / 60
      offset = bytes[sign] == UInt8(ascii: "-") ? hours : -hours
      bytes = bytes[..<sign]
    }
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts[0].count == 2, parts[1].count == 2,
      let hour = digits(parts[0]), let minute = digits(parts[1]), hour < 24, minute < 60
    else { return nil }
    var second = 0.0
    if parts.count == 3 {
      guard let number = Double(String(decoding: parts[2], as: UTF8.self)), number >= 0,
        number < 61
      else { return nil }
      second = number
    }
    return (Double(hour) + offset + Double(minute) / 60 + second / 3600) / 24
  }

  private static func digits(_ bytes: some Collection<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 8 else { return nil }
    var value = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }
}
