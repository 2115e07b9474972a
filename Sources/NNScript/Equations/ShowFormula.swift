import NNEngine

extension CommandContext {
  /// What `show formula` tells of a word or a function: its definition, then its derivative where it
  /// has one that is one function.
  func formula(of value: Value) throws -> String {
    var lines: [String] = []
    var isDerived = true
    let equation: ReadEquation
    if let word = value.textValue ?? (value.functionValue.flatMap { $0.isOwn ? nil : $0.name }),
      let text = session.vocabulary.definitions.text(of: word)
    {
      // A metric's speaks of all rows at once, with functions that no equation has.
      let isMetric = session.vocabulary.catalog.metrics.contains { $0.formula == text }
      guard !isMetric, let read = try session.vocabulary.definitions.equation(of: word) else {
        return text
      }
      // As its entry writes it, which says more than its simplest form.
      lines.append(text)
      // The slope of a schedule says nothing.
      isDerived = session.vocabulary.catalog.schedules.allSatisfy { $0.name != word }
      equation = read
    } else if let function = value.functionValue,
      function.isOwn || Intrinsic.named(function.name) != nil
    {
      equation = try EquationReader.read(function, session, uniform: ["lr", "t"])
      lines.append(FormulaText(equation).definition)
    } else {
      throw Diagnostic(
        .wrongType, "`\(Formatting.text(of: value))` has no formula", at: range(of: "function"),
        "neither a function nor a word that has one", help: ["for example `show formula gelu`"])
    }
    if equation.states.isEmpty, isDerived {
      let by = equation.required.last?.name
      if let by, let slope = try? equation.derivative(by: by) {
        lines.append(FormulaText(slope).definition)
        let variable = equation.parameters.firstIndex { $0.name == by } ?? 0
        let kinks = KinkText.text(of: equation.setting([:]), by: variable)
        if !kinks.isEmpty { lines.append("# \(kinks)") }
      }
    }
    return lines.joined(separator: "\n")
  }
}
