extension Tensor {
  /// What stands for one axis between the brackets of `W[0, 1..2]`.
  public enum Index: Sendable, Equatable {
    /// One place, which takes the axis away; -1 is the last.
    case at(Int)
    /// From the first to the last place, both included; `nil` is the end of the axis.
    case range(Int?, Int?)
  }

  /// The part that indices choose; axes without one are kept whole.
  ///
  /// - Throws: `EngineError.invalid` for more indices than axes or a place that is not there.
  public subscript(indices: [Index]) -> Tensor {
    get throws(EngineError) {
      let part = try self.part(indices)
      return Tensor(
        shape: part.shape,
        elements: Tensor.filled(part.shape.count) { out in
          Tensor.walk(part.shape, part.steps) { out[$0] = elements[part.start + $1] }
        })
    }
  }

  /// Replaces the part that indices choose by a number or a tensor of its shape.
  ///
  /// - Throws: `EngineError.invalid` where the part is not there or has another shape.
  public mutating func assign(_ value: Tensor, at indices: [Index]) throws(EngineError) {
    let part = try self.part(indices)
    let repeats = value.elements.count == 1
    guard repeats || value.shape == part.shape else {
      throw .invalid("the part has \(part.shape), the value \(value.shape)")
    }
    // Taken out for the time of writing, so that the array is not copied for each place.
    var target = elements
    elements = [Float](repeating: 0, count: shape.count)
    Tensor.walk(part.shape, part.steps) {
      target[part.start + $1] = value.elements[repeats ? 0 : $0]
    }
    elements = target
  }

  /// Tensors one after the other along an axis.
  ///
  /// - Throws: `EngineError.invalid` where the other axes differ.
  public static func concatenate(
    _ tensors: [Tensor], axis given: Int = 0
  ) throws(EngineError) -> Tensor {
    guard let first = tensors.first else { throw .invalid("there is nothing to put together") }
    let rank = first.shape.rank
    let axis = given < 0 ? given + rank : given
    guard 0..<rank ~= axis else {
      throw .invalid("a tensor of \(first.shape) has no axis \(given)")
    }
    var sizes = first.shape.sizes
    sizes[axis] = 0
    for tensor in tensors {
      var others = tensor.shape.sizes
      guard others.count == rank else {
        throw .invalid("\(first.shape) and \(tensor.shape) have different numbers of axes")
      }
      sizes[axis] += others[axis]
      others[axis] = first.shape[axis]
      guard others == first.shape.sizes else {
        throw .invalid("\(first.shape) and \(tensor.shape) differ in another axis than \(given)")
      }
    }
    let target = try Shape(checking: sizes, for: "the joined tensor")
    try Allowance.admit(4 * target.count, for: "the joined tensor")
    let outer = sizes[..<axis].reduce(1, *)
    var elements: [Float] = []
    elements.reserveCapacity(target.count)
    for o in 0..<outer {
      try Allowance.proceed()
      for tensor in tensors {
        let run = tensor.shape.sizes[axis...].reduce(1, *)
        elements.append(contentsOf: tensor.elements[o * run..<(o + 1) * run])
      }
    }
    return Tensor(shape: target, elements: elements)
  }

  private func part(
    _ indices: [Index]
  ) throws(EngineError) -> (shape: Shape, start: Int, steps: [Int]) {
    guard indices.count <= shape.rank else {
      throw .invalid("\(indices.count) indices for a tensor of \(shape)")
    }
    let own = Tensor.strides(of: shape)
    var (sizes, steps, start) = ([Int](), [Int](), 0)
    for axis in 0..<shape.rank {
      let length = shape[axis]
      func place(_ given: Int) throws(EngineError) -> Int {
        let index = given < 0 ? given + length : given
        guard 0..<length ~= index else {
          throw .invalid("index \(given) is outside an axis of \(length) places")
        }
        return index
      }
      switch axis < indices.count ? indices[axis] : .range(nil, nil) {
      case .at(let given):
        start += try place(given) * own[axis]
      case .range(let first, let last):
        let from = try first.map { given throws(EngineError) in try place(given) } ?? 0
        let to = try last.map { given throws(EngineError) in try place(given) } ?? length - 1
        start += from * own[axis]
        sizes.append(max(0, to - from + 1))
        steps.append(own[axis])
      }
    }
    return (Shape(sizes), start, steps)
  }
}
