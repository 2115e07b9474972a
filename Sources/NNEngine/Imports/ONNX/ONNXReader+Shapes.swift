// Operators that move numbers without computing any, and those on sizes.

extension ONNXReader {
  mutating func readShape(_ node: ONNXModel.Node, _ output: String) throws(EngineError) {
    let input = node.inputs[0]
    switch (node.operation, values[input]) {
    case ("Concat", .constant?), ("Concat", .sizes?): values[output] = .sizes(try joined(node))
    case ("Concat", _): values[output] = .flow(try branch(node))
    case ("Shape", .constant(let tensor)?):
      values[output] = .sizes(tensor.sizes.map(Size.number))
    case ("Shape", _):
      let x = try flow(input, of: node)
      let all = [Size.rows] + sizes(x).map(Size.number)
      let start = place(node.integer("start", default: 0), of: all.count)
      let end = place(node.integer("end", default: all.count), of: all.count)
      values[output] = .sizes(Array(all[start..<max(start, end)]))
    case ("Gather", .sizes(let all)?):
      guard let places = try constant(node, 1)?.integers else {
        throw unreadable(node, "it picks places that are not written out")
      }
      var picked: [Size] = []
      for place in places {
        let own = place < 0 ? place + all.count : place
        guard all.indices.contains(own) else {
          throw unreadable(node, "it picks a place that is not there")
        }
        picked.append(all[own])
      }
      values[output] = .sizes(picked)
    case ("Slice", .sizes(let all)?):
      let starts = try list(node, "starts", input: 1) ?? [0]
      let ends = try list(node, "ends", input: 2) ?? [all.count]
      let steps = try constant(node, 4)?.integers ?? [1]
      guard starts.count == 1, ends.count == 1, steps == [1] else {
        throw unreadable(node, "it cuts sizes in a way that is not known here")
      }
      let (start, end) = (place(starts[0], of: all.count), place(ends[0], of: all.count))
      values[output] = .sizes(Array(all[start..<max(start, end)]))
    case ("Unsqueeze", .sizes?), ("Squeeze", .sizes?): values[output] = values[input]
    case ("Unsqueeze", .constant(let tensor)?) where tensor.count == 1:
      values[output] = values[input]
    case (_, .constant?): throw unreadable(node, "it changes weights")
    case ("Gather", _), ("Slice", _):
      throw unreadable(node, "it takes a part of each row, which no layer here does")
    case (_, .sizes?): throw unreadable(node, "it changes the number of sizes")
    default: values[output] = .flow(try moved(node))
    }
  }

  /// A place counted from the end where it is negative, within bounds.
  private func place(_ place: Int, of count: Int) -> Int {
    let own = place < 0 ? max(-count, place) + count : place
    return max(0, min(count, own))
  }

  /// Lists of sizes one behind the other.
  private func joined(_ node: ONNXModel.Node) throws(EngineError) -> [Size] {
    var all: [Size] = []
    for input in node.inputs {
      switch values[input] {
      case .sizes(let sizes)?: all += sizes
      case .constant(let tensor)?:
        guard let integers = tensor.integers, integers.count <= 64 else {
          throw unreadable(node, "it joins constants")
        }
        all += integers.map(Size.number)
      default: throw unreadable(node, "it joins constants and what rows change")
      }
    }
    return all
  }

  /// The same numbers in other axes.
  private mutating func moved(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try flow(node.inputs[0], of: node)
    let rank = x.axes.count + 1
    func axis(_ given: Int) -> Int { given < 0 ? given + rank : given }
    var result = x
    switch node.operation {
    case "Transpose":
      let order = node.integers("perm") ?? (0..<rank).reversed()
      guard order.sorted() == Array(0..<rank), order.first == 0 else {
        throw unreadable(node, "it turns rows into something else")
      }
      result.axes = order.dropFirst().map { x.axes[$0 - 1] }
    case "Flatten":
      guard axis(node.integer("axis", default: 1)) == 1 else {
        throw unreadable(node, "it makes one of rows and what they hold")
      }
      result.axes = [x.axes.flatMap { $0 }]
    case "Squeeze":
      let all = sizes(x)
      let given = try list(node, "axes", input: 1)?.map(axis)
      let gone = given ?? all.indices.filter { all[$0] == 1 }.map { $0 + 1 }
      guard gone.allSatisfy({ (1..<rank).contains($0) && all[$0 - 1] == 1 }) else {
        throw unreadable(node, "it takes away an axis that is more than 1")
      }
      result.axes = x.axes.indices.filter { !gone.contains($0 + 1) }.map { x.axes[$0] }
    case "Unsqueeze":
      let given = try list(node, "axes", input: 1) ?? []
      let whole = rank + given.count
      let places = Set(given.map { $0 < 0 ? $0 + whole : $0 })
      guard places.count == given.count, places.allSatisfy({ (1..<whole).contains($0) }) else {
        throw unreadable(node, "it adds an axis that is not there")
      }
      var own = x.axes[...]
      result.axes = (1..<whole).map { places.contains($0) ? [] : own.removeFirst() }
    default: result = try reshaped(x, node)
    }
    return result
  }

  private mutating func reshaped(
    _ x: Flow, _ node: ONNXModel.Node
  ) throws(EngineError) -> Flow {
    let given = sizes(x)
    var target: [Size]
    switch values[node.inputs.count > 1 ? node.inputs[1] : ""] {
    case .sizes(let sizes)?: target = sizes
    case .constant(let tensor)?: target = (tensor.integers ?? []).map(Size.number)
    default: throw unreadable(node, "its sizes change with the rows")
    }
    let keepsZeros = node.integer("allowzero", default: 0) == 0
    for (index, size) in target.enumerated() where size == .number(0) && keepsZeros {
      target[index] = index == 0 ? .rows : .number(index <= given.count ? given[index - 1] : 0)
    }
    let count = given.reduce(1, *)
    guard let first = target.first else { throw unreadable(node, "it leaves no axes") }
    var wanted = target.dropFirst().map { if case .number(let size) = $0 { size } else { -2 } }
    let open = wanted.filter { $0 == -1 }.count
    let rest = wanted.filter { $0 != -1 }.reduce(1) {
      $0.multipliedReportingOverflow(by: $1).partialValue
    }
    guard wanted.allSatisfy({ $0 > 0 || $0 == -1 }), open <= 1, rest > 0, count % rest == 0 else {
      throw unreadable(node, "its sizes do not fit \(Shape(given))")
    }
    if let place = wanted.firstIndex(of: -1) { wanted[place] = count / rest }
    let isOfRows =
      first == .rows || first == .number(-1) || rows.map { first == .number($0) } ?? false
    guard isOfRows, wanted.reduce(1, *) == count else {
      throw unreadable(node, "it makes other rows of \(Shape(given))")
    }
    if let axes = regrouped(x, wanted) { return Flow(place: x.place, axes: axes) }
    // A row of numbers that becomes a picture.
    guard x.axes.count == 1, wanted.count == 3 else {
      throw unreadable(
        node, "it makes \(Shape(wanted)) of \(Shape(given)), which no layer here does")
    }
    return try picture(from: x, wanted, node)
  }

  /// Their axes cut at other places; `nil` where one of ours would be cut.
  private func regrouped(_ x: Flow, _ wanted: [Int]) -> [[Int]]? {
    let shape = shape(x)
    var rest = x.axes.flatMap { $0 }[...]
    var axes: [[Int]] = []
    for size in wanted {
      var (own, count) = ([Int](), 1)
      while count < size, let next = rest.first {
        count *= shape[next]
        own.append(next)
        rest.removeFirst()
      }
      guard count == size else { return nil }
      axes.append(own)
    }
    return rest.isEmpty ? axes : nil
  }

  /// A picture of a vector that a dense layer gives: its units are put in our order.
  private mutating func picture(
    from x: Flow, _ wanted: [Int], _ node: ONNXModel.Node
  ) throws(EngineError) -> Flow {
    let ours = [wanted[1], wanted[2], wanted[0]]
    let isPlain = wanted[0] == 1 || (wanted[1] == 1 && wanted[2] == 1)
    if !isPlain { try turnUnits(x.place, wanted, node) }
    let shape = try Shape(checking: ours, for: "a picture of the file")
    let place = try add(
      Reshape(shape), [x.place],
      [("size", .array(ours.map { .number(Double($0)) }))])
    return Flow(place: place, axes: own([2, 0, 1], of: shape))
  }

  /// Puts the units of a dense layer, and what normalises them, into the order of channels last.
  private mutating func turnUnits(
    _ place: Int, _ wanted: [Int], _ node: ONNXModel.Node
  ) throws(EngineError) {
    var chain: [Int] = []
    var at = place
    while at >= 0, ["activation", "batchnorm"].contains(network.layers[at].kind) {
      chain.append(at)
      at = network.layers[at].inputs[0]
    }
    chain.append(at)
    // Whoever else reads these numbers would read them in another order.
    let others = network.layers.indices.filter { index in
      !chain.contains(index) && network.layers[index].inputs.contains(where: chain.contains)
    }
    guard at >= 0, network.layers[at].kind == "dense", others.isEmpty else {
      throw unreadable(
        node, "it makes a picture of numbers whose order cannot be changed here",
        help: "put it right behind a linear layer")
    }
    for index in chain {
      for (name, tensor) in network.layers[index].parameters {
        let lead = tensor.shape.rank == 2 ? [tensor.shape[0]] : []
        let split = Tensor(shape: Shape(lead + wanted), elements: tensor.elements)
        let order = lead.isEmpty ? [1, 2, 0] : [0, 2, 3, 1]
        let turned = try split.permuted(order)
        network.layers[index].parameters[name] = Tensor(
          shape: tensor.shape, elements: turned.elements)
      }
    }
  }

  /// Ways side by side along the channels.
  private mutating func branch(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    var flows: [Flow] = []
    for input in node.inputs { flows.append(try plain(try flow(input, of: node))) }
    let rank = flows[0].axes.count + 1
    let given = node.integer("axis", default: 1)
    let axis = (given < 0 ? given + rank : given) - 1
    let last = shape(flows[0]).rank - 1
    let isAlongChannels = flows.allSatisfy { flow in
      flow.axes.count == rank - 1 && shape(flow).rank == last + 1
        && flow.axes.indices.allSatisfy { place in
          // Axes of 1 may be any; the others are those of the first.
          let own = flow.axes[place]
          return place == axis
            ? own == [last] || (own.isEmpty && shape(flow)[last] == 1)
            : own.isEmpty || own.count == 1 && own != [last]
        }
    }
    guard axis >= 0, axis < rank - 1, isAlongChannels else {
      throw unreadable(node, "it joins along another axis than the channels")
    }
    let place = try add(Concatenation(), flows.map(\.place))
    var result = flows.first { !$0.axes[axis].isEmpty } ?? flows[0]
    result.axes[axis] = [last]
    result.place = place
    return result
  }

  /// A value as rows of numbers, where it is a picture read as such and both count it alike.
  mutating func plain(_ x: Flow) throws(EngineError) -> Flow {
    let order = x.axes.flatMap { $0 }
    guard x.axes.count == 1, shape(x).rank > 1, order == order.sorted() else { return x }
    return Flow(place: try add(Flatten(), [x.place]), axes: [[0]])
  }
}
