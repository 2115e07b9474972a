import NNEngine

// The loss of an explained step: as it is reported, and what training makes small where that is
// another number.

extension Explanation {
  mutating func lossPart() {
    let (sample, outputs) = (step.sample, step.trace.outputs(step.sample.input))
    let name = step.loss.name
    add(.title("loss"))
    let formula = definition.map { ": " + Self.overOutputs(Self.body($0)) } ?? ""
    add(.formula(name + formula, latex: LossSpelling.latex[name] ?? ""))
    if let own = sample.ownTarget {
      add(
        .remark(
          "the network learns scaled targets; in their own units y = \(Spelling.list(own)) and "
            + "p = \(Spelling.list(step.ownOutputs))"))
    }
    let plain = spelled(sample.ownTarget ?? sample.target, step.ownOutputs)
    add(.numbers("L = \(plain)\(Spelling.long(step.trace.loss))"))
    learnt(outputs)
  }

  private var definition: String? {
    (step.loss as? any Defined)?.equation.definition
      ?? catalog.losses.first { $0.name == step.loss.name }?.formula
  }

  /// What is one number an output is averaged over them.
  private static func overOutputs(_ formula: String) -> String {
    let isWhole = ["sum(", "mean(", "\n"].contains { formula.contains($0) }
    return isWhole ? formula : "mean(\(formula))"
  }

  private func spelled(_ target: [Double], _ outputs: [Double]) -> String {
    guard outputs.count <= Self.fewInputs else { return "" }
    return LossSpelling.numbers(step.loss.name, target, outputs).map { "\($0) = " } ?? ""
  }

  /// Smoothing, class weights and penalties, each where there are any, and what they sum up to.
  private mutating func learnt(_ outputs: [Double]) {
    let (sample, learning) = (step.sample, step.trainer.learning)
    let weight = sample.weight
    guard
      learning.smoothing > 0 || weight != 1 || !learning.penalties.isEmpty
        || sample.ownTarget != nil
    else { return }
    let data = weight == 0 ? 0 : (step.trace.objective - step.penalty) / weight
    if learning.smoothing > 0 {
      add(
        .remark(
          "smoothing=\(Formatting.number(learning.smoothing)): the gradient sees a target of which "
            + "that share is spread evenly"))
      add(.numbers("y' = " + Spelling.list(sample.learntTarget)))
      add(
        .numbers("L' = \(spelled(sample.learntTarget, outputs))\(Spelling.long(data))"))
    }
    if sample.ownTarget != nil {
      let terms =
        step.loss.seesOwnUnits || !step.loss.settings.isEmpty
        ? "L divided by the square of what targets were divided by = "
        : spelled(sample.learntTarget, outputs)
      add(.numbers("L' = \(terms)\(Spelling.long(data)): so that steps suit any unit"))
    }
    if weight != 1 {
      let name = sample.classCode.flatMap { code in
        step.classes.indices.contains(code) ? step.classes[code] : nil
      }
      add(
        .remark(
          "class_weights: a row of `\(name ?? "")` counts \(Spelling.long(weight)) times"))
    }
    if !step.penalties.isEmpty {
      let text = step.penalties.map(\.text).joined(separator: " + ")
      add(
        .formula(
          "penalty: \(text), summed over all weights, not the biases",
          latex: "\\sum_w " + step.penalties.map(\.latex).joined(separator: " + ")))
      add(.numbers("penalty = \(Spelling.long(step.penalty))"))
    }
    let parts =
      (weight == 1 ? "" : Spelling.long(weight) + "·") + Spelling.long(data)
      + (step.penalties.isEmpty ? "" : " + " + Spelling.long(step.penalty))
    add(
      .numbers("J = \(parts) = \(Spelling.long(step.trace.objective)): what training makes small"))
  }
}
