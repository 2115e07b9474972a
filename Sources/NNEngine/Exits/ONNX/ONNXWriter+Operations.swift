// Each primitive as nodes of ONNX. `N` stands for the rows.

extension ONNXWriter {
  // MARK: Sums of products

  mutating func write(
    _ rule: ProductOperation, _ a: Operations.Ref, _ b: Operations.Ref, of ref: Operations.Ref
  ) throws(EngineError) -> Value {
    let kind = kind(ref)
    guard rule.window.isEmpty else { return try writeWindow(rule, a, b, of: ref) }
    let (aShape, bShape) = (program.shape(a), program.shape(b))
    let shared = aShape.sizes.prefix(rule.shared)
    let others = aShape.sizes[rule.shared..<aShape.rank - 1]
    let (x, y) = (value(a, kind), value(b, kind))
    // `[N, others …, k] · [k, n]` is what MatMul does; so is `[N, shared …, one, k]`.
    if !program.extent(b).isByRow, shared.isEmpty || others.count == 1 {
      return graph.add("MatMul", [x, y], kind)
    }
    let flat = shared + [others.reduce(1, *), bShape[bShape.rank - 2]]
    let rows =
      program.extent(a).isByRow
      ? reshaped(x, to: Array(flat))
      : graph.add("Reshape", [x, graph.constant(Array(flat), [flat.count])], kind)
    let product = graph.add("MatMul", [rows, y], kind)
    return reshaped(product, to: program.shape(ref).sizes)
  }

  /// A convolution: ONNX has channels before places.
  private mutating func writeWindow(
    _ rule: ProductOperation, _ a: Operations.Ref, _ b: Operations.Ref, of ref: Operations.Ref
  ) throws(EngineError) -> Value {
    let (kind, axes) = (kind(ref), rule.window.count)
    guard let weights = model.numbers(of: b), axes <= 3 else {
      throw .invalid("an ONNX graph has no product over windows whose weights rows change")
    }
    let (aShape, bShape, yShape) = (program.shape(a), program.shape(b), program.shape(ref))
    let lead = aShape.rank - axes - 1
    let (shared, others) = (rule.shared, lead - rule.shared)
    let groups = aShape.sizes.prefix(shared).reduce(1, *)
    let (k, n) = (bShape[bShape.rank - 2], bShape[bShape.rank - 1])
    // [N, shared …, others …, sizes …, k] → [N · others, groups · k, sizes …]
    let rank = aShape.rank
    let order =
      Array(shared..<lead) + Array(0..<shared) + [rank - 1] + Array(lead..<rank - 1)
    var x = graph.add(
      "Transpose", [value(a, kind)], kind, ["perm": .ints([0] + order.map { $0 + 1 })])
    let isPlain = shared == 0 && others == 0
    if !isPlain { x = reshaped(x, to: [groups * k] + aShape.sizes[lead..<rank - 1]) }
    // [shared …, window …, k, n] → [groups · n, k, window …]
    let window = rule.window.map(\.size)
    let places = window.reduce(1, *)
    let turned = Array<Double>(unsafeUninitializedCapacity: weights.count) { turned, count in
      for group in 0..<groups {
        for place in 0..<places {
          for i in 0..<k {
            for j in 0..<n {
              turned[((group * n + j) * k + i) * places + place] =
                weights[((group * places + place) * k + i) * n + j]
            }
          }
        }
      }
      count = weights.count
    }
    let filters = graph.constant(turned, [groups * n, k] + window, kind)
    // What reaches out of the picture the other way is cut off first.
    let (before, after) = (rule.window.map(\.before), rule.window.map(\.after))
    if (before + after).contains(where: { $0 < 0 }) {
      let cuts = [0, 0] + before.map { min(0, $0) } + [0, 0] + after.map { min(0, $0) }
      x = graph.add("Pad", [x, graph.constant(cuts, [cuts.count])], kind)
    }
    var y = graph.add(
      "Conv", [x, filters], kind,
      [
        "dilations": .ints(rule.window.map(\.dilation)), "group": .int(groups),
        "kernel_shape": .ints(window), "strides": .ints(rule.window.map(\.stride)),
        "pads": .ints((before + after).map { max(0, $0) }),
      ])
    // [N · others, groups · n, places …] → [N, shared …, others …, places …, n]
    let yPlaces = Array(yShape.sizes[lead..<yShape.rank - 1])
    if !isPlain {
      y = reshaped(
        y, to: aShape.sizes[shared..<lead] + aShape.sizes[0..<shared] + [n] + yPlaces)
    }
    let back =
      Array(others..<others + shared) + Array(0..<others)
      + Array(lead + 1..<lead + 1 + axes) + [lead]
    return graph.add("Transpose", [y], kind, ["perm": .ints([0] + back.map { $0 + 1 })])
  }

  // MARK: Picking

  mutating func write(
    _ rule: GatherOperation, _ operands: [Operations.Ref], of ref: Operations.Ref
  ) -> Value {
    let kind = kind(ref)
    let (x, length) = (operands[0], program.shape(operands[0])[0])
    var places: [Int]?
    var shape: [Int] = []
    switch rule.places {
    case .fixed(let list, let own): (places, shape) = (list, own.sizes)
    case .given:
      shape = program.shape(operands[1]).sizes
      if let numbers = model.numbers(of: operands[1]) {
        places = numbers.map { $0.isFinite ? Int(max(-1, min($0.rounded(), 1e15))) : -1 }
      }
    }
    // One place behind the last is filled, for those that are not there.
    let isWhole = places?.allSatisfy { (0..<length).contains($0) } ?? false
    let table = filled(x, kind, isWhole ? nil : rule.fill)
    let axis = program.extent(x).isByRow ? 1 : 0
    if let places {
      let safe = graph.constant(places.map { (0..<length).contains($0) ? $0 : length }, shape)
      return graph.add("Gather", [table, safe], kind, ["axis": .int(axis)])
    }
    var safe = safePlaces(operands[1], below: length)
    guard axis == 1 else { return graph.add("Gather", [table, safe], kind, ["axis": .int(0)]) }
    safe = graph.add("Unsqueeze", [safe, graph.constant([-1], [1])], .int64)
    return graph.add("GatherND", [table, safe], kind, ["batch_dims": .int(1)])
  }

  /// A value with one more place along its first axis.
  private mutating func filled(
    _ x: Operations.Ref, _ kind: ONNXGraph.Kind, _ fill: Double?
  ) -> Value {
    guard let fill else { return value(x, kind) }
    let shape = program.shape(x)
    if let numbers = model.numbers(of: x) {
      let more = [Double](repeating: fill, count: shape.sizes.dropFirst().reduce(1, *))
      return graph.constant(numbers + more, [shape[0] + 1] + shape.sizes.dropFirst(), kind)
    }
    let none = [Int](repeating: 0, count: shape.rank + 1)
    var ends = none
    ends[1] = 1
    let pads = graph.constant(none + ends, [2 * none.count])
    return graph.add("Pad", [value(x, kind), pads, graph.constant([fill], [], kind)], kind)
  }

  /// Places as whole numbers; those that are not there are behind the last.
  private mutating func safePlaces(_ ref: Operations.Ref, below length: Int) -> Value {
    if let known = plain(ref), known.kind == .int64 { return known }
    let x = graph.add("Round", [value(ref, .double)], .double)
    let isThere = graph.add(
      "And",
      [
        graph.add("GreaterOrEqual", [x, graph.constant([0], [], .double)], .truth),
        graph.add("Less", [x, graph.constant([Double(length)], [], .double)], .truth),
      ], .truth)
    let none = graph.constant([Double(length)], [], .double)
    return graph.cast(graph.add("Where", [isThere, x, none], .double), to: .int64)
  }

  // MARK: One of many

  mutating func write(
    _ rule: ReductionOperation, _ operand: Operations.Ref, of ref: Operations.Ref
  ) -> Value {
    let kind = kind(ref)
    let axes = rule.axes.map { $0 + 1 }
    let x = value(operand, kind)
    guard rule.kind == .sum || rule.kind == .count else {
      guard !axes.isEmpty else { return x }
      let names = ["mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin"]
      return graph.add(names[rule.kind.rawValue] ?? "", [x], kind, ["axes": .ints(axes)])
    }
    var summed = x
    if rule.kind == .count {
      let shape = graph.add("Shape", [x], .int64)
      summed = graph.add("Expand", [graph.constant([1], [], kind), shape], kind)
    }
    let list = graph.constant(axes, [axes.count])
    return graph.add("ReduceSum", [summed, list], kind, ["noop_with_empty_axes": .int(1)])
  }
}
