/// Loops over the places of a shape, for operands that stand there with other distances.
struct CLoops {
  /// Sizes of the loops, outer first; axes that all operands go through in one stride are one.
  private(set) var sizes: [Int] = []
  /// For each operand the distance from one place to the next, a number for each loop.
  private(set) var strides: [[Int]]

  /// - Parameter strides: for each operand how far it goes along each axis; 0 where it repeats.
  init(_ shape: [Int], _ strides: [[Int]]) {
    self.strides = strides.map { _ in [] }
    for axis in shape.indices where shape[axis] != 1 {
      let isJoined =
        !sizes.isEmpty
        && strides.indices.allSatisfy {
          (self.strides[$0].last ?? 0) == strides[$0][axis] * shape[axis]
        }
      if isJoined, let last = sizes.indices.last {
        sizes[last] *= shape[axis]
        for operand in strides.indices { self.strides[operand][last] = strides[operand][axis] }
      } else {
        sizes.append(shape[axis])
        for operand in strides.indices { self.strides[operand].append(strides[operand][axis]) }
      }
    }
  }

  /// Where an operand's number stands in the innermost loop, such as `i0 * 4 + i1`.
  ///
  /// - Parameter depth: how many of the loops are open.
  func index(of operand: Int, depth: Int? = nil, from start: Int = 0) -> String {
    var terms: [String] = start == 0 ? [] : ["\(start)"]
    for (loop, stride) in strides[operand].prefix(depth ?? sizes.count).enumerated()
    where stride != 0 {
      terms.append(stride == 1 ? "i\(loop)" : "i\(loop) * \(stride)")
    }
    return terms.isEmpty ? "0" : terms.joined(separator: " + ")
  }

  /// How an operand's axes go along a result's: from the last one on, with 0 where it has none.
  static func strides(of sizes: [Int], along shape: [Int]) -> [Int] {
    let own = Shape(sizes).strides
    return shape.indices.map { axis in
      let place = axis - (shape.count - sizes.count)
      return place < 0 || sizes[place] == 1 ? 0 : own[place]
    }
  }
}
