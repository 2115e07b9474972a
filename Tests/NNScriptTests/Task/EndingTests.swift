import NNEngine
import Testing

@testable import NNScript

/// Every way a network can end, with every kind of target, under every loss and under none: it learns
/// and gives an answer that is one, or it is refused with lines each of which mends it.
@Suite struct EndingTests {
  struct Cell: CustomStringConvertible {
    var target: Target
    var layer: String?
    var follower: String?
    var loss: String?

    var description: String { script.replacing("\n", with: "; ") }

    /// Rows for which the target can be learnt, and a network that could.
    var script: String {
      let lines = [
        "seed 3", "let xs = [[sin(7 * i), cos(3 * i)] for i in 0..23]",
        "data xs target=\(target.values)", "layer dense 6 tanh", layer, follower, loss,
      ]
      return lines.compactMap { $0 }.joined(separator: "\n")
    }
  }

  /// Targets that follow from the inputs.
  enum Target: String, CaseIterable {
    case twoTexts, threeTexts, wholeNumbers, shares, positive, anyNumbers, labels, severalNumbers

    var values: String {
      switch self {
      case .twoTexts: "[if x[0] > 0 then \"yes\" else \"no\" for x in xs]"
      case .threeTexts:
        "[if x[0] > 0.4 then \"a\" else if x[0] < -0.4 then \"b\" else \"c\" for x in xs]"
      case .wholeNumbers: "[if x[0] > 0.4 then 2 else if x[0] < -0.4 then 0 else 1 for x in xs]"
      case .shares: "[0.5 + 0.4 * x[0] for x in xs]"
      case .positive: "[2 + x[0] for x in xs]"
      case .anyNumbers: "[3 * x[0] - 1.5 for x in xs]"
      case .labels:
        "[[if x[0] > 0 then 1 else 0, if x[1] > 0 then 1 else 0, if x[0] > x[1] then 1 else 0] for x in xs]"
      case .severalNumbers: "[[x[0], 2 * x[1]] for x in xs]"
      }
    }

    /// How many outputs it needs where each has one.
    var width: Int {
      switch self {
      case .threeTexts, .wholeNumbers, .labels: 3
      case .twoTexts, .severalNumbers: 2
      case .shares, .positive, .anyNumbers: 1
      }
    }
  }

  static var cells: [Cell] {
    let catalog = Catalog.standard
    let losses = [nil] + catalog.losses.map { Optional("loss \($0.name)") }
    // Only an activation's range and role count: the first of each meets everything, the others
    // the rest in the size of an output.
    return Target.allCases.flatMap { target in
      catalog.activations.flatMap { entry in
        let activation = entry.name
        let range = (try? entry.makeWithDefaults())?.range ?? .any
        let isFirst = catalog.activations.first { $0.hasRange(range) }?.name == activation
        let sizes = isFirst ? Set([1, target.width, 5]).sorted() : [target.width]
        return sizes.flatMap { units in
          (isFirst ? [nil, "layer dropout 0.3", "layer batchnorm"] : [nil]).flatMap { follower in
            losses.map { loss in
              Cell(
                target: target, layer: "layer dense \(units) \(activation)", follower: follower,
                loss: loss)
            }
          }
        }
      }
    }
  }

  @Test func everyEndingLearnsOrIsRefusedWithALineThatMendsIt() throws {
    var (learnt, refused) = (0, 0)
    for cell in Self.cells {
      switch try outcome(cell.script) {
      case .wrong(let what): Issue.record("\(cell): \(what)")
      case .learnt: learnt += 1
      case .refused(let message, let help):
        refused += 1
        try check(cell, message, help)
      }
    }
    // Both are common; a cell that is neither is recorded above.
    #expect(learnt > 1_000 && refused > 500, "\(learnt) learnt, \(refused) refused")
  }

  private enum Outcome {
    case learnt
    case refused(String, help: [String])
    case wrong(String)
  }

  /// Trains a few steps and looks at the answers.
  private func outcome(_ script: String) throws -> Outcome {
    let session = Session()
    do {
      try session.run(
        """
        \(script)
        train epochs=3 lr=0.01 batch=12 quiet
        let first = evaluate(on=train).loss
        let all = predict(xs)
        """)
    } catch let error as ScriptError {
      guard let diagnostic = error.diagnostics.first else { return .wrong("no diagnostic") }
      guard [.misfit, .shapeMismatch, .undecidedTarget].contains(diagnostic.code) else {
        return .wrong("\(diagnostic.code.rawValue): \(diagnostic.message)")
      }
      return .refused(diagnostic.message, help: diagnostic.help)
    }
    guard let loss = session["first"]?.numberValue, loss.isFinite else { return .wrong("no loss") }
    for answer in session["all"]?.listItems ?? [] {
      if let fault = fault(answer) { return .wrong(fault) }
    }
    let name = session.workspace.model.prepared?.result.loss.name ?? ""
    if ["crossentropy", "binary_crossentropy", "mse"].contains(name), loss < 0 {
      return .wrong("a loss of \(loss)")
    }
    return .learnt
  }

  /// What is wrong with an answer.
  private func fault(_ answer: Value) -> String? {
    func numbers(_ field: String) -> [Double]? {
      answer.recordFields?.first { $0.name == field }?.value.recordFields?
        .compactMap(\.value.numberValue)
    }
    if let probabilities = numbers("probabilities") {
      let sum = probabilities.reduce(0, +)
      let isDistribution = abs(sum - 1) < 1e-5 && probabilities.allSatisfy { 0...1 ~= $0 }
      return isDistribution ? nil : "probabilities \(probabilities)"
    }
    if let scores = numbers("scores") {
      return scores.allSatisfy(\.isFinite) ? nil : "scores \(scores)"
    }
    guard let value = answer.recordFields?.first(where: { $0.name == "value" })?.value else {
      return "neither class nor value"
    }
    let all = value.numberValue.map { [$0] } ?? value.listItems?.compactMap(\.numberValue) ?? []
    return !all.isEmpty && all.allSatisfy(\.isFinite) ? nil : "values \(all)"
  }

  /// Each line of a refusal, typed instead of what was wrong, leads to a training.
  private func check(_ cell: Cell, _ message: String, _ help: [String]) throws {
    let lines = help.flatMap(Self.lines)
    guard !lines.isEmpty else {
      Issue.record("\(cell): refused without a line to type: \(message) \(help)")
      return
    }
    for line in lines {
      var mended = cell
      switch line {
      case _ where line.hasPrefix("layer dropout") || line.hasPrefix("layer batchnorm"):
        mended.follower = nil
      case _ where line.hasPrefix("layer dense"): (mended.layer, mended.follower) = (line, nil)
      default: mended.loss = line
      }
      switch try outcome(mended.script) {
      case .learnt: continue
      // Of two things that are wrong each is told by itself.
      case .refused(let next, _) where next != message: continue
      case .refused: Issue.record("\(cell): `\(line)` does not mend `\(message)`")
      case .wrong(let what): Issue.record("\(cell): with `\(line)` \(what)")
      }
    }
  }

  /// The statements in backquotes of a hint.
  private static func lines(in hint: String) -> [String] {
    hint.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      .filter { $0.hasPrefix("layer ") || $0.hasPrefix("loss ") }
  }
}

extension Spec where Product == any Activation {
  fileprivate func hasRange(_ range: OutputRange) -> Bool {
    (try? makeWithDefaults())?.range == range
  }
}
