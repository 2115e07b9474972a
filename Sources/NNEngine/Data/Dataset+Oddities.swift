extension Dataset {
  /// What is odd about the targets and says beforehand that there is little to learn or to measure,
  /// in words for people.
  var targetOddities: [String] {
    switch train.targets {
    case .none: []
    case .classes(let codes): classOddities(codes)
    case .values(let values, let width): numberOddities(values, width)
    }
  }

  private func classOddities(_ codes: [Int32]) -> [String] {
    let names = preprocessing.classNames
    var result: [String] = []
    let learnt = Set(codes)
    if learnt.count == 1, let only = codes.first {
      result.append(
        "all training rows have the class `\(names[Int(only)])`: there is nothing to tell apart")
    }
    for (part, examples) in [("validation", validation), ("test", test)] {
      guard let examples, case .classes(let own) = examples.targets else { continue }
      let found = Set(own)
      let strange = found.subtracting(learnt).sorted().map { "`\(names[Int($0)])`" }
      if !strange.isEmpty {
        result.append(
          "no training row has the class \(Self.listed(strange)), which occurs in the \(part) part")
      }
      if found.count == 1, learnt.count > 1, let only = own.first, own.count > 1 {
        result.append(
          "all rows of the \(part) part have the class `\(names[Int(only)])`: AUC is not defined "
            + "for them")
      }
    }
    return result
  }

  private func numberOddities(_ values: [Double], _ width: Int) -> [String] {
    guard values.count > width, width <= 64 else { return [] }
    let constant = (0..<width).filter { column in
      stride(from: column, to: values.count, by: width).allSatisfy {
        values[$0] == values[column]
      }
    }
    guard !constant.isEmpty else { return [] }
    if width == 1 { return ["all training rows have the same target: there is nothing to learn"] }
    let names = preprocessing.targetNames
    let columns = constant.map { names.count == width ? "`\(names[$0])`" : "\($0)" }
    return [
      "all training rows have the same value in target \(Self.listed(columns)): there is nothing to "
        + "learn of it"
    ]
  }

  private static func listed(_ names: [String]) -> String {
    if names.count > 8 { return names.prefix(4).joined(separator: ", ") + ", …" }
    return names.joined(separator: ", ")
  }
}
