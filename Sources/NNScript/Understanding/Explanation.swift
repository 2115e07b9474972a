import NNEngine

/// A step in words: formulas, and the same with its numbers put in.
///
/// Its parts stand in the order of the step: `Explanation+Loss.swift` has the loss,
/// `Explanation+Backward.swift` the way back and the update.
struct Explanation {
  let step: ExplainedStep
  let focus: Focus
  let catalog: Catalog
  private(set) var page = Page()

  /// A layer without a wish for it is spelled out up to so many units and inputs.
  static let fewUnits = 4
  static let fewInputs = Spelling.mostTerms
  /// So many units of a layer that was asked for.
  private static let mostUnits = 8

  init(_ step: ExplainedStep, _ focus: Focus, _ catalog: Catalog) {
    self.step = step
    self.focus = focus
    self.catalog = catalog
    opening()
    forward()
    lossPart()
    backward()
    update()
  }

  // MARK: Parts

  private mutating func opening() {
    let sample = step.sample
    add(.title("one sample, step by step"))
    if let reason = step.trace.whyCoarse {
      add(
        .remark(
          "\(reason) cannot be spelled out number by number yet: these are the engine's values, in 32 "
            + "bits"))
    }
    if let remark = restingLayers { add(.remark(remark)) }
    if sample.rawInput != sample.input {
      add(.numbers("inputs as given: " + Spelling.list(sample.rawInput)))
      add(.numbers("scaled as for the training: " + Spelling.list(sample.input)))
    } else {
      add(.numbers("x = " + Spelling.list(sample.input)))
    }
    add(.numbers("y = " + Spelling.list(sample.target) + className))
  }

  /// What layers that behave otherwise in training do here.
  private var restingLayers: String? {
    let layers = step.network.nodes.map(\.layer)
    let training = ModelProgram(step.network, step.trainer.preprocessing, isTraining: true)
    var parts: [String] = []
    for index in layers.indices where training.layers.hasChance(index, in: training.program) {
      let kind = layers[index].kind
      let part =
        layers[index] is Dropout ? "dropout drops nothing" : "\(kind) leaves nothing to chance"
      if !parts.contains(part) { parts.append(part) }
    }
    if layers.contains(where: { $0 is BatchNormalization }) {
      parts.append("batchnorm takes its running mean and variance")
    }
    return parts.isEmpty ? nil : "as in `predict`: " + parts.joined(separator: ", ")
  }

  private var className: String {
    guard let code = step.sample.classCode, step.classes.indices.contains(code) else { return "" }
    return "  (\(step.classes[code]))"
  }

  private mutating func forward() {
    add(.title("forward"))
    for (index, node) in step.network.nodes.enumerated() {
      let seen = step.trace.nodes[index]
      add(forwardFormula(index, node))
      guard let units = units(of: node) else {
        add(.numbers("a: " + Spelling.summary(seen.y, few: Self.fewUnits) + hint(node)))
        continue
      }
      for unit in units {
        let terms = step.layers[index]?.terms(unit, seen, step.before)
        let place = node.outputShape.place(unit)
        if let terms {
          let parts = step.layers[index]?.parts(unit, seen, step.before) ?? []
          if !parts.isEmpty { add(.numbers("z[\(place)], over the rows of its window:")) }
          for part in parts { add(.numbers(part)) }
          let sum = seen.z.isEmpty ? "" : " = \(Spelling.long(seen.z[unit]))"
          add(.numbers("z[\(place)] = \(terms)\(sum)"))
        }
        // Where nothing bends it, a is z.
        let isBent = node.layer.activation.map { $0.name != "linear" } ?? false
        if isBent || terms == nil || seen.z.isEmpty {
          add(.numbers(output(index, node, seen, unit)))
        }
      }
      if units.count < seen.y.count {
        let others = node.outputShape.rank > 2 ? ": of=\(node.name)[row, column, channel]" : ""
        add(.numbers("… \(seen.y.count) units in all\(others)"))
      }
    }
  }

  private func output(
    _ index: Int, _ node: Network.Node, _ seen: Trace.Node, _ unit: Int
  ) -> String {
    let place = node.outputShape.place(unit)
    let result = "a[\(place)] = \(Spelling.long(seen.y[unit]))"
    guard let name = node.layer.activation?.name, name != "linear", !seen.z.isEmpty else {
      return result
    }
    let work = ActivationSpelling.numbers(
      name, seen.z, unit, isOfVector: step.activations[index]?.isOfVector == true)
    return "a[\(place)] = \(work) = \(Spelling.long(seen.y[unit]))"
  }

  // MARK: What is shown

  /// The units of a layer to spell out; `nil` for a layer to sum up.
  func units(of node: Network.Node) -> [Int]? {
    let count = node.outputShape.count
    if let layer = focus.layer {
      guard layer == node.name else { return nil }
      if let neuron = focus.neuron { return [neuron] }
      if node.outputShape.rank > 2 { return [node.outputShape.middle] }
      return Array(0..<min(count, Self.mostUnits))
    }
    guard count <= Self.fewUnits, node.inputShape.count <= Self.fewInputs else { return nil }
    return Array(0..<count)
  }

  /// A parameter's numbers that belong to a unit, with how a script reads them.
  func places(
    _ slot: Network.ParameterSlot, _ unit: Int
  ) -> [(index: Int, row: Int, label: String)] {
    let start = slot.range.lowerBound
    guard slot.shape.isOfColumns else {
      let place = unit % max(1, slot.shape.count)
      return focus.weight == nil ? [(start + place, 0, "\(place)")] : []
    }
    let width = slot.shape[slot.shape.rank - 1]
    let (rows, column) = (slot.shape.count / width, unit % width)
    var chosen = Array(0..<rows)
    if let weight = focus.weight {
      chosen = [weight]
    } else if rows > Self.fewInputs {
      func size(_ row: Int) -> Double { abs(step.trace.gradients[start + row * width + column]) }
      chosen = Array(chosen.sorted { (size($1), $0) < (size($0), $1) }.prefix(4)).sorted()
    }
    return chosen.map { row in
      let place = row * width + column
      return (start + place, row, slot.shape.rank > 2 ? slot.shape.place(place) : "\(row), \(unit)")
    }
  }

  func hint(_ node: Network.Node) -> String {
    focus.layer == nil && !node.parameters.isEmpty ? "  (of=\(node.name) spells it out)" : ""
  }

  // MARK: Formulas

  private func forwardFormula(_ index: Int, _ node: Network.Node) -> Page.Line {
    let title = "\(node.name) (\(node.inputShape) to \(node.outputShape))"
    let own =
      (step.layers[index] ?? .word(node.layer.kind)).formula
    guard let name = node.layer.activation?.name, name != "linear" else {
      return .formula(
        "\(title): \(own.text), a = z",
        latex: own.latex.isEmpty ? "" : own.latex + ", \\quad a = z")
    }
    let formula = catalog.activations.first { $0.name == name }?.formula.map(Self.body)
    let what = formula.map { ", \(name)(x) = \($0)" } ?? ""
    let latex = ActivationSpelling.latex[name].map { " = " + $0.value } ?? ""
    return .formula(
      "\(title): \(own.text), a = \(name)(z)\(what)",
      latex: own.latex.isEmpty
        ? "" : "\(own.latex), \\quad a = \\mathrm{\(Self.latexName(name))}(z)\(latex)")
  }

  /// Markdown would take a backslash before an underscore for its own.
  private static func latexName(_ name: String) -> String { name.replacing("_", with: "~") }

  /// `1 / (1 + exp(-x))` of `def sigmoid(x) = 1 / (1 + exp(-x))`; a longer form as it is.
  static func body(_ definition: String) -> String {
    guard let sign = definition.firstRange(of: ") = "), !definition.contains("\n") else {
      return definition
    }
    return String(definition[sign.upperBound...])
  }

  mutating func add(_ line: Page.Line) { page.lines.append(line) }
}
