import NNEngine

/// What of a step is spelled out: everything that fits, or one layer, unit or weight.
struct Focus {
  var layer: String?
  var neuron: Int?
  var weight: Int?
}

/// A step in words: formulas, and the same with its numbers put in.
struct Explanation {
  private let step: ExplainedStep
  private let focus: Focus
  private let catalog: Catalog
  private(set) var page = Page()

  /// A layer without a wish for it is spelled out up to so many units and inputs.
  private static let fewUnits = 4
  private static let fewInputs = 8
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
    if sample.rawInput != sample.input {
      add(.numbers("inputs as given: " + list(sample.rawInput)))
      add(.numbers("scaled as for the training: " + list(sample.input)))
    } else {
      add(.numbers("x = " + list(sample.input)))
    }
    add(.numbers("y = " + list(sample.target) + className))
  }

  private var className: String {
    guard case .classes(let codes) = step.sample.examples.targets,
      step.classes.indices.contains(Int(codes[0]))
    else { return "" }
    return "  (\(step.classes[Int(codes[0])]))"
  }

  private mutating func forward() {
    add(.title("forward"))
    for (index, node) in step.network.nodes.enumerated() {
      let seen = step.trace.nodes[index]
      add(.formula(forwardFormula(node), latex: "z = xW + b, \\quad a = f(z)"))
      guard let units = units(of: node) else {
        add(.numbers("a: " + summary(seen.y) + hint(node)))
        continue
      }
      for unit in units {
        if let matrix = slot(node, .weights), node.layer is Dense {
          let weights = column(matrix, unit, step.before)
          let bias = slot(node, .bias).map { step.before[$0.range.lowerBound + unit] }
          let sum = seen.z.isEmpty ? "" : " = \(long(seen.z[unit]))"
          add(.numbers("z[\(unit)] = \(products(seen.x, weights, plus: bias))\(sum)"))
        }
        add(.numbers(output(node, seen, unit)))
      }
      if units.count < seen.y.count { add(.numbers("… \(seen.y.count) units in all")) }
    }
  }

  private func output(_ node: Network.Node, _ seen: Trace.Node, _ unit: Int) -> String {
    guard let name = node.layer.activation?.name, name != "linear", !seen.z.isEmpty else {
      return "a[\(unit)] = \(long(seen.y[unit]))"
    }
    let argument = step.activations[index(of: node)]?.isOfVector == true ? "z" : ""
    return argument.isEmpty
      ? "a[\(unit)] = \(name)(\(long(seen.z[unit]))) = \(long(seen.y[unit]))"
      : "a[\(unit)] = \(name)(z)[\(unit)] = \(long(seen.y[unit]))"
  }

  private mutating func lossPart() {
    let p = step.trace.outputs(step.sample.input)
    let formula = catalog.losses.first { $0.name == step.loss.name }?.formula.map(Self.body)
    add(.title("loss"))
    add(
      .formula(
        "\(step.loss.name)" + (formula.map { ": \($0)" } ?? ""),
        latex: LossSpelling.latex[step.loss.name] ?? ""))
    let spelled =
      p.count <= Self.fewInputs ? LossSpelling.numbers(step.loss.name, step.sample.target, p) : nil
    add(.numbers("L = " + (spelled.map { "\($0) = " } ?? "") + long(step.trace.loss)))
  }

  private mutating func backward() {
    add(.title("backward"))
    let nodes = step.network.nodes
    for index in nodes.indices.reversed() {
      let (node, seen) = (nodes[index], step.trace.nodes[index])
      let isLast = index == nodes.count - 1
      let isFused = isLast && step.loss.ownActivation == node.layer.activation?.name
      add(.formula(backwardFormula(node, isFused), latex: backwardLatex(node, isFused)))
      guard let units = units(of: node) else {
        add(.numbers("dz: " + summary(seen.dz) + hint(node)))
        continue
      }
      let slopes =
        isFused || seen.z.isEmpty
        ? nil : try? step.activations[index]?.slopes(seen.z)
      for unit in units {
        if !isFused {
          add(.numbers("da[\(unit)] = \(arriving(index, unit)) = \(long(seen.dy[unit]))"))
        }
        add(.numbers(delta(node, seen, unit, slopes, isFused)))
        for slot in node.parameters where slot.isFrozen == false {
          gradientLines(node, slot, seen, unit)
        }
      }
    }
  }

  /// The gradient by an output, term by term: from the loss, or over the layers that read it.
  private func arriving(_ index: Int, _ unit: Int) -> String {
    let nodes = step.network.nodes
    if index == nodes.count - 1 {
      let p = step.trace.outputs(step.sample.input)
      return LossSpelling.derivative(step.loss.name, step.sample.target, p, unit)
        ?? "dL/da[\(unit)]"
    }
    let readers = nodes.indices.filter { nodes[$0].inputs.contains(index) }
    guard readers.count == 1, let reader = readers.first,
      let slot = slot(nodes[reader], .weights), nodes[reader].layer is Dense
    else {
      return readers.map { "d\(nodes[$0].name)[\(unit)]" }.joined(separator: " + ")
    }
    let width = slot.shape[1]
    let start = slot.range.lowerBound + unit * width
    return products(step.trace.nodes[reader].dz, Array(step.before[start..<start + width]))
  }

  private func delta(
    _ node: Network.Node, _ seen: Trace.Node, _ unit: Int, _ slopes: [Double]?, _ isFused: Bool
  ) -> String {
    let result = long(seen.dz[unit])
    if isFused {
      let (y, p) = (step.sample.target[unit], seen.y[unit])
      let difference = "\(long(p)) - \(long(y))"
      // A mean over outputs, where each is a yes or no of its own.
      let isMean = step.loss.ownActivation == "sigmoid" && seen.y.count > 1
      return "dz[\(unit)] = " + (isMean ? "(\(difference)) / \(seen.y.count)" : difference)
        + " = \(result)"
    }
    guard let slopes, step.activations[index(of: node)]?.isOfVector != true else {
      return "dz[\(unit)] = \(result)"
    }
    return "dz[\(unit)] = \(long(seen.dy[unit]))·\(long(slopes[unit])) = \(result)"
  }

  private mutating func gradientLines(
    _ node: Network.Node, _ slot: Network.ParameterSlot, _ seen: Trace.Node, _ unit: Int
  ) {
    for place in places(slot, unit) {
      let gradient = long(step.trace.gradients[place.index])
      let name = "d\(slot.name)[\(place.label)]"
      guard node.layer is Dense else {
        add(.numbers("\(name) = \(gradient)"))
        continue
      }
      add(
        .numbers(
          slot.role == .bias
            ? "\(name) = dz[\(unit)] = \(gradient)"
            : "\(name) = \(long(seen.x[place.row]))·\(long(seen.dz[unit])) = \(gradient)"))
    }
    let shown = places(slot, unit).count
    if slot.role == .weights, focus.weight == nil, shown < seen.x.count {
      add(.numbers("… \(seen.x.count) weights in all; these have the greatest gradients"))
    }
  }

  private mutating func update() {
    let rate = Formatting.number(step.rate)
    add(.title("update"))
    let isPlain = step.isUpdateExact
    add(
      .formula(
        isPlain
          ? "\(step.rule.name), lr \(rate): w - lr·dw"
          : "\(step.rule.name), lr \(rate): one step of the rule, in 32 bits",
        latex: isPlain ? "w \\leftarrow w - \\eta \\, \\frac{\\partial L}{\\partial w}" : ""))
    if step.hasSettings {
      add(
        .remark(
          "penalties, smoothing and class weights count in this step, not in the gradients above"))
    }
    for node in step.network.nodes {
      guard let units = units(of: node) else { continue }
      for slot in node.parameters where !slot.isFrozen {
        for unit in units {
          for place in places(slot, unit) {
            let before = long(step.before[place.index])
            let work = isPlain ? " - \(rate)·\(long(step.trace.gradients[place.index]))" : ""
            let sign = isPlain ? " =" : " →"
            add(
              .numbers(
                "\(node.name).\(slot.name)[\(place.label)]: \(before)\(work)\(sign) "
                  + long(step.after[place.index])))
          }
        }
      }
    }
    add(.numbers("the loss goes from \(long(step.trace.loss)) to \(long(step.newLoss))"))
  }

  // MARK: What is shown

  /// The units of a layer to spell out; `nil` for a layer to sum up.
  private func units(of node: Network.Node) -> [Int]? {
    let count = node.outputShape.count
    if let layer = focus.layer {
      guard layer == node.name else { return nil }
      if let neuron = focus.neuron { return [neuron] }
      return Array(0..<min(count, Self.mostUnits))
    }
    guard count <= Self.fewUnits, node.inputShape.count <= Self.fewInputs else { return nil }
    return Array(0..<count)
  }

  /// A parameter's numbers that belong to a unit, with how a script reads them.
  private func places(
    _ slot: Network.ParameterSlot, _ unit: Int
  ) -> [(index: Int, row: Int, label: String)] {
    let start = slot.range.lowerBound
    guard slot.shape.rank == 2 else {
      return focus.weight == nil && slot.shape.count > unit ? [(start + unit, 0, "\(unit)")] : []
    }
    let (rows, width) = (slot.shape[0], slot.shape[1])
    var chosen = Array(0..<rows)
    if let weight = focus.weight {
      chosen = [weight]
    } else if rows > Self.fewInputs {
      func size(_ row: Int) -> Double { abs(step.trace.gradients[start + row * width + unit]) }
      chosen = Array(chosen.sorted { (size($1), $0) < (size($0), $1) }.prefix(4)).sorted()
    }
    return chosen.map { (start + $0 * width + unit, $0, "\($0), \(unit)") }
  }

  private func index(of node: Network.Node) -> Int {
    step.network.nodes.firstIndex { $0.name == node.name } ?? 0
  }

  private func slot(
    _ node: Network.Node, _ role: ParameterDeclaration.Role
  ) -> Network.ParameterSlot? {
    node.parameters.first { $0.role == role }
  }

  private func column(_ slot: Network.ParameterSlot, _ unit: Int, _ values: [Double]) -> [Double] {
    let width = slot.shape[1]
    return (0..<slot.shape[0]).map { values[slot.range.lowerBound + $0 * width + unit] }
  }

  // MARK: Formulas

  private func forwardFormula(_ node: Network.Node) -> String {
    let title = "\(node.name) (\(node.inputShape) to \(node.outputShape))"
    let name = node.layer.activation?.name
    let formula = name.flatMap { name in
      catalog.activations.first { $0.name == name }?.formula.map(Self.body)
    }
    let bend = name == nil || name == "linear" ? "a = z" : "a = \(name ?? "")(z)"
    let what = formula.flatMap { name == "linear" ? nil : ", \(name ?? "")(x) = \($0)" } ?? ""
    if node.layer is Dense { return "\(title): z = x @ W + b, \(bend)\(what)" }
    return "\(title): \(node.layer.kind)" + (name == nil ? "" : ", \(bend)\(what)")
  }

  private func backwardFormula(_ node: Network.Node, _ isFused: Bool) -> String {
    var parts = ["dz = da * \(node.layer.activation?.name ?? "")'(z)"]
    if let text = step.activations[index(of: node)]?.derivativeText {
      parts = [text == "1" ? "dz = da" : "dz = da·f', f' = \(text)"]
    }
    if isFused {
      parts = [
        "dz = a - y, as \(step.loss.name) and \(step.loss.ownActivation ?? "") are taken together"
      ]
    }
    if node.layer is Dense { parts.append("dweights = x·dz, dbias = dz") }
    return "\(node.name): " + parts.joined(separator: "; ")
  }

  private func backwardLatex(_ node: Network.Node, _ isFused: Bool) -> String {
    let delta = isFused ? "\\delta = a - y" : "\\delta = \\frac{\\partial L}{\\partial a} f'(z)"
    return node.layer is Dense
      ? delta + ", \\quad \\frac{\\partial L}{\\partial W} = x^\\top \\delta" : delta
  }

  /// `1 / (1 + exp(-x))` of `def sigmoid(x) = 1 / (1 + exp(-x))`; nothing for a longer form.
  private static func body(_ definition: String) -> String {
    guard let sign = definition.firstRange(of: ") = "), !definition.contains("\n") else {
      return definition
    }
    return String(definition[sign.upperBound...])
  }

  /// `0.05·0.15 + 0.1·0.2 + 0.35`; of many the first three and the last.
  private func products(_ a: [Double], _ b: [Double], plus bias: Double? = nil) -> String {
    var terms = zip(a, b).map { "\(factor($0))·\(factor($1))" }
    if terms.count > Self.fewInputs {
      terms = terms.prefix(3) + ["… \(terms.count - 4) more …"] + [terms[terms.count - 1]]
    }
    if let bias { terms.append(factor(bias)) }
    return terms.joined(separator: " + ")
  }

  private func factor(_ value: Double) -> String { value < 0 ? "(\(long(value)))" : long(value) }

  private func list(_ values: [Double]) -> String {
    let shown = values.prefix(8).map(long).joined(separator: ", ")
    return "[\(shown)\(values.count > 8 ? ", … \(values.count) values" : "")]"
  }

  private func summary(_ values: [Double]) -> String {
    guard values.count > Self.fewUnits else { return list(values) }
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    return
      "\(values.count) values from \(short(values.min() ?? 0)) to \(short(values.max() ?? 0)), "
      + "mean \(short(mean))"
  }

  private func hint(_ node: Network.Node) -> String {
    focus.layer == nil && !node.parameters.isEmpty ? "  (of=\(node.name) spells it out)" : ""
  }

  private func long(_ value: Double) -> String { Formatting.printf("%.10g", value) }
  private func short(_ value: Double) -> String { Formatting.printf("%.4g", value) }

  private mutating func add(_ line: Page.Line) { page.lines.append(line) }
}
