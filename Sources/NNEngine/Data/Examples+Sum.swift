extension Examples {
  /// A sum over all rows, to tell whether others are the same.
  ///
  /// - Throws: `EngineError.interrupted`.
  public func sum() throws -> String {
    var check = FileCheck()
    func add<Number>(_ numbers: [Number]) throws {
      try numbers.withUnsafeBytes { try check.add($0) }
    }
    switch inputs {
    case .floats(let numbers): try add(numbers)
    case .bytes(let numbers): try add(numbers)
    case .doubles(let numbers): try add(numbers)
    }
    switch targets {
    case .none: break
    case .classes(let classes): try add(classes)
    case .values(let values, _): try add(values)
    }
    return check.text
  }
}

extension Network {
  /// A sum over all numbers, to tell whether those of another are the same.
  ///
  /// - Throws: `EngineError.interrupted`.
  public func sum() throws -> String {
    var check = FileCheck()
    try values.withUnsafeBytes { try check.add($0) }
    return check.text
  }
}
