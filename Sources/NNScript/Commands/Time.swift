import NNEngine

extension CommandEntry {
  static var time: CommandEntry {
    CommandEntry(
      Spec("time", "Runs a block and returns the seconds it took.", example: "time { print 1 }") {
        { context in
          let start = ContinuousClock.now
          try context.run(context.blocks[0])
          let seconds = (ContinuousClock.now - start).seconds
          context.printed = Formatting.seconds(seconds)
          return .number(seconds)
        }
      }, blocks: Blocks(count: 1...1, runsOnce: true))
  }
}

extension Duration {
  /// As a number of seconds.
  var seconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
