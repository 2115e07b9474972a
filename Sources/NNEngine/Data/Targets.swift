/// What is to be learnt, as it was read: before it is decided whether it means classes.
enum RawTargets {
  case none
  /// One text a row, as an index into `names`.
  case texts([Int32], names: [String])
  /// `width` numbers a row.
  case numbers([Double], width: Int)
}

/// The classes of a target, sorted, with the way from a read value to its class number.
struct ClassTable: Sendable {
  /// Names in the order of the class numbers.
  var names: [String]
  /// The number each class stands for, where the targets are whole numbers.
  var values: [Double]?
  /// Whether the classes go by these numbers, no names having been given to them.
  var areNumbers: Bool { values != nil && !isRenamed }
  private var isRenamed = false

  /// The most classes a last layer can have.
  static let most = 65_536

  /// The classes of all parts, or `nil` where these can only be numbers.
  ///
  /// - Throws: `EngineError.invalid` where the names given do not fit.
  init?(of parts: [RawTargets], named given: [String]) throws {
    var texts: Set<String> = []
    var numbers: Set<Double> = []
    for targets in parts {
      switch targets {
      case .none: break
      case .texts(let codes, let all):
        var isThere = [Bool](repeating: false, count: all.count)
        try Allowance.piecewise(codes.count) { piece in
          for place in piece { isThere[Int(codes[place])] = true }
        }
        for code in all.indices where isThere[code] { texts.insert(all[code]) }
        if texts.count > Self.most { return nil }
      case .numbers(let values, let width):
        guard width == 1 else { return nil }
        for (place, number) in values.enumerated() {
          if place & 0xFFFF == 0 { try Allowance.proceed() }
          guard number == number.rounded(), abs(number) < 9e15 else { return nil }
          if numbers.insert(number).inserted && numbers.count > Self.most { return nil }
        }
      }
    }
    // A file of numbers beside one of texts: the numbers are meant as texts.
    if !texts.isEmpty {
      texts.formUnion(numbers.map { String(Int64($0)) })
      let found = texts.sorted(by: NaturalOrder.precedes)
      let known = Set(given)
      if let stranger = found.first(where: { !given.isEmpty && !known.contains($0) }) {
        throw EngineError.unknownName(what: "class", name: stranger, known: given)
      }
      names = given.isEmpty ? found : given
    } else if !numbers.isEmpty {
      let sorted = numbers.sorted()
      values = sorted
      names = sorted.map(Self.name)
      if !given.isEmpty { try rename(given) }
    } else {
      return nil
    }
    if Set(names).count < names.count {
      throw EngineError.invalid("`classes` holds a name twice")
    }
  }

  /// What the class of a number is called.
  static func name(of number: Double) -> String {
    Int64(exactly: number).map { String($0) } ?? JSONValue.number(number).text()
  }

  /// Gives whole numbers names: by the number itself where all lie in 0..<count, else in order.
  private mutating func rename(_ given: [String]) throws {
    let sorted = values ?? []
    isRenamed = !given.allSatisfy { name in Double(name).map { $0 == $0.rounded() } ?? false }
    if sorted.allSatisfy({ $0 >= 0 && $0 < Double(given.count) }) {
      values = given.indices.map(Double.init)
    } else if sorted.count != given.count {
      throw EngineError.invalid(
        "`classes` holds \(given.count) names, the target \(sorted.count) different values",
        help: "the values are \(names.prefix(12).joined(separator: ", "))")
    }
    names = given
  }

  /// The class number of each row; the first row whose value is no class makes it fail.
  func codes(of targets: RawTargets) -> Result<[Int32], UnknownClass> {
    switch targets {
    case .none: return .success([])
    case .texts(let codes, let all):
      var numbers: [String: Int32] = [:]
      for (number, name) in names.enumerated() { numbers[name] = Int32(number) }
      let translation = all.map { numbers[$0] ?? -1 }
      let result = codes.map { translation[Int($0)] }
      if let row = result.firstIndex(of: -1) {
        return .failure(UnknownClass(row: row, name: all[Int(codes[row])]))
      }
      return .success(result)
    case .numbers(let found, _):
      var numbers: [Double: Int32] = [:]
      let values = values ?? names.map { Double($0) ?? .nan }
      for (number, value) in values.enumerated() { numbers[value] = Int32(number) }
      let result = found.map { numbers[$0] ?? -1 }
      if let row = result.firstIndex(of: -1) {
        return .failure(UnknownClass(row: row, name: Self.name(of: found[row])))
      }
      return .success(result)
    }
  }

  /// A value that is none of the classes.
  struct UnknownClass: Error {
    var row: Int
    var name: String
  }

  /// Whether whole numbers look like classes rather than quantities: two values; or 0 or 1
  /// upwards without a gap, each twice on average; or any whole numbers, each ten times on average.
  ///
  /// A guess that decides nothing but whether parts get the same share of each value: the split
  /// comes before the loss, which says what the values mean.
  func looksLikeClasses(rows: Int) -> Bool {
    guard let values, let first = values.first, let last = values.last else { return true }
    if values.count <= 2 { return values.count == 2 }
    let isCounted = (first == 0 || first == 1) && last - first == Double(values.count - 1)
    if isCounted && values.count * 2 <= rows && values.count <= 1_000 { return true }
    return values.count * 10 <= rows && values.count <= 100
  }
}
