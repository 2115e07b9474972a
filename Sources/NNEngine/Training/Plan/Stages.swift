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
    /// The tiles, where they are a pass's blocks in place of rows.
    var blocks: Unmanaged<BlockTiles>?
  }

  /// How many stages there are.
  let count: Int

  /// A pass that an array can give away without counting references.
  private final class Place {
    let pass: any LayerPass

    init(_ pass: any LayerPass) { self.pass = pass }
  }

  // Threads would wait for each other's counts, so these hold what the others only name.
  private let places: [Place]
  private let blockTiles: [BlockTiles]
  private let passes: [Unmanaged<Place>]
  private let stages: [Stage]

  /// - Parameters:
  ///   - learns: whether there is a way back.
  ///   - batch: what the first stage gathers.
  init(_ passes: [any LayerPass], learns: Bool, _ batch: BatchRows) {
    places = passes.map { Place($0) }
    self.passes = places.map { .passUnretained($0) }
    var stages: [Stage] = []
    var blockTiles: [BlockTiles] = []
    func blocks(_ tiles: BlockTiles) -> Stage {
      blockTiles.append(tiles)
      return Stage(isBack: tiles.isBack, blocks: .passUnretained(tiles))
    }
    var start = 0
    for (place, pass) in passes.enumerated() {
      if let pass = pass as? any BatchPass, pass.waits {
        stages.append(Stage(up: start..<place, gathers: pass))
        start = place
      } else if let pass = pass as? any BlockPass, pass.blockCount > 0 {
        if place > start { stages.append(Stage(up: start..<place)) }
        let gathers = stages.isEmpty ? batch : nil
        stages.append(blocks(BlockTiles(pass, isBack: false, gathers: gathers)))
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
        } else if let pass = pass as? any BlockPass, pass.blockCount > 0, pass.goesOn {
          stage.down = place..<end
          stages.append(stage)
          stages.append(blocks(BlockTiles(pass, isBack: true, gathers: nil)))
          stage = Stage(isBack: true)
          end = place
        }
      }
      stage.down = 0..<end
    }
    stages.append(stage)
    self.stages = stages
    self.blockTiles = blockTiles
    count = stages.count
  }

  /// Whether a stage is the one in which the way turns.
  func turns(_ stage: Int) -> Bool { stages[stage].turns }

  /// Runs a stage's tiles for the first rows where they are blocks; false where they are rows.
  func runBlocks(_ stage: Int, rows: Int, _ workers: Workers) -> Bool {
    guard let blocks = stages[stage].blocks else { return false }
    blocks._withUnsafeGuaranteedRef { $0.run(rows: rows, workers) }
    return true
  }

  /// A tile's way forward in a stage of rows.
  func forward(_ stage: Int, _ work: RowWork) {
    for index in stages[stage].up where !Allowance.isLeftOut {
      passes[index]._withUnsafeGuaranteedRef { $0.pass.forward(work) }
    }
    let isDone = !stages[stage].turns && !stages[stage].isBack
    if isDone, let pass = stages[stage].gathers { pass.gather(work) }
  }

  /// A tile's way back in a stage of rows.
  func backward(_ stage: Int, _ work: RowWork) {
    let down = stages[stage].down
    // Counted up: a reversed range would allocate in a build without optimisation.
    for index in 0..<down.count where !Allowance.isLeftOut {
      passes[down.upperBound - 1 - index]._withUnsafeGuaranteedRef {
        $0.pass.backward(work)
      }
    }
    let isDone = stages[stage].turns || stages[stage].isBack
    if isDone, let pass = stages[stage].gathers { pass.gatherBackward(work) }
  }

  /// What is done where all tiles have met; the work is all rows.
  func meet(after stage: Int, _ work: RowWork, tiles: Int) {
    guard let pass = stages[stage].gathers else { return }
    if stages[stage].turns || stages[stage].isBack {
      pass.settleBackward(work, tiles: tiles)
    } else {
      pass.settle(work, tiles: tiles)
    }
  }
}

/// The tiles of a stage that is cut by a layer's inputs.
final class BlockTiles: TileWork {
  let isBack: Bool
  private let pass: any BlockPass
  /// Where each block gathers its own inputs first; `nil` where they are there.
  private let batch: BatchRows?
  private var rows = 0

  init(_ pass: any BlockPass, isBack: Bool, gathers batch: BatchRows?) {
    self.pass = pass
    self.isBack = isBack
    self.batch = batch
  }

  /// Runs all blocks for the first rows.
  func run(rows: Int, _ workers: Workers) {
    // What is written is fetched by all threads anew.
    if rows != self.rows { self.rows = rows }
    workers.run(self, tiles: pass.blockCount, shared: true)
  }

  override func run(tile: Int) {
    if isBack {
      pass.backward(block: tile, rows: rows)
    } else {
      batch?.gatherInputs(0..<rows, columns: pass.inputs(ofBlock: tile))
      pass.forward(block: tile, rows: rows)
    }
  }
}
