import NNEngine

extension Loss {
  /// Why the loss cannot learn these targets, whatever the network; `nil` where it can.
  func complaint(of data: Dataset) -> EngineError? {
    guard case .values(let values, let width) = data.train.targets else { return nil }
    let target = data.preprocessing.targetNames.first.map { "`\($0)`" } ?? "the target"
    let needsClasses = isForClasses && (takesClasses || ownActivation == nil)
    if needsClasses, width == 1 {
      return .invalid("`\(name)` needs classes, \(target) holds numbers", help: "`loss mse`")
    }
    guard let range = targetRange,
      let outside = values.first(where: { !range.contains(Float($0)) })
    else {
      return nil
    }
    let found = Formatting.text(of: .number(outside))
    let least = Formatting.text(of: .number(Double(range.lowerBound)))
    let bounds =
      range.upperBound < .greatestFiniteMagnitude
      ? "from \(least) to \(Formatting.text(of: .number(Double(range.upperBound))))"
      : "of \(least) or more"
    return .invalid(
      "`\(name)` needs targets \(bounds), \(target) holds \(found)", help: "`loss mse`")
  }
}
