import NNEngine

/// The current model with all it learns with, for commands that look at its learning and change
/// nothing: data in the right reading, a network that fits, a trainer.
struct Learner {
  var model: Model
  var network: Network
  var data: Dataset
  var trainer: Trainer
  /// The step size in force: of the last epoch, else of `optimizer`, else the rule's own.
  var rate: Double

  /// - Parameter lack: what the command has not without data: `has nothing to try`.
  /// - Throws: a diagnostic or `EngineError`.
  init(_ context: CommandContext, _ lack: String) throws {
    let prepared = try context.prepare(lack)
    model = context.session.workspace.model
    guard let network = model.network, let preprocessing = model.preprocessing else {
      throw Diagnostic(
        .noModel, "`\(context.site.word.text)` \(lack)", at: context.site.word.range)
    }
    self.network = network
    data = prepared.data
    trainer = try context.trainer(for: prepared, preprocessing)
    metrics = try context.metrics(
      for: prepared, ofNumbers: [MeanAbsoluteError(), Determination()])
    rate =
      model.history.last?.learningRate ?? model.rule?.learningRate
      ?? trainer.optimizer.defaultLearningRate
  }

  /// What is measured besides the loss.
  var metrics: ChosenMetrics
}

extension CommandContext {
  /// The current model's loss with all it was given, and its optimiser.
  ///
  /// - Throws: a diagnostic where class weights do not fit the classes.
  func trainer(for prepared: Prepared, _ preprocessing: Preprocessing) throws -> Trainer {
    let model = session.workspace.model
    var trainer = Trainer(
      loss: prepared.loss,
      learning: try model.blueprint.lossSettings.learning(
        for: prepared.data, at: site.word.range),
      optimizer: try model.rule?.optimizer ?? standardRule(), preprocessing: preprocessing)
    trainer.augmentation = model.blueprint.augmentation
    return trainer
  }
}
