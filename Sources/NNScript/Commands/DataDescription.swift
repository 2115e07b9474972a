import NNEngine

/// What `data` and `show data` tell of a data set.
struct DataDescription {
  private let data: Dataset

  init(_ data: Dataset) { self.data = data }

  /// Some lines: rows and parts, inputs, target, scaling, remarks.
  var text: String {
    var lines = ["\(data.name): \(parts)"]
    lines.append("inputs: \(inputs)")
    if let target { lines.append("target: \(target)") }
    if let scaling { lines.append("scaled: \(scaling)") }
    return (lines + data.remarks).joined(separator: "\n")
  }

  private var parts: String {
    var parts = ["\(data.train.count) rows to learn from"]
    if let validation = data.validation { parts.append("\(validation.count) to watch") }
    if let test = data.test { parts.append("\(test.count) to test") }
    return parts.joined(separator: ", ")
  }

  private var inputs: String {
    let names = data.preprocessing.inputNames
    let shape = data.preprocessing.inputShape
    guard !names.isEmpty else { return shape.description }
    let shown = names.count <= 8 ? names : Array(names.prefix(6)) + ["…", names[names.count - 1]]
    return "\(names.count) columns (\(shown.joined(separator: ", ")))"
  }

  private var target: String? {
    let names = data.preprocessing.targetNames
    let prefix = names.isEmpty ? "" : names.joined(separator: ", ") + ", "
    let assumed = data.isTargetAssumed ? " (the last column, as no `target=` says otherwise)" : ""
    switch data.reading {
    case .none: return nil
    case .values:
      return "\(prefix)\(data.outputCount == 1 ? "a number" : "\(data.outputCount) numbers")\(assumed)"
    case .classes:
      let classes = data.preprocessing.classNames
      let counts = data.classCounts
      let listed = zip(classes, counts).map { "\($0) \($1)" }
      let shown =
        listed.count <= 10 ? listed : Array(listed.prefix(8)) + ["…", listed[listed.count - 1]]
      return "\(prefix)\(classes.count) classes (\(shown.joined(separator: ", ")))\(assumed)"
    }
  }

  private var scaling: String? {
    var parts: [String] = []
    if let scaling = data.preprocessing.inputScaling {
      parts.append(
        scaling.scale.count == 1
          ? "inputs by \(Formatting.text(of: .number(Double(scaling.scale[0]))))"
          : "each input by its own mean and spread in the training part")
    }
    if data.preprocessing.targetScaling != nil {
      parts.append("the target for training, back in every report")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
