import NNEngine

extension Check {
  /// Rows with the same inputs and other targets: no network can be right for all of them.
  static var contradictoryRows: Check {
    Check(
      name: "contradictory rows", summary: "Rows with equal inputs and different targets.",
      explains: ["too few steps", "learning rate too low", "nothing learnt"]
    ) { patient in
      let (rows, groups) = (patient.rows.count, patient.groupsOfEqualInputs)
      guard rows > 1, groups.contains(where: { $0.count > 1 }) else { return [] }
      let lost: Double
      switch patient.rows.targets {
      case .classes(let classes):
        // With the most frequent class of each group right, so many rows stay wrong.
        let wrong = groups.reduce(0) { sum, group in
          let counts = group.reduce(into: [Int32: Int]()) { $0[classes[$1], default: 0] += 1 }
          return sum + group.count - (counts.values.max() ?? 0)
        }
        lost = Double(wrong) / Double(rows)
      case .values(let values, let width) where width > 0:
        // With the mean of each group as the answer, so much of the spread stays.
        func spread(_ group: [Int]) -> Double {
          (0..<width).reduce(0) { sum, column in
            let targets = group.map { Double(values[$0 * width + column]) }
            let mean = targets.reduce(0, +) / Double(targets.count)
            return sum + targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          }
        }
        let all = spread(Array(0..<rows))
        lost = all > 0 ? groups.reduce(0) { $0 + spread($1) } / all : 0
      default: return []
      }
      // A quarter is far more than the noise of measured data leaves.
      guard lost > 0.25 else { return [] }
      let percent = Formatting.printf("%.0f", 100 * lost)
      return [
        Finding(
          check: "contradictory rows", layer: nil, number: lost,
          reason:
            "rows with the same inputs contradict each other in their targets: "
            + (patient.learner.data.reading == .classes
              ? "\(percent) % of the rows stay wrong whatever is learnt"
              : "\(percent) % of the targets' spread cannot be learnt"),
          line: "show data 5")
      ]
    }
  }
}

extension Patient {
  /// The rows by their inputs: each group those that are the same.
  fileprivate var groupsOfEqualInputs: [[Int]] {
    let input = examination.input
    let width = input.shape.count / max(1, input.shape[0])
    var groups: [ArraySlice<Float>: [Int]] = [:]
    for row in 0..<rows.count {
      groups[input.elements[row * width..<(row + 1) * width], default: []].append(row)
    }
    return Array(groups.values)
  }
}
