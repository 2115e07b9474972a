import Glibc

/// One column of the inputs as a model learnt it: what its cells become. Fitted to the training rows
/// alone, stored with the model.
///
///     age (28 where missing)      age, age.missing
///     sex: female, male           sex=female, sex=male
///     day                         day, day.month_sin, day.month_cos
public struct InputColumn: Sendable, Equatable {
  /// What the cells are.
  public enum Kind: Sendable, Equatable {
    case number
    /// One number for each category, 1 where it holds; of cells that are none of them all are 0.
    case category([String], rest: Rest)
    /// 0 or 1.
    case truth
    /// Days from a first one, and points on a circle for what comes round.
    case date(start: Double, cycles: [Cycle])
  }

  /// What stands behind the categories.
  public struct Rest: Sendable, Equatable {
    /// Whether categories that are rare share a number.
    public var hasOther = false
    /// Whether cells without a value have one.
    public var hasMissing = false
  }

  /// What comes round in dates.
  public enum Cycle: String, Sendable, CaseIterable { case month, weekday, hour }

  /// Its name in the file.
  public var name: String
  /// What its cells are.
  public var kind: Kind
  /// What stands for a cell without a value, where the kind has numbers: in the column's unit.
  public var fill: Double?
  /// Whether a further number says that there was no value.
  public var isMarked = false
  /// The category that a cell without a value is put into, where there is one.
  public var missingCategory: String?
  /// How its numbers are written, where that is not the plain way.
  var notation: CellText.Notation?
  /// Whether the day or the month comes first in dates that end with the year.
  var order: DateText.Order?

  init(name: String, kind: Kind, fill: Double? = nil, isMarked: Bool = false) {
    (self.name, self.kind, self.fill, self.isMarked) = (name, kind, fill, isMarked)
  }

  /// How many numbers a cell becomes.
  public var width: Int { names.count }

  /// What these numbers are called.
  public var names: [String] {
    var names: [String]
    switch kind {
    case .number, .truth: names = [name]
    case .category(let categories, let rest):
      names = categories.map { "\(name)=\($0)" }
      if rest.hasOther { names.append("\(name)=other") }
      if rest.hasMissing { names.append("\(name).missing") }
    case .date(_, let cycles):
      names = [name]
      for cycle in cycles {
        names += ["\(name).\(cycle.rawValue)_sin", "\(name).\(cycle.rawValue)_cos"]
      }
    }
    if isMarked { names.append("\(name).missing") }
    return names
  }

  /// Which of its numbers are scaled: the others are 0 and 1, or points on a circle.
  var scaledPlace: Int? {
    switch kind {
    case .number, .date: 0
    case .category, .truth: nil
    }
  }
}

/// A cell as it stands in a table, or in a row that a script gives.
public enum TableCell: Sendable, Hashable {
  case missing
  case number(Double)
  case text(String)
}

extension TableCell {
  /// The cell as messages show it.
  var shown: String {
    switch self {
    case .missing: "no value"
    case .number(let number): "`\(ClassTable.name(of: number))`"
    case .text(let text): "`\(text)`"
    }
  }
}

extension InputColumn {
  /// What came of a cell.
  enum Outcome: Equatable {
    case known
    /// A category that the training rows did not have.
    case unseen
    /// No value, and a number to fill in.
    case filled
  }

  /// Why a cell cannot be encoded.
  struct Refusal: Error {
    var needs: String
  }

  /// Puts a cell's numbers, unscaled, behind others.
  ///
  /// - Throws: `Refusal` for a cell that is no value of this kind.
  @discardableResult
  func encode(_ cell: TableCell, into numbers: inout [Double]) throws(Refusal) -> Outcome {
    var outcome = Outcome.known
    if case .category(let names, let rest) = kind {
      let start = numbers.count
      numbers.append(contentsOf: repeatElement(0, count: width))
      var place: Int?
      if let text = Self.category(cell) ?? missingCategory {
        place = names.firstIndex(of: text) ?? Self.spelling(text).flatMap(names.firstIndex)
        if place == nil, rest.hasOther { place = names.count }
      } else if rest.hasMissing {
        place = names.count + (rest.hasOther ? 1 : 0)
      }
      if let place { numbers[start + place] = 1 } else { outcome = .unseen }
      if case .missing = cell, outcome == .known { outcome = .filled }
      return outcome
    }
    let value: Double
    if case .missing = cell {
      guard let fill else { throw Refusal(needs: "a value") }
      value = fill
      outcome = .filled
    } else {
      value = try self.value(of: cell)
    }
    switch kind {
    case .date(let start, let cycles):
      numbers.append(value - start)
      let parts = DateText.parts(value)
      for cycle in cycles {
        let share =
          switch cycle {
          case .month: parts.month / 12
          case .weekday: parts.weekday / 7
          case .hour: parts.hour / 24
          }
        numbers += [sin(2 * .pi * share), cos(2 * .pi * share)]
      }
    default: numbers.append(value)
    }
    if isMarked { numbers.append(outcome == .filled ? 1 : 0) }
    return outcome
  }

  /// The category that a cell stands for; numbers by their shortest text.
  static func category(_ cell: TableCell) -> String? {
    switch cell {
    case .missing: nil
    case .text(let text): text
    case .number(let number): ClassTable.name(of: number)
    }
  }

  /// The shortest text of a number that is spelt in another way, as categories of numbers are called:
  /// `1` for `1.0`.
  private static func spelling(_ text: String) -> String? {
    CellText.number(text, .init()).map(ClassTable.name)
  }

  /// The number that a cell stands for, in the column's unit; `nil` where it stands for none.
  public func number(of cell: TableCell) -> Double? {
    do throws(Refusal) { return try value(of: cell) } catch { return nil }
  }

  /// The number that a cell stands for, in the column's unit: dates as days since 1970.
  func value(of cell: TableCell) throws(Refusal) -> Double {
    switch (kind, cell) {
    case (.number, .number(let number)): return number
    case (.number, .text(let text)):
      // `1.234` was a thousand in the rows that were learnt from.
      if let notation, notation.point == UInt8(ascii: ","), text.contains("."),
        CellText.number(text, notation) == nil
      {
        throw Refusal(needs: "a number with a decimal comma, as it was learnt with,")
      }
      if let number = CellText.number(text, notation ?? .init()) ?? CellText.number(text, .init()) {
        return number
      }
      throw Refusal(needs: "a number")
    case (.truth, .number(let number)) where number == 0 || number == 1: return number
    case (.truth, .text(let text)):
      if let truth = CellText.truth(text) { return truth }
      throw Refusal(needs: "a truth, such as yes or no")
    case (.truth, _): throw Refusal(needs: "0 or 1")
    case (.date, .text(let text)):
      if let date = DateText.date(text, order: order, takesDigits: true) { return date }
      throw Refusal(needs: "a date, such as 2026-12-31")
    case (.date, .number(let number)):
      if let date = DateText.date(ClassTable.name(of: number), order: order, takesDigits: true) {
        return date
      }
      throw Refusal(needs: "a date, such as 2026-12-31")
    default: throw Refusal(needs: "a value")
    }
  }
}
