// Operators with weights, and those over windows.

extension ONNXReader {
  // MARK: Dense

  /// `Gemm` and `MatMul`: sums of products of a whole row.
  mutating func dense(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try flow(node.inputs[0], of: node)
    guard let tensor = try constant(node, 1), tensor.sizes.count == 2 else {
      throw unreadable(node, "its second factor is no matrix of weights")
    }
    let isTurned = node.integer("transB", default: 0) != 0
    let inputs = tensor.sizes[isTurned ? 1 : 0]
    let units = tensor.sizes[isTurned ? 0 : 1]
    guard node.integer("transA", default: 0) == 0, x.axes.count == 1, sizes(x) == [inputs],
      units > 0
    else {
      throw unreadable(
        node, "it multiplies \(Shape(sizes(x))) by \(Shape(tensor.sizes))",
        help: "a dense layer here reads a whole row: flatten it first")
    }
    var weights = Tensor(shape: Shape(tensor.sizes), elements: try numbers(tensor, node))
    if isTurned { weights = try weights.permuted([1, 0]) }
    let alpha = Float(node.number("alpha", default: 1))
    if alpha != 1 {
      weights = Tensor(shape: weights.shape, elements: weights.elements.map { $0 * alpha })
    }
    weights = try rowsInOurOrder(weights, x)
    let beta = Float(node.number("beta", default: 1))
    let bias = try bias(node, 2, units)?.map { $0 * beta }
    guard units <= 65_536 else { throw unreadable(node, "it has more than 65,536 units") }
    let place = try add(
      Dense(units: units), [x.place],
      [("units", .number(Double(units)))] + without(bias),
      parameters(weights, bias))
    return Flow(place: place, axes: [[0]])
  }

  /// Weights whose rows count a picture's numbers as ours does.
  private func rowsInOurOrder(_ weights: Tensor, _ x: Flow) throws(EngineError) -> Tensor {
    let order = x.axes[0]
    guard order != order.sorted() else { return weights }
    let picture = shape(x)
    let units = weights.shape[1]
    let split = Tensor(
      shape: Shape(order.map { picture[$0] } + [units]), elements: weights.elements)
    let sorted = order.sorted()
    let turned = try split.permuted(
      sorted.map { order.firstIndex(of: $0) ?? 0 } + [order.count])
    return Tensor(shape: weights.shape, elements: turned.elements)
  }

  private func without(_ bias: [Float]?) -> [(name: String, value: JSONValue)] {
    bias == nil ? [("bias", .bool(false))] : []
  }

  private func parameters(_ weights: Tensor, _ bias: [Float]?) -> [String: Tensor] {
    var parameters = ["weights": weights]
    if let bias { parameters["bias"] = Tensor(shape: [bias.count], elements: bias) }
    return parameters
  }

  /// The bias of a node: one number for each of its outputs.
  private func bias(
    _ node: ONNXModel.Node, _ index: Int, _ count: Int
  ) throws(EngineError) -> [Float]? {
    guard let tensor = try constant(node, index) else { return nil }
    let bias = try numbers(tensor, node)
    if bias.count == 1 { return [Float](repeating: bias[0], count: count) }
    guard bias.count == count else {
      throw unreadable(node, "its bias has \(bias.count) numbers for \(count) outputs")
    }
    return bias
  }

  // MARK: Windows

  /// A picture with channels first, as operators over windows read it.
  mutating func picture(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try flow(node.inputs[0], of: node)
    let own = shape(x)
    guard own.rank == 3, x.axes == self.own([2, 0, 1], of: own) else {
      throw unreadable(
        node,
        x.axes.count == 2
          ? "it works along one axis, and layers here work on pictures"
          : "it reads \(Shape(sizes(x))), which is no picture with channels first")
    }
    return x
  }

  /// Puts a layer over windows behind the others; what it gives has its channels first.
  private mutating func addWindowed(
    _ layer: any Layer, _ x: Flow, _ settings: [(name: String, value: JSONValue)],
    _ parameters: [String: Tensor] = [:]
  ) throws(EngineError) -> Flow {
    let place = try add(layer, [x.place], settings, parameters)
    return Flow(place: place, axes: own([2, 0, 1], of: network.shape(place)))
  }

  private func pair(
    _ node: ONNXModel.Node, _ name: String
  ) throws(EngineError) -> [Int] {
    let list = node.integers(name) ?? [1, 1]
    guard list.count == 2, list.allSatisfy({ $0 > 0 && $0 < 1 << 20 }) else {
      throw unreadable(node, "its `\(name)` are none for a picture")
    }
    return list
  }

  private func size(_ sizes: [Int]) -> JSONValue { .array(sizes.map { .number(Double($0)) }) }

  /// What a window is given besides, where it is not the usual.
  private func settings(
    _ window: Window, usual: Window.Padding, stride: [Int] = [1, 1]
  ) -> [(name: String, value: JSONValue)] {
    var settings: [(name: String, value: JSONValue)] = []
    /// One number where both are the same.
    func short(_ sizes: [Int]) -> JSONValue {
      sizes[0] == sizes[1] ? .number(Double(sizes[0])) : size(sizes)
    }
    if window.stride != stride { settings.append(("stride", short(window.stride))) }
    if window.dilation != [1, 1] { settings.append(("dilation", short(window.dilation))) }
    guard window.padding != usual else { return settings }
    switch window.padding {
    case .same: settings.append(("padding", .string("same")))
    case .valid: settings.append(("padding", .string("valid")))
    case .points(let height, let width): settings.append(("padding", short([height, width])))
    }
    return settings
  }

  /// The window of a node on its way over a picture.
  private func window(
    _ node: ONNXModel.Node, _ size: [Int], over picture: Shape
  ) throws(EngineError) -> Window {
    let (stride, dilation) = (try pair(node, "strides"), try pair(node, "dilations"))
    func with(_ padding: Window.Padding) -> Window {
      Window(size, stride: stride, dilation: dilation, padding: padding)
    }
    let pads: [Int]
    switch node.text("auto_pad", default: "NOTSET") {
    case "NOTSET", "": pads = node.integers("pads") ?? [0, 0, 0, 0]
    case "VALID": return with(.valid)
    case "SAME_UPPER": return with(.same)
    case let other:
      throw unreadable(
        node, "its `auto_pad` is \(other), with an odd point above and on the left",
        help: "export it with `pads`")
    }
    guard pads.count == 4, pads.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else {
      throw unreadable(node, "its `pads` are none for a picture")
    }
    let (before, after) = (Array(pads[0..<2]), Array(pads[2..<4]))
    if pads == [0, 0, 0, 0] { return with(.valid) }
    let same = with(.same).axes(over: picture)
    let isSame = same.map(\.before) == before && same.map(\.after) == after
    if isSame, stride == [1, 1] || before != after { return with(.same) }
    guard before == after else {
      throw unreadable(
        node, "it reaches \(before) points over the edges above and left, \(after) over the others",
        help: "pad both sides alike")
    }
    let reach = with(.valid).reach
    guard before[0] < reach[0], before[1] < reach[1] else {
      throw unreadable(node, "its padding is as large as its window")
    }
    return with(.points(height: before[0], width: before[1]))
  }

  mutating func convolution(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try picture(node)
    guard let tensor = try constant(node, 1), tensor.sizes.count == 4, tensor.count > 0 else {
      throw unreadable(node, "its weights are none of a window over a picture")
    }
    let (own, groups) = (shape(x), node.integer("group", default: 1))
    let (filters, channels) = (tensor.sizes[0], tensor.sizes[1])
    guard groups > 0, filters % groups == 0, own[2] % groups == 0, own[2] / groups == channels,
      filters <= 65_536
    else {
      throw unreadable(
        node, "its weights \(Shape(tensor.sizes)) in \(groups) groups do not fit \(own[2]) channels"
      )
    }
    let size = Array(tensor.sizes[2...])
    let window = try window(node, size, over: own)
    let weights = try Tensor(shape: Shape(tensor.sizes), elements: try numbers(tensor, node))
      .permuted([2, 3, 1, 0])
    let bias = try bias(node, 2, filters)
    let besides = settings(window, usual: .same) + without(bias)
    let isDepthwise = groups > 1 && groups == own[2] && filters == groups
    let layer: any Layer =
      isDepthwise
      ? DepthwiseConvolution(window: window)
      : Convolution(filters: filters, window: window, groups: groups)
    var given: [(name: String, value: JSONValue)] = [("size", self.size(size))]
    if !isDepthwise {
      given.insert(("filters", .number(Double(filters))), at: 0)
      if groups > 1 { given.append(("groups", .number(Double(groups)))) }
    }
    return try addWindowed(layer, x, given + besides, parameters(weights, bias))
  }

  mutating func transposedConvolution(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try picture(node)
    guard let tensor = try constant(node, 1), tensor.sizes.count == 4, tensor.count > 0,
      tensor.sizes[0] == shape(x)[2]
    else { throw unreadable(node, "its weights are none of a window over this picture") }
    guard node.integer("group", default: 1) == 1, try pair(node, "dilations") == [1, 1],
      node.integers("output_shape") == nil
    else { throw unreadable(node, "it has groups, gaps or sizes of its own, which ours have not") }
    let auto = node.text("auto_pad", default: "NOTSET")
    guard ["NOTSET", "", "VALID"].contains(auto) else {
      throw unreadable(node, "its `auto_pad` is \(auto)", help: "export it with `pads`")
    }
    let filters = tensor.sizes[1]
    var weights = try Tensor(shape: Shape(tensor.sizes), elements: try numbers(tensor, node))
      .permuted([2, 3, 0, 1])
    let stride = try pair(node, "strides")
    let pads = node.integers("pads") ?? [0, 0, 0, 0]
    let more = node.integers("output_padding") ?? [0, 0]
    guard pads.count == 4, more.count == 2, filters <= 65_536,
      (pads + more).allSatisfy({ $0 >= 0 && $0 < 1 << 20 })
    else { throw unreadable(node, "its `pads` are none for a picture") }
    var size = Array(tensor.sizes[2...])
    let picture = shape(x)
    /// Whether our layer gives the points of theirs: as many, and as many cut off before them.
    func fits(_ window: Window) -> Bool {
      let layer = TransposedConvolution(filters: filters, window: window)
      guard let output = try? layer.outputShape(for: picture, name: "") else { return false }
      return (0..<2).allSatisfy { axis in
        let covered = (picture[axis] - 1) * stride[axis] + size[axis] + more[axis]
        return layer.cut[axis] == pads[axis]
          && output[axis] == covered - pads[axis] - pads[axis + 2]
      }
    }
    func window(_ padding: Window.Padding) -> Window {
      Window(size, stride: stride, padding: padding)
    }
    var candidates = [window(.same), window(.valid)]
    // Points more at the end, which ours have not, are those of a window with zeros more.
    if !candidates.contains(where: fits) {
      if more != [0, 0], pads[0] == pads[2], pads[1] == pads[3] {
        weights = try widened(weights, by: more)
        for axis in 0..<2 { size[axis] += more[axis] }
        network.notes.append(
          "\(node.title) gives \(Shape(more)) more points (`output_padding`): its window is "
            + "\(Shape(size)) here, with zeros")
      }
      if pads[0] < size[0], pads[1] < size[1] {
        candidates = [window(.points(height: pads[0], width: pads[1]))]
      }
    }
    let isWidened = size != Array(tensor.sizes[2...])
    guard let own = candidates.first(where: { isWidened || fits($0) }) else {
      throw unreadable(node, "it cuts \(pads) points off its edges, which ours do not")
    }
    let bias = try bias(node, 2, filters)
    let given: [(name: String, value: JSONValue)] = [
      ("filters", .number(Double(filters))), ("size", self.size(size)),
    ]
    return try addWindowed(
      TransposedConvolution(filters: filters, window: own), x,
      given + settings(own, usual: .same, stride: [2, 2]) + without(bias),
      parameters(weights, bias))
  }

  /// Weights of a window with so many rows and columns of zeros behind.
  private func widened(_ weights: Tensor, by more: [Int]) throws(EngineError) -> Tensor {
    let (old, pair) = (weights.shape, weights.shape[2] * weights.shape[3])
    let shape = try Shape(
      checking: [old[0] + more[0], old[1] + more[1], old[2], old[3]], for: "a window of the file")
    var elements = [Float](repeating: 0, count: shape.count)
    for row in 0..<old[0] {
      for column in 0..<old[1] {
        let (from, to) = ((row * old[1] + column) * pair, (row * shape[1] + column) * pair)
        elements.replaceSubrange(to..<to + pair, with: weights.elements[from..<from + pair])
      }
    }
    return Tensor(shape: shape, elements: elements)
  }

  mutating func pool(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try picture(node)
    let (own, size) = (shape(x), try pair(node, "kernel_shape"))
    guard try pair(node, "dilations") == [1, 1] else {
      throw unreadable(node, "its window has gaps, which pools here have not")
    }
    let window = try window(node, size, over: own)
    let takesLargest = node.operation == "MaxPool"
    let axes = window.axes(over: own)
    let reaches = axes.contains { $0.before + $0.after > 0 }
    if !takesLargest, reaches, node.integer("count_include_pad", default: 0) != 0 {
      throw unreadable(
        node, "its means count the zeros of the padding, which pools here do not",
        help: "in PyTorch: `AvgPool2d(…, count_include_pad=False)`")
    }
    if node.integer("ceil_mode", default: 0) != 0 {
      let hasRest = zip(axes, own.sizes).contains { axis, length in
        (length + axis.before + axis.after - axis.size) % axis.stride != 0
      }
      guard !hasRest else {
        throw unreadable(
          node, "it has a window for what is left over at the end (`ceil_mode`)",
          help: "export it with `ceil_mode=False`")
      }
    }
    let layer: any Layer =
      takesLargest ? MaxPooling(window: window) : AveragePooling(window: window)
    return try addWindowed(
      layer, x, [("size", self.size(size))] + settings(window, usual: .valid, stride: size))
  }

  mutating func globalPool(
    _ x: Flow, isMean: Bool, keepsAxes: Bool
  ) throws(EngineError) -> Flow {
    let place = try add(
      GlobalPooling(isMean ? .mean : .max), [x.place],
      isMean ? [] : [("statistic", .string("max"))])
    return Flow(
      place: place, axes: own([0], of: network.shape(place)) + (keepsAxes ? [[], []] : []))
  }

  // MARK: Norms

  mutating func batchNormalization(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try flow(node.inputs[0], of: node)
    guard node.integer("training_mode", default: 0) == 0 else {
      throw unreadable(
        node, "it works with the statistics of each batch",
        help: "call `model.eval()` before the export")
    }
    let own = shape(x)
    let features = own[own.rank - 1]
    guard x.axes.first == self.own([own.rank - 1], of: own)[0],
      x.axes.count == 1 || own.rank == 3
    else { throw unreadable(node, "its features are not the last axis here") }
    var parameters: [String: Tensor] = [:]
    for (index, name) in ["weights", "bias", "mean", "variance"].enumerated() {
      guard let tensor = try constant(node, index + 1), tensor.count == features else {
        throw unreadable(node, "it has not \(features) numbers for each of its settings")
      }
      parameters[name] = Tensor(shape: [features], elements: try numbers(tensor, node))
    }
    guard parameters["variance"]?.elements.allSatisfy({ $0 >= 0 }) ?? false else {
      throw unreadable(node, "a variance is below 0")
    }
    let epsilon = node.number("epsilon", default: 1e-5)
    guard epsilon > 0, epsilon <= 1 else { throw unreadable(node, "its epsilon is \(epsilon)") }
    let place = try add(
      BatchNormalization(momentum: 0.1, epsilon: epsilon), [x.place], self.epsilon(epsilon),
      parameters)
    return Flow(place: place, axes: x.axes)
  }

  func epsilon(_ epsilon: Double) -> [(name: String, value: JSONValue)] {
    epsilon == 1e-5 ? [] : [("eps", .number(epsilon))]
  }

  mutating func layerNormalization(_ node: ONNXModel.Node) throws(EngineError) -> Flow {
    let x = try flow(node.inputs[0], of: node)
    let own = shape(x)
    let axis = node.integer("axis", default: -1)
    guard axis == -1 || axis == x.axes.count, x.axes.last == [own.rank - 1] else {
      throw unreadable(node, "it normalises along other axes than the last")
    }
    let count = own[own.rank - 1]
    guard let scale = try constant(node, 1), scale.count == count else {
      throw unreadable(node, "it has not \(count) weights")
    }
    let weights = Tensor(shape: [count], elements: try numbers(scale, node))
    let bias = try bias(node, 2, count)
    let epsilon = node.number("epsilon", default: 1e-5)
    guard epsilon > 0, epsilon <= 1 else { throw unreadable(node, "its epsilon is \(epsilon)") }
    let place = try add(
      LayerNormalization(epsilon: epsilon), [x.place], self.epsilon(epsilon) + without(bias),
      parameters(weights, bias))
    return Flow(place: place, axes: x.axes)
  }
}
