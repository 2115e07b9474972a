extension CommandEntry {
  /// All commands in the order help lists them. A new command is one line here.
  static var standard: [CommandEntry] {
    [
      .data, .input, .layer(), .model, .use, .loss(), .optimizer(), .metric, .train, .evaluate,
      .predict, .show, .save, .load, .reset, .seed, .print, .assert, .sweep, .time, .param,
      .include, .help, .quit,
    ]
  }

  /// What examples of commands stand on: data and a layer to work with.
  static let examplePreamble = "data iris test=20%\nlayer dense 8 relu\n"
}
