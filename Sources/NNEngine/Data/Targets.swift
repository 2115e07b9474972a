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

  /// The most classes a last layer can have.
  static let most = 65_536

  /// The classes of `targets`, or `nil` where these can only be numbers.
  ///
  /// - Throws: `EngineError.invalid` where the names given do not fit.
  init?(of targets: RawTargets, named given: [String]) throws {
    switch targets {
    case .none: return nil
    case .texts(let codes, let all):
      let used = Set(codes)
      let found = all.indices.filter { used.contains(Int32($0)) }.map { all[$0] }.sorted()
      if let stranger = found.first(where: { !given.isEmpty && !given.contains($0) }) {
        throw EngineError.unknownName(what: "class", name: stranger, known: given)
      }
      guard found.count <= Self.most else { return nil }
      names = given.isEmpty ? found : given
    case .numbers(let numbers, let width):
      guard width == 1 else { return nil }
      var seen: Set<Double> = []
      for number in numbers {
        guard number == number.rounded(), abs(number) < 9e15 else { return nil }
        if seen.insert(number).inserted && seen.count > Self.most { return nil }
      }
      let sorted = seen.sorted()
      values = sorted
      names = sorted.map { String(Int64($0)) }
      if !given.isEmpty { try rename(given) }
    }
    if Set(names).count < names.count {
      throw EngineError.invalid("`classes` holds a name twice")
    }
  }

  /// Gives whole numbers names: by the number itself where all lie in 0..<count, else in order.
  private mutating func rename(_ given: [String]) throws {
    let sorted = values ?? []
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
      for (number, value) in (values ?? []).enumerated() { numbers[value] = Int32(number) }
      let result = found.map { numbers[$0] ?? -1 }
      if let row = result.firstIndex(of: -1) {
        return .failure(UnknownClass(row: row, name: JSONValue.number(found[row]).text()))
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
  /// A guess, and only where neither the script nor its loss says what the target is. It takes
  /// `1 2 3` for classes and the ages or prices of a few hundred rows for quantities.
  func looksLikeClasses(rows: Int) -> Bool {
    guard let values, let first = values.first, let last = values.last else { return true }
    if values.count <= 2 { return values.count == 2 }
    let isCounted = (first == 0 || first == 1) && last - first == Double(values.count - 1)
    if isCounted && values.count * 2 <= rows && values.count <= 1_000 { return true }
    return values.count * 10 <= rows && values.count <= 100
  }
}
