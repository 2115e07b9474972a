import NNEngine

// Ways that part and meet. Layers stand in one row, a join behind the layers of its blocks:
//
//     layer dense 8 relu
//     residual {                 dense1  dense2  batchnorm1  residual1  dense3
//       layer dense 8                    └── its block of 2 ──┘
//       layer batchnorm
//     }
//     layer dense 3
//
// So names count through, a layer added last is the last, and the row with the sizes of the blocks
// says which layer reads which.

extension Blueprint {
  /// The blocks of a join.
  struct Blocks: Hashable {
    /// How many layers each holds, those of blocks within it included.
    var sizes: [Int]
    /// Whether what goes into the blocks also goes around them.
    var hasWayAround: Bool

    var count: Int { sizes.reduce(0, +) }
  }

  /// A join whose blocks are being written.
  struct OpenJoin {
    /// The word that began it.
    var word: Name
    /// Where in the row each block begins.
    var starts: [Int] = []
    /// The layer that its blocks read; `Network.input` for what the network is given.
    var source = Network.input
  }

  /// Blocks within blocks, at most.
  static let deepestBlock = 64

  /// Which layers each reads, by their places; `Network.input` for what the network is given.
  func inputs(of parts: [Part]) -> [[Int]] {
    var inputs = [[Int]](repeating: [], count: parts.count)
    var source = Network.input
    var place = 0
    for join in open {
      // What stands before the join, then its finished blocks, all from where it begins.
      guard let first = join.starts.first, let last = join.starts.last else { continue }
      source = Self.connect(parts, place..<first, from: source, &inputs)
      for (start, end) in zip(join.starts, join.starts.dropFirst()) {
        _ = Self.connect(parts, start..<end, from: source, &inputs)
      }
      place = last
    }
    _ = Self.connect(parts, place..<parts.count, from: source, &inputs)
    return inputs
  }

  /// Connects part of the row and says which of it is the last to give something.
  private static func connect(
    _ parts: [Part], _ range: Range<Int>, from source: Int, _ inputs: inout [[Int]]
  ) -> Int {
    var source = source
    for piece in pieces(of: parts, range) {
      let place = piece.upperBound - 1
      if let blocks = parts[place].blocks {
        var start = piece.lowerBound
        inputs[place] = blocks.sizes.map { size in
          defer { start += size }
          return connect(parts, start..<start + size, from: source, &inputs)
        }
        if blocks.hasWayAround { inputs[place].append(source) }
      } else {
        inputs[place] = [source]
      }
      source = place
    }
    return source
  }

  /// The layers that follow one after the other, a join with all that its blocks hold as one.
  static func pieces(of parts: [Part], _ range: Range<Int>) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var end = range.upperBound
    while end > range.lowerBound {
      let start = end - 1 - (parts[end - 1].blocks?.count ?? 0)
      pieces.append(start..<end)
      end = start
    }
    return pieces.reversed()
  }

  /// The layers as the engine builds them.
  static func elements(of parts: [Part]) -> [Network.Element] {
    zip(parts, Blueprint().inputs(of: parts)).map { part, inputs in
      Network.Element(part.layer, part.options, inputs: inputs)
    }
  }

  /// The lines that make the layers.
  ///
  /// - Parameter line: what stands for the layer at a place: its own line, unless said otherwise.
  static func lines(of parts: [Part], line: ((Int) -> String)? = nil) -> [String] {
    let line = line ?? { parts[$0].line.text }
    return tree(of: parts) { place, blocks -> [String] in
      guard !blocks.isEmpty else { return [line(place)] }
      return ["\(line(place)) {"]
        + blocks.map { $0.map { "  \($0)" } }.joined(separator: ["} {"]) + ["}"]
    }
  }

  /// The layers as they stand in each other.
  ///
  /// - Parameter make: what stands for the layer at a place, given what stands for each of its
  ///   blocks.
  static func tree<Node>(
    of parts: [Part], _ make: (_ place: Int, _ blocks: [[Node]]) -> [Node]
  ) -> [Node] {
    func nodes(_ range: Range<Int>) -> [Node] {
      pieces(of: parts, range).flatMap { piece -> [Node] in
        let place = piece.upperBound - 1
        var start = piece.lowerBound
        let blocks = (parts[place].blocks?.sizes ?? []).map { size in
          defer { start += size }
          return nodes(start..<start + size)
        }
        return make(place, blocks)
      }
    }
    return nodes(0..<parts.count)
  }

  // MARK: While blocks are written

  /// Begins a join.
  mutating func begin(_ word: Name) {
    let source = source()
    open.append(OpenJoin(word: word, source: source))
  }

  /// Begins its next block.
  mutating func beginBlock() {
    guard !open.isEmpty else { return }
    open[open.count - 1].starts.append(parts.count)
  }

  /// The most layers that copies of a block may have together.
  static let mostCopies = 100_000

  /// How many layers an only block of the innermost join has.
  var onlyBlockCount: Int {
    guard let start = open.last?.starts.first, open.last?.starts.count == 1 else { return 0 }
    return parts.count - start
  }

  /// Follows an only block of the innermost join by copies of it, so that there are so many in all.
  /// Names given to its layers get a number in the copies.
  mutating func repeatBlock(_ count: Int) {
    guard onlyBlockCount > 0 else { return }
    let block = Array(parts.suffix(onlyBlockCount))
    for copy in 2...max(2, count) {
      beginBlock()
      parts += block.map { part in
        var part = part
        part.options.name = part.options.name.map { "\($0)_\(copy)" }
        return part
      }
    }
  }

  /// Ends a join: its layer follows those of its blocks.
  ///
  /// A way around an only block gets a convolution where the block gives a picture of another shape.
  ///
  /// - Parameter input: what the network is given, if it is known.
  /// - Returns: the line of that convolution.
  @discardableResult
  mutating func end(_ join: Part, hasWayAround: Bool, from input: Shape?) -> Declaration? {
    let projection = hasWayAround ? input.flatMap { self.projection(from: $0) } : nil
    if let projection {
      beginBlock()
      add(projection)
    }
    guard let ended = open.popLast() else { return nil }
    let starts = ended.starts
    // What stands in a second block is the way around.
    let hasWayAround = hasWayAround && starts.count < 2
    let inputs = inputs(ofJoin: starts, from: ended.source, hasWayAround: hasWayAround)
    var join = join
    join.blocks = Blocks(
      sizes: zip(starts, starts.dropFirst() + [parts.count]).map { $1 - $0 },
      hasWayAround: hasWayAround)
    add(join, reading: inputs)
    return projection?.line
  }

  /// A convolution of 1x1 that gives a picture the shape of what the only block of the innermost
  /// join makes of it; `nil` where that needs none, or where none can.
  private mutating func projection(from input: Shape) -> Part? {
    guard let join = open.last, join.starts.count == 1, join.starts[0] < parts.count,
      let around = try? ownRow().shape(behind: join.source, parts, from: input).picture,
      let inner = try? lastShape(from: input), around != inner, around.rank == 3, inner.rank == 3,
      around.count > 0, inner.count > 0
    else { return nil }
    let strides = (0..<2).map { (around[$0] + inner[$0] - 1) / inner[$0] }
    let layer = Convolution(filters: inner[2], window: Window([1, 1], stride: strides))
    guard (try? layer.outputShape(for: around, name: "")) == inner else { return nil }
    var line = Declaration(
      word: "layer", member: "conv",
      settings: [
        .init(name: "filters", value: .number(Double(inner[2])), place: .plain),
        .init(name: "size", value: .size([1, 1]), place: .plain),
      ])
    if strides != [1, 1] {
      let isSquare = strides[0] == strides[1]
      line.settings.append(
        .init(name: "stride", value: isSquare ? .number(Double(strides[0])) : .size(strides)))
    }
    return Part(layer: layer, options: LayerOptions(), line: line, range: nil)
  }

  /// Why a command has to wait that needs the whole network.
  func complaintOfOpenBlock(_ word: Name) -> Diagnostic? {
    guard let join = open.last else { return nil }
    return Diagnostic(
      .misplacedStatement,
      "`\(word.text)` stands in the block of `\(join.word.text)`, where the network has no end yet",
      at: word.range, "needs the whole network",
      secondary: [Diagnostic.Label(join.word.range, "its block is still open")],
      help: ["move it below the block"])
  }
}
