import NNEngine

/// Lines that mend something, each ready to be typed: several statements side by side where one does
/// not do.
extension Patient {
  /// `train epochs=60 lr=0.01 patience=5`: as long as the last training was, with its step size unless
  /// another is given.
  func training(rate: Double? = nil, patience: Int? = nil, clip: Int? = nil) -> String {
    var line = "train"
    if let epochs = learner.model.lastTraining?.epochs { line += " epochs=\(epochs)" }
    let usual = learner.model.rule?.learningRate ?? learner.trainer.optimizer.defaultLearningRate
    let rate = rate ?? learner.rate
    if rate != usual { line += " lr=\(Formatting.number(Double(Float(rate))))" }
    if let patience { line += " patience=\(patience)" }
    if let clip { line += " clip=\(clip)" }
    return line
  }

  /// Goes on until the loss stops falling; where that was done, or for long, with a layer more.
  func learningMore() -> String {
    let isShort = learner.model.lastTraining?.epochs != nil && learner.model.state.epoch < 100
    if isShort || learner.network.inputShape.rank > 1 { return "train" }
    return rebuilding(first: .dense(16, "relu")) { $1 }
  }

  /// Forgets what was learnt, then trains.
  func trainingAnew(rate: Double? = nil, patience: Int? = nil) -> String {
    "reset; " + training(rate: rate, patience: patience)
  }

  /// `loss crossentropy l2=0.001`: the loss in force, without some of its options.
  func lossLine(without options: [String] = []) -> String {
    let line =
      learner.model.lossLine ?? Declaration(word: "loss", member: learner.trainer.loss.name)
    return line.without(options).text
  }

  /// `model { layer dense 8 relu; layer dense 3 }; train`: the model written anew, then trained.
  ///
  /// - Parameters:
  ///   - first: a layer before all others.
  ///   - change: a layer's line, by its name; the same for what stays.
  func rebuilding(
    first: Declaration? = nil, _ change: (_ layer: String, _ line: Declaration) -> Declaration
  ) -> String {
    let model = learner.model
    let names = Blueprint.names(of: model.blueprint.parts)
    let texts = zip(names, model.blueprint.parts).map { change($0, $1.line).text }
    var lines = Blueprint.lines(of: model.blueprint.parts) { texts[$0] }
      .map { line in String(line.drop { $0 == " " }) }
    if let first { lines.insert(first.text, at: 0) }
    lines += [model.lossLine, model.rule?.line].compactMap { $0?.text }
    // Braces need no semicolon beside them.
    let body = lines.reduce("") { text, line in
      let joint = text.isEmpty || text.hasSuffix("{") || line.hasPrefix("}") ? " " : "; "
      return text + joint + line
    }
    let name = model.name.isEmpty ? "" : " " + model.name
    return "model\(name) {\(body) }; " + training()
  }

  /// The model with another activation in some layers.
  func rebuilding(_ layers: [LayerView], with activation: String) -> String {
    rebuilding { name, line in
      guard layers.contains(where: { $0.name == name }) else { return line }
      return line.with(line.member == "activation" ? "function" : "activation", .word(activation))
    }
  }
}
