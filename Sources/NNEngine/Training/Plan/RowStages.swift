/// The way of a tile of rows up through all passes and down again, cut where all tiles must meet.
///
///     stage    0          1             2 (middle)           3             4
///     passes   a b ┊ c    B d ┊ e       E f ─ loss ─ f ┊     E d ┊         B a
///                  └ B gathers └ E gathers           └ E gathers └ B gathers
///
/// Here `B` and `E` are passes that wait: each gathers at the end of one stage and goes on in the
/// next. Without any there is one stage, the whole way.
struct RowStages {
  /// How many stages there are.
  let count: Int
  /// The stage that reaches the end of the network.
  let middle: Int

  private let learns: Bool
  private let passes: [any LayerPass]
  /// The passes that wait, with their places.
  private let waiting: [any BatchPass]
  private let places: [Int]

  /// - Parameter learns: whether there is a way back.
  init(_ passes: [any LayerPass], learns: Bool) {
    self.learns = learns
    self.passes = passes
    var waiting: [any BatchPass] = []
    var places: [Int] = []
    for (place, pass) in passes.enumerated() {
      guard let pass = pass as? any BatchPass, pass.waits else { continue }
      waiting.append(pass)
      places.append(place)
    }
    self.waiting = waiting
    self.places = places
    middle = places.count
    // Without a way back the middle is the end, and `backward` has nothing to do there.
    count = learns ? 2 * places.count + 1 : places.count + 1
  }

  /// A tile's way forward in a stage.
  func forward(_ stage: Int, _ rows: Range<Int>, tile: Int, step: UInt64) {
    guard stage <= middle else { return }
    let end = stage < middle ? places[stage] : passes.count
    for index in (stage == 0 ? 0 : places[stage - 1])..<end {
      passes[index].forward(rows: rows, step: step)
    }
    if stage < middle { waiting[stage].gather(rows: rows, tile: tile) }
  }

  /// A tile's way back in a stage.
  func backward(_ stage: Int, _ rows: Range<Int>, tile: Int, step: UInt64) {
    guard learns, stage >= middle else { return }
    let next = 2 * middle - stage
    let start = stage == middle ? passes.count : places[next] + 1
    let end = next == 0 ? 0 : places[next - 1] + 1
    // Counted up: a reversed range would allocate in a build without optimisation.
    for index in 0..<start - end { passes[start - 1 - index].backward(rows: rows, step: step) }
    if next > 0 { waiting[next - 1].gatherBackward(rows: rows, tile: tile) }
  }

  /// What is done where all tiles have met.
  func meet(after stage: Int, rows: Int, tiles: Int) {
    if stage < middle {
      waiting[stage].settle(rows: rows, tiles: tiles)
    } else if learns, stage < count - 1 {
      waiting[2 * middle - stage - 1].settleBackward(rows: rows, tiles: tiles)
    }
  }
}
