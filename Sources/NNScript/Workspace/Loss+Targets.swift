import NNEngine

extension Loss {
  /// Why the loss cannot learn these targets, whatever the network; `nil` where it can.
  func complaint(of data: Dataset) -> EngineError? {
    guard ownActivation != nil, case .values(let values, let width) = data.train.targets else {
      return nil
    }
    let target = data.preprocessing.targetNames.first.map { "`\($0)`" } ?? "the target"
    if takesClasses, width == 1 {
      return .invalid("`\(name)` needs classes, \(target) holds numbers", help: "`loss mse`")
    }
    // A probability is measured against 0, 1 or something between.
    guard let outside = values.first(where: { !($0 >= 0 && $0 <= 1) }) else { return nil }
    let found = Formatting.text(of: .number(Double(outside)))
    return .invalid(
      "`\(name)` needs targets from 0 to 1, \(target) holds \(found)", help: "`loss mse`")
  }
}
