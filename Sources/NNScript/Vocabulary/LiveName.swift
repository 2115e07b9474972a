import NNEngine

/// A name that formulas of `train` may use, such as `epoch` in `lr=0.1 * 0.95^epoch`.
struct LiveName {
  var name: String
  /// One sentence for help.
  var summary: String

  /// Those that every training has from its start.
  static let always = ["epoch", "epochs", "lr", "seconds", "losses"]

  /// All of them: the training's own, and every metric of the catalog.
  static func all(_ catalog: Catalog) -> [LiveName] {
    [
      LiveName(
        name: "epoch",
        summary: "The epoch about to begin for `lr=`, the one just finished for `until=`; from 1, "
          + "and going on over several trainings."),
      LiveName(
        name: "epochs",
        summary: "The number of the last epoch; a training without `epochs=` whose `lr=` speaks "
          + "of it takes as many as make 10 epochs and 3,000 steps."),
      LiveName(
        name: "lr",
        summary: "The step size of the last epoch, the optimiser's own before the first."),
      LiveName(name: "seconds", summary: "Seconds since this training began."),
      LiveName(
        name: "losses",
        summary: "The losses of all epochs so far, a list: of the validation part where there is "
          + "one."),
      LiveName(name: "loss", summary: "The training loss of the last epoch."),
      LiveName(name: "val_loss", summary: "The validation loss of the last epoch."),
    ]
      + catalog.metrics.flatMap { metric in
        [
          LiveName(
            name: metric.name, summary: "The training part's `\(metric.name)` in the last epoch."),
          LiveName(
            name: "val_" + metric.name,
            summary: "The validation part's `\(metric.name)` in the last epoch."),
        ]
      }
  }
}
