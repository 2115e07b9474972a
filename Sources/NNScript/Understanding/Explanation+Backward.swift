import NNEngine

// The way back through an explained step: the chain rule layer by layer, then the update.

extension Explanation {
  mutating func backward() {
    add(.title("backward"))
    let nodes = step.network.nodes
    for index in nodes.indices.reversed() {
      let (node, seen) = (nodes[index], step.trace.nodes[index])
      let isJoint = index == nodes.count - 1 && step.isJoint
      add(backwardFormula(index, node, isJoint))
      guard let units = units(of: node) else {
        add(.numbers("dz: " + Spelling.summary(seen.dz, few: Self.fewUnits) + hint(node)))
        continue
      }
      let slopes =
        isJoint || seen.z.isEmpty || step.activations[index]?.isOfVector == true
        ? nil : step.activations[index]?.slopes(seen.z)
      for unit in units {
        let place = node.outputShape.place(unit)
        if !isJoint {
          add(
            .numbers(
              "da[\(place)] = \(arriving(index, unit).map { "\($0) = " } ?? "")"
                + Spelling.long(seen.dy[unit])))
        }
        let work = delta(index, seen, unit, slopes, isJoint).map { "\($0) = " } ?? ""
        // A layer that neither bends nor learns passes on what arrives.
        if !work.isEmpty || node.layer.activation != nil || !node.parameters.isEmpty {
          add(.numbers("dz[\(place)] = \(work)\(Spelling.long(seen.dz[unit]))"))
        }
        for slot in node.parameters where !slot.isFrozen {
          gradientLines(index, slot, seen, unit)
        }
      }
    }
  }

  /// The gradient by an output, term by term: from the loss, or over the layers that read it.
  private func arriving(_ index: Int, _ unit: Int) -> String? {
    let nodes = step.network.nodes
    if index == nodes.count - 1 {
      if step.sample.ownTarget != nil, step.loss.seesOwnUnits { return nil }
      let p = step.trace.outputs(step.sample.input)
      let terms = LossSpelling.derivative(
        step.loss.name, step.sample.learntTarget, p, unit)
      return terms.map(weighed)
    }
    let ways = nodes.indices.flatMap { reader in
      nodes[reader].inputs.indices.filter { nodes[reader].inputs[$0] == index }.map {
        (reader: reader, input: $0)
      }
    }
    let terms = ways.map { reader, _ -> String? in
      step.layers[reader]?.terms(back: unit, step.trace.nodes[reader], step.before)
    }
    // A number that comes back as it is needs no terms.
    if terms.count == 1 { return terms[0] }
    return zip(ways, terms).map { way, terms in
      let seen = step.trace.nodes[way.reader]
      let name = "d\(nodes[way.reader].name)[\(nodes[index].outputShape.place(unit))]"
      return terms ?? (seen.dx.isEmpty ? name : Spelling.factor(seen.dx[way.input][unit]))
    }.joined(separator: " + ")
  }

  private func weighed(_ terms: String) -> String {
    step.sample.weight == 1 ? terms : "\(Spelling.long(step.sample.weight))·(\(terms))"
  }

  private func delta(
    _ index: Int, _ seen: Trace.Node, _ unit: Int, _ slopes: [Double]?, _ isJoint: Bool
  ) -> String? {
    if isJoint {
      let (y, p) = (step.sample.learntTarget, seen.y[unit])
      // The targets' sum is 1 for a class.
      let whole = y.reduce(0, +)
      let share = step.loss.ownActivation == "softmax" && abs(whole - 1) > 1e-12
      let difference =
        (share ? "\(Spelling.long(whole))·" : "")
        + "\(Spelling.long(p)) - \(Spelling.factor(y[unit]))"
      // A mean over outputs, where each is a yes or no of its own.
      let isMean = step.loss.ownActivation == "sigmoid" && seen.y.count > 1
      return weighed(isMean ? "(\(difference)) / \(seen.y.count)" : difference)
    }
    guard let activation = step.activations[index], activation.name != "linear" else { return nil }
    if activation.name == "softmax",
      seen.y.count == step.network.nodes[index].outputShape.sizes.last
    {
      return ActivationSpelling.softmaxBack(seen.y, seen.dy, unit)
    }
    return slopes.map { "\(Spelling.factor(seen.dy[unit]))·\(Spelling.factor($0[unit]))" }
  }

  private mutating func gradientLines(
    _ index: Int, _ slot: Network.ParameterSlot, _ seen: Trace.Node, _ unit: Int
  ) {
    // Over several vectors of a sample the gradient is a sum, whose parts only windows tell.
    var isOneTerm = step.network.nodes[index].outputShape.rank == 1
    if case .window? = step.layers[index] { isOneTerm = true }
    let places = places(slot, unit)
    for place in places {
      var terms =
        isOneTerm
        ? step.layers[index]?.terms(slot.role, row: place.row, unit, seen) : nil
      if slot.role == .weights, !step.penalties.isEmpty, let own = terms {
        terms = ([own] + step.penalties.map { $0.slopeText(step.before[place.index]) })
          .joined(separator: " + ")
      }
      add(
        .numbers(
          "d\(slot.name)[\(place.label)] = \(terms.map { "\($0) = " } ?? "")"
            + Spelling.long(step.trace.gradients[place.index])))
    }
    let all = slot.shape.count / max(1, slot.shape.sizes.last ?? 1)
    if slot.shape.isOfColumns, focus.weight == nil, places.count < all {
      add(.numbers("… \(all) weights in all; these have the greatest gradients"))
    }
  }

  private func backwardFormula(_ index: Int, _ node: Network.Node, _ isJoint: Bool) -> Page.Line {
    let name = node.layer.activation?.name ?? "linear"
    var (text, latex) = ("dz = da·\(name)'(z)", "\\delta = \\frac{\\partial L}{\\partial a} f'(z)")
    if isJoint {
      let isMean = step.loss.ownActivation == "sigmoid" && node.outputShape.count > 1
      let factor = step.sample.weight == 1 ? "" : "weight·"
      let target = step.trainer.learning.smoothing > 0 ? "y'" : "y"
      let isWhole = factor.isEmpty && !isMean
      let difference = isWhole ? "a - \(target)" : "(a - \(target))"
      text =
        "dz = \(factor)\(difference)\(isMean ? " / n" : ""), as \(step.loss.name) and \(name) "
        + "are taken together"
      latex = "\\delta = \(factor.isEmpty ? "" : "c \\cdot ")\(difference)\(isMean ? " / n" : "")"
    } else if name == "linear" {
      (text, latex) = ("dz = da", "\\delta = \\frac{\\partial L}{\\partial a}")
    } else if name == "softmax" {
      text = "dz = a·(da - sum(da·a))"
      latex =
        "\\delta_i = a_i \\left( \\frac{\\partial L}{\\partial a_i} - \\sum_j "
        + "\\frac{\\partial L}{\\partial a_j} a_j \\right)"
    } else if let slope = step.activations[index]?.derivativeText {
      text = "dz = da·f', f' = \(slope)"
      latex += ActivationSpelling.latex[name].map { ", \\quad f'(z) = \($0.slope)" } ?? ""
    }
    if let own = step.layers[index]?.gradientFormula {
      text += "; " + own.text
      latex += ", \\quad " + own.latex
    }
    return .formula("\(node.name): \(text)", latex: latex)
  }

  // MARK: Update

  mutating func update() {
    let rate = Formatting.number(step.rate)
    let isPlain = step.isUpdateExact
    add(.title("update"))
    add(
      .formula(
        "\(step.rule.name), lr \(rate)" + (isPlain ? ": w - lr·dw" : ""),
        latex: isPlain ? "w \\leftarrow w - \\eta \\frac{\\partial L}{\\partial w}" : ""))
    if !isPlain { rule() }
    for node in step.network.nodes {
      guard let units = units(of: node) else { continue }
      for slot in node.parameters where !slot.isFrozen {
        for unit in units {
          for place in places(slot, unit) {
            let before = Spelling.long(step.before[place.index])
            let work =
              isPlain ? " - \(rate)·\(Spelling.factor(step.trace.gradients[place.index])) =" : " →"
            add(
              .numbers(
                "\(node.name).\(slot.name)[\(place.label)]: \(before)\(work) "
                  + Spelling.long(step.after[place.index])))
          }
        }
      }
    }
    add(
      .numbers(
        "the loss goes from \(Spelling.long(step.trace.loss)) to \(Spelling.long(step.newLoss))"))
    if step.trace.objective != step.trace.loss {
      add(
        .numbers(
          "J goes from \(Spelling.long(step.trace.objective)) to "
            + Spelling.long(step.newObjective)))
    }
  }

  /// The formula of a rule that keeps something between steps; its numbers are the engine's.
  private mutating func rule() {
    let definition =
      (step.rule as? any Defined)?.equation.definition
      ?? catalog.optimizers.first { $0.name == step.rule.name }?.formula
    if let definition { add(.definition(definition)) }
    add(
      .remark(
        "one step of it from where the training stands, in 32 bits; only the new weights are shown"
      ))
  }
}
