import NNEngine

extension CommandEntry {
  /// All commands in the order help lists them. A new command is one line here.
  static func standard(_ catalog: Catalog) -> [CommandEntry] {
    let all: [CommandEntry] = [
      .data, .augment, .input, .layer(catalog), .residual, .branch, .ensemble, .model, .use,
      .loss(catalog),
      .optimizer(catalog), .metric, .train, .evaluate, .predict, .show, .plot, .report, .save,
      .load,
      .reset, .seed, .print, .assert, .sweep, .lrfind, .compare, .diagnose, .explain,
      .gradcheck, .time, .param, .state, .include, .undo, .history, .timer, .help, .quit,
    ]
    for command in all { command.givesValue = !withoutValue.contains(command.name) }
    return all
  }

  /// Commands whose result nobody can use.
  private static let withoutValue: Set<String> = [
    "augment", "input", "layer", "residual", "branch", "ensemble", "use", "loss", "optimizer",
    "metric", "show", "plot", "report", "save", "load", "reset", "seed", "print", "assert", "param",
    "state",
    "include", "undo", "history", "timer", "help", "quit",
  ]

  /// What examples of commands stand on: data and a layer to work with.
  static let examplePreamble = "data iris test=20%\nlayer dense 8 relu\n"
}
