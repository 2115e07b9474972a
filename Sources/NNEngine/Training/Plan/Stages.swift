/// The way of a batch up through all passes and down again, cut where all tiles must meet.
///
/// Mostly a tile is some rows, and goes from one meeting to the next. Two kinds of passes make
/// them meet: one that looks at the whole batch (`B`) gathers at the end of a stage and goes on in
/// the next; between the stages before and behind one that is cut by inputs (`D`), the tiles are
/// its blocks.
///
///     stage    0         1               2          3 (the way turns)        4         5
///     passes   a b ┊ c   B d e           D blocks   D f g ─ loss ─ g f D      D blocks  e d ┊ ...
///                  └ B gathers                                                            └ B gathers
struct Stages {
  /// What the tiles do between two meetings.
  struct Stage {
    /// The passes that tiles of rows take forward.
    var up = 0..<0
    /// Whether the way turns at its upper end, where the loss is.
    var turns = false
    /// The passes that tiles of rows take back, from the last to the first.
    var down = 0..<0
    /// Whether the stage belongs to the way back.
    var isBack = false
    /// Who looks at the tiles' rows at the end.
    var gathers: (any BatchPass)?
    /// Whose blocks are the tiles, in place of rows.
    var blocks: (any BlockPass)?
  }

  /// How many stages there are.
  let count: Int

  private let passes: [any LayerPass]
  private let stages: [Stage]

  /// - Parameter learns: whether there is a way back.
  init(_ passes: [any LayerPass], learns: Bool) {
    self.passes = passes
    var stages: [Stage] = []
    var start = 0
    for (place, pass) in passes.enumerated() {
      if let pass = pass as? any BatchPass, pass.waits {
        stages.append(Stage(up: start..<place, gathers: pass))
        start = place
      } else if let pass = pass as? any BlockPass, !pass.blocks.isEmpty {
        if place > start { stages.append(Stage(up: start..<place)) }
        stages.append(Stage(blocks: pass))
        start = place
      }
    }
    var stage = Stage(up: start..<passes.count, turns: true)
    if learns {
      var end = passes.count
      for (place, pass) in passes.enumerated().reversed() {
        if let pass = pass as? any BatchPass, pass.waits {
          stage.down = place + 1..<end
          stage.gathers = pass
          stages.append(stage)
          stage = Stage(isBack: true)
          end = place + 1
        } else if let pass = pass as? any BlockPass, !pass.blocks.isEmpty, pass.goesOn {
          stage.down = place..<end
          stages.append(stage)
          stages.append(Stage(isBack: true, blocks: pass))
          stage = Stage(isBack: true)
          end = place
        }
      }
      stage.down = 0..<end
    }
    stages.append(stage)
    self.stages = stages
    count = stages.count
  }

  /// Whether a stage is the one in which the way turns.
  func turns(_ stage: Int) -> Bool { stages[stage].turns }

  /// The blocks that are a stage's tiles; `nil` where these are rows.
  func blocks(_ stage: Int) -> [Range<Int>]? { stages[stage].blocks?.blocks }

  /// A tile's way forward in a stage of rows.
  func forward(_ stage: Int, _ rows: Range<Int>, tile: Int, step: UInt64) {
    for index in stages[stage].up { passes[index].forward(rows: rows, step: step) }
    let isDone = !stages[stage].turns && !stages[stage].isBack
    if isDone, let pass = stages[stage].gathers { pass.gather(rows: rows, tile: tile) }
  }

  /// A tile's way back in a stage of rows.
  func backward(_ stage: Int, _ rows: Range<Int>, tile: Int, step: UInt64) {
    let down = stages[stage].down
    // Counted up: a reversed range would allocate in a build without optimisation.
    for index in 0..<down.count {
      passes[down.upperBound - 1 - index].backward(rows: rows, step: step)
    }
    let isDone = stages[stage].turns || stages[stage].isBack
    if isDone, let pass = stages[stage].gathers { pass.gatherBackward(rows: rows, tile: tile) }
  }

  /// A block's way in a stage of blocks.
  func run(_ stage: Int, block: Int, rows: Int) {
    guard let pass = stages[stage].blocks else { return }
    if stages[stage].isBack {
      pass.backward(block: block, rows: rows)
    } else {
      pass.forward(block: block, rows: rows)
    }
  }

  /// What is done where all tiles have met.
  func meet(after stage: Int, rows: Int, tiles: Int) {
    guard let pass = stages[stage].gathers else { return }
    if stages[stage].turns || stages[stage].isBack {
      pass.settleBackward(rows: rows, tiles: tiles)
    } else {
      pass.settle(rows: rows, tiles: tiles)
    }
  }
}
