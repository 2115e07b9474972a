/// Data ready to learn from: parts, their scaling, and what was understood on the way.
///
///     file ─▶ columns chosen ─▶ rows split ─▶ scaling fitted to the training part
///
/// The split comes first, so nothing about the test rows reaches the training.
public struct Dataset: Sendable {
  /// What the targets are taken for.
  public enum Reading: Sendable, Equatable {
    /// There are none.
    case none
    /// Class numbers.
    case classes
    /// Numbers.
    case values
    /// Whole numbers, which loss and last layer take for classes or for quantities.
    case undecided
  }

  /// Where the data come from: `iris.csv`, `iris`, `values`.
  public internal(set) var name: String
  /// The path of the file they were read from; `nil` for typed-in values.
  public internal(set) var source: String?
  /// All columns of the file, those not used among them; empty for pictures and typed-in values.
  public internal(set) var columns: [DataColumn] = []
  /// How many rows were read, before `limit`; those of test and validation files not counted.
  public internal(set) var rowCount: Int
  /// The rows to learn from.
  public internal(set) var train: Examples
  /// The rows to watch while learning.
  public internal(set) var validation: Examples?
  /// The rows to test with.
  public internal(set) var test: Examples?
  /// How rows become what a network sees.
  public internal(set) var preprocessing: Preprocessing
  /// What the targets are taken for at present; see `reading(_:)`.
  public internal(set) var reading: Reading
  /// Whether the targets are the inputs, as the network gets them.
  public internal(set) var givesBack = false
  /// How the inputs were scaled, as asked for; what that came to is in `preprocessing`.
  public internal(set) var normalization = DataOptions.Normalization.none
  /// Whether the target is the last column because none was named.
  public internal(set) var isTargetAssumed = false
  /// The columns that are not used, and why.
  var leftOut: [ColumnLeftOut] = []
  /// What the script said of the data.
  var options = DataOptions()
  /// What encoding the parts met.
  var encodings = Encodings()
  /// Further remarks of the reader, in words for people.
  public internal(set) var remarks: [String] = []

  /// Both readings of a whole-number target, part by part, to go from one to the other.
  var wholeNumbers: WholeNumberTargets?
  /// What is known of the numbers in the targets; `nil` for texts.
  var targetNumbers: TargetNumbers?
  /// How targets that are numbers are scaled.
  var units = Decision.Units.normalized

  /// How many rows of each class the training part has; empty where targets are numbers.
  public var classCounts: [Int] {
    guard case .classes(let codes) = train.targets else { return [] }
    var counts = [Int](repeating: 0, count: preprocessing.classNames.count)
    for code in codes { counts[Int(code)] += 1 }
    return counts
  }

  /// How many outputs a network needs for these targets: classes, or numbers a row.
  public var outputCount: Int {
    switch train.targets {
    case .none: 0
    case .classes: preprocessing.classNames.count
    case .values(_, let width): width
    }
  }
}

/// How many cells were filled or hold a category that the training rows have not, by column.
struct Encodings: Sendable {
  var train: RawInputs.Counts?
  var others: [RawInputs.Counts?] = []
}

/// A column of a data file, as it was understood.
public struct DataColumn: Sendable, Equatable {
  /// What the cells hold.
  public enum Kind: String, Sendable {
    case number, text, category, truth, date

    init(_ reading: ColumnReading) {
      switch reading.kind {
      case .number: self = .number
      case .category: self = .category
      case .truth: self = .truth
      case .date: self = .date
      }
    }

    /// What a target holds that is read in this way.
    init(ofTarget column: Table.Column, as reading: Dataset.Reading) {
      self =
        if let texts = column.texts, reading != .values {
          CellText.truths(texts) == nil ? .category : .truth
        } else {
          .number
        }
    }
  }

  /// What it is used for.
  public enum Role: String, Sendable {
    case input, target, unused
    /// It says which rows belong together, or in which order they come.
    case group, order
  }

  /// Its name: from the header, or `column3`.
  public var name: String
  /// What its cells hold.
  public var kind: Kind
  /// What it is used for.
  public var role: Role
  /// How many cells have no value.
  public var missing: Int
  /// How many different texts there are, for texts.
  public var distinct: Int?
}

/// A whole-number target as class numbers, with the number each class stands for.
struct WholeNumberTargets: Sendable {
  var train: [Int32]
  var validation: [Int32]?
  var test: [Int32]?
  var classes: ClassTable
}

extension Dataset {
  /// The same data with the targets taken for classes or for numbers.
  ///
  /// A text target means classes and a target with a fraction means numbers; a whole-number target
  /// can be either: loss and last layer decide (`Decision`), unless `targetKind` has. The inputs are
  /// shared, so this costs little.
  ///
  /// - Throws: `EngineError.invalid` where the targets cannot be read that way.
  public func reading(_ wanted: Reading) throws -> Dataset {
    if wanted == reading { return self }
    let target = preprocessing.targetNames.first.map { "`\($0)`" } ?? "the target"
    guard let whole = wholeNumbers, wanted != .none else {
      switch reading {
      case .none: throw EngineError.invalid("the data have no targets")
      case .classes:
        throw EngineError.invalid(
          "\(target) holds classes", help: "`loss crossentropy`")
      case .values, .undecided:
        throw EngineError.invalid(
          "\(target) holds numbers that are no classes", help: "`loss mse`")
      }
    }
    var result = self
    result.reading = wanted
    func targets(_ codes: [Int32]) -> Examples.Targets {
      guard wanted == .values, let values = whole.classes.values else { return .classes(codes) }
      return .values(codes.map { values[Int($0)] }, width: 1)
    }
    result.train.targets = targets(whole.train)
    if let codes = whole.validation { result.validation?.targets = targets(codes) }
    if let codes = whole.test { result.test?.targets = targets(codes) }
    result.preprocessing.classNames = wanted == .classes ? whole.classes.names : []
    result.preprocessing.classesAreNumbers = wanted == .classes && whole.classes.areNumbers
    result.scaleTargets(result.units)
    return result
  }

  /// The same data with the targets as a decision has them.
  ///
  /// - Throws: `EngineError.invalid` where the targets cannot be read that way.
  public func arranged(for decision: Decision) throws -> Dataset {
    var result = try reading(decision.reading)
    result.scaleTargets(decision.units)
    result.preprocessing.answer = decision.answer
    result.preprocessing.boundary = decision.boundary
    return result
  }

  /// Gives encoded inputs another shape of the same size.
  ///
  /// - Throws: `EngineError.invalid`, `.tooLarge`.
  mutating func take(_ shape: Shape) throws {
    let shape = try Shape(checking: shape.sizes, for: "`shape`")
    guard shape.count == train.inputShape.count else {
      throw EngineError.invalid(
        "`shape` is \(shape), which is \(shape.count) numbers; a row has \(train.inputShape.count)")
    }
    train.inputShape = shape
    validation?.inputShape = shape
    test?.inputShape = shape
    preprocessing.inputShape = shape
  }

  /// Fits the scaling of targets that are numbers to the training part.
  mutating func scaleTargets(_ units: Decision.Units) {
    self.units = units
    preprocessing.targetScaling = nil
    guard reading == .values, units != .own, case .values(let values, let width) = train.targets
    else { return }
    guard
      var scaling = Preprocessing.Scaling.fitted(
        to: values, width: width, by: normalization)
    else { return }
    if units == .divided { scaling.center = scaling.center.map { _ in 0 } }
    preprocessing.targetScaling = scaling
  }

  /// What is known of the targets before loss and last layer are.
  public var targetFacts: TargetFacts? {
    let name = preprocessing.targetNames.count == 1 ? preprocessing.targetNames.first : nil
    if let whole = wholeNumbers {
      return TargetFacts(
        .wholeNumbers(whole.classes.names.count), range: targetNumbers?.range,
        deviation: targetNumbers?.deviation ?? 1, isBinary: targetNumbers?.isBinary ?? false,
        name: name)
    }
    switch reading {
    case .none: return nil
    case .classes: return TargetFacts(.classes(preprocessing.classNames.count), name: name)
    case .values, .undecided:
      return TargetFacts(
        .numbers, width: outputCount, range: targetNumbers?.range,
        deviation: targetNumbers?.deviation ?? 1, isBinary: targetNumbers?.isBinary ?? false,
        areShares: targetNumbers?.areShares ?? false, name: name)
    }
  }
}

/// What is known of the numbers in the targets of all parts.
struct TargetNumbers: Sendable {
  var range: ClosedRange<Double>
  /// The least deviation by which a column would be divided; 1 where none is.
  var deviation = 1.0
  var isBinary: Bool
  var areShares: Bool

  /// `nil` for rows without numbers.
  init?(_ parts: [Examples?], scaling: Preprocessing.Scaling?) {
    var (lowest, highest) = (Double.infinity, -Double.infinity)
    var (isBinary, areShares) = (true, true)
    for case .values(let values, let width)? in parts.map({ $0?.targets }) {
      for value in values {
        lowest = min(lowest, value)
        highest = max(highest, value)
        if value != 0 && value != 1 { isBinary = false }
      }
      guard areShares, width > 1 else { continue }
      for start in stride(from: 0, to: values.count, by: width) {
        let row = values[start..<start + width]
        // Shares come with few digits: thirds as 0.33.
        if row.contains(where: { $0 < 0 }) || abs(row.reduce(0, +) - 1) > 0.02 {
          areShares = false
          break
        }
      }
    }
    guard lowest <= highest else { return nil }
    range = lowest...highest
    self.isBinary = isBinary
    self.areShares = areShares
    if let scaling { deviation = scaling.scale.map { 1 / $0 }.min() ?? 1 }
  }
}
