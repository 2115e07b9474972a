/// Weights that another library has saved, brought into a network that is declared here.
///
/// They are found by their names (`dense1.weight`), by their names behind a prefix that all have in
/// common (`model.dense1.weight`), or in the order of the layers.
public struct ForeignWeights {
  /// Where one parameter came from.
  public struct Match: Sendable, Equatable {
    /// `dense1.weights`.
    public var parameter: String
    /// The tensor's name in the file.
    public var tensor: String
    /// Its shape in the file.
    public var shape: Shape
    /// What was done to it: `transposed`; empty for nothing.
    public var change: String
  }

  private typealias Slot = (
    node: Network.Node, slot: Network.ParameterSlot, form: ForeignLibrary.Form
  )

  private let library: ForeignLibrary
  private let path: String
  private let network: Network
  /// The tensors under names whose parts are separated by points.
  private let tensors: [String: (original: String, tensor: Tensor)]
  private let slots: [Slot]

  /// Looks at a file.
  ///
  /// - Throws: `EngineError.badFile` where the library has no such layers.
  public init(
    _ file: Safetensors, path: String, from library: ForeignLibrary, for network: Network
  ) throws(EngineError) {
    (self.library, self.path, self.network) = (library, path, network)
    var tensors: [String: (original: String, tensor: Tensor)] = [:]
    for (name, tensor) in file.tensors where !library.isOther(name) {
      var parts = name.replacing("/", with: ".")
      if parts.hasSuffix(":0") { parts.removeLast(2) }
      tensors[parts] = (name, tensor)
    }
    self.tensors = tensors
    var slots: [Slot] = []
    for node in network.nodes where !node.parameters.isEmpty {
      guard let forms = library.forms(node) else {
        throw .invalid("`\(node.name)` is a layer that \(library) does not have")
      }
      for form in forms {
        guard let slot = node.parameters.first(where: { $0.name == form.name }) else { continue }
        slots.append((node, slot, form))
      }
    }
    self.slots = slots
  }

  /// The network with the weights of the file.
  ///
  /// - Throws: `EngineError.badFile` that names the first thing that does not fit.
  public func assigned() throws(EngineError) -> (network: Network, matches: [Match]) {
    guard !slots.isEmpty else { throw bad("the model has no weights to load") }
    let names = try found()
    var result = network
    var matches: [Match] = []
    for (one, name) in zip(slots, names) {
      guard let (original, tensor) = tensors[name] else { continue }
      let parameter = "\(one.node.name).\(one.slot.name)"
      var change = ""
      var turned = tensor
      let picture = one.slot.role == .weights ? flattened(one.node) : nil
      let own = one.slot.shape
      let theirs = one.form.shape(of: one.slot)
      guard tensor.shape.sizes == theirs else {
        throw bad(
          "`\(original)` is \(tensor.shape), `\(parameter)` needs \(Shape(theirs))",
          help: "declare the layer with the sizes that the file has")
      }
      if let order = one.form.order {
        // Theirs has our axis `order[i]` at place `i`; ours has theirs at the inverse.
        turned = try turned.permuted(order.indices.map { order.firstIndex(of: $0) ?? 0 })
        change = "transposed"
      }
      if let picture, library.hasChannelsFirst, picture[2] > 1 {
        // Their rows count channels, height and width; ours height, width and channels.
        turned = try Tensor(
          shape: [picture[2], picture[0], picture[1], own[1]], elements: turned.elements
        ).permuted([1, 2, 0, 3])
        turned = Tensor(shape: own, elements: turned.elements)
        change += ", channels last"
      }
      guard turned.elements.allSatisfy(\.isFinite) else {
        throw bad("`\(original)` holds a value that is no finite number")
      }
      try result.assign(turned, layer: one.node.name, parameter: one.slot.name)
      matches.append(
        Match(parameter: parameter, tensor: original, shape: tensor.shape, change: change))
    }
    return (result, matches)
  }

  /// The picture whose numbers a dense layer reads one after the other, if it does.
  private func flattened(_ node: Network.Node) -> Shape? {
    guard node.layer is Dense else { return nil }
    var shape = node.inputShape
    var source = node.inputs[0]
    // What stands between changes no order.
    while shape.rank == 1, source != Network.input {
      let before = network.nodes[source]
      guard before.inputs.count == 1, before.outputShape.count == before.inputShape.count,
        before.parameters.isEmpty || before.layer is BatchNormalization
      else { return nil }
      shape = before.inputShape
      source = before.inputs[0]
    }
    return shape.rank == 3 ? shape : nil
  }

  // MARK: Names

  /// The name in the file for each parameter.
  private func found() throws(EngineError) -> [String] {
    if let names = names(behind: "") { return names }
    // A prefix in common: whatever stands before the first parameter's name.
    let first = slots[0]
    for theirs in first.form.theirs {
      let end = ".\(first.node.name).\(theirs)"
      for name in tensors.keys.sorted() where name.hasSuffix(end) {
        if let names = names(behind: String(name.dropLast(end.count - 1))) { return names }
      }
    }
    return try inOrder()
  }

  private func names(behind prefix: String) -> [String]? {
    var names: [String] = []
    for (node, _, form) in slots {
      let candidates = form.theirs.map { "\(prefix)\(node.name).\($0)" }
      guard let name = candidates.first(where: { tensors[$0] != nil }) else { return nil }
      names.append(name)
    }
    return names.count == tensors.count ? names : nil
  }

  /// For each layer with parameters the module of the file whose tensors have its shapes. Several of
  /// the same shapes go to the layers in the order of their numbers, if nothing else tells their
  /// names apart.
  private func inOrder() throws(EngineError) -> [String] {
    var left = Set(tensors.keys.map(module))
    var names: [String?] = slots.map { _ in nil }
    let layers = Dictionary(grouping: slots.indices) { slots[$0].node.name }
    for node in network.nodes {
      guard let places = layers[node.name], names[places[0]] == nil else { continue }
      let fitting = left.filter { module in
        fit(places, module) != nil && !library.isOfAnotherKind(lastName(module), node.layer)
      }.sorted(by: NaturalOrder.precedes)
      // All layers that these modules could belong to.
      let alike = network.nodes.compactMap { layers[$0.name] }.filter { own in
        names[own[0]] == nil
          && fitting.contains { module in
            fit(own, module) != nil
              && !library.isOfAnotherKind(lastName(module), slots[own[0]].node.layer)
          }
      }
      guard !fitting.isEmpty, fitting.count == alike.count else {
        throw unfitting(node, places, fitting, alike)
      }
      let stems = Set(fitting.map(stem))
      guard stems.count == 1 else {
        throw bad(
          "\(fitting.map { "`\($0)`" }.joined(separator: ", ")) fit `\(node.name)` alike",
          help: "give the layer its name there: `name=\(fitting[0])`")
      }
      for (places, module) in zip(alike, fitting) {
        for (place, name) in zip(places, fit(places, module) ?? []) { names[place] = name }
        left.remove(module)
      }
    }
    if let extra = left.min(by: NaturalOrder.precedes) {
      throw bad(
        "no layer of the model has the shapes of `\(extra)`", detail: shapes(of: extra))
    }
    return names.compactMap(\.self)
  }

  /// A name without its numbers. Keras calls the first of several `dense` and the next `dense_1`.
  private func stem(_ module: String) -> String {
    let letters = module.filter { !$0.isNumber }
    return letters.hasSuffix("_") ? String(letters.dropLast()) : letters
  }

  /// What a module is called within others, without its number.
  private func lastName(_ module: String) -> String {
    stem(module.split(separator: ".").last.map(String.init) ?? "")
  }

  /// The tensors of a module for some parameters; `nil` where names or shapes do not fit.
  private func fit(_ places: [Int], _ module: String) -> [String]? {
    let start = module.isEmpty ? "" : module + "."
    var names: [String] = []
    for place in places {
      let (_, slot, form) = slots[place]
      guard let name = form.theirs.map({ start + $0 }).first(where: { tensors[$0] != nil }),
        tensors[name]?.tensor.shape.sizes == form.shape(of: slot)
      else { return nil }
      names.append(name)
    }
    return tensors.keys.count { self.module($0) == module } == names.count ? names : nil
  }

  private func unfitting(
    _ node: Network.Node, _ places: [Int], _ fitting: [String], _ alike: [[Int]]
  ) -> EngineError {
    let needs = places.map { place in
      "\(slots[place].form.theirs[0]) \(Shape(slots[place].form.shape(of: slots[place].slot)))"
    }.joined(separator: ", ")
    guard !fitting.isEmpty else {
      let modules = Set(tensors.keys.map(module)).sorted(by: NaturalOrder.precedes)
      return bad(
        "it has no weights for `\(node.name)`, which needs \(needs)",
        detail: "in the file: " + modules.prefix(6).map(shapes).joined(separator: "; ")
          + (modules.count > 6 ? " …" : ""))
    }
    return bad(
      "\(alike.count) of its layers have the shapes of `\(node.name)`, the file has"
        + " \(fitting.count): " + fitting.joined(separator: ", "))
  }

  private func shapes(of module: String) -> String {
    let own = tensors.keys.filter { self.module($0) == module }.sorted()
    return own.map { "\($0) \(tensors[$0]?.tensor.shape ?? [])" }.joined(separator: ", ")
  }

  /// What the file does not say and the library has in another way, unless it was told: windows that
  /// lie at other places, and what norms add to a variance.
  public var remarks: [String] {
    network.nodes.compactMap { node in
      let added =
        (node.layer as? BatchNormalization)?.epsilon ?? (node.layer as? LayerNormalization)?.epsilon
      if let added, added != library.usualEpsilon {
        return
          "`\(node.name)` has eps=\(added), \(library) has \(library.usualEpsilon) unless it is told: "
          + "write `eps=` as it is there"
      }
      guard library == .pytorch else { return nil }
      let window =
        (node.layer as? Convolution)?.window ?? (node.layer as? DepthwiseConvolution)?.window
      let axes = window?.axes(over: node.inputShape.picture) ?? []
      guard let axis = axes.first(where: { $0.before != $0.after }) else { return nil }
      return
        "`\(node.name)` reaches \(axis.before) over the upper and left edge and \(axis.after) over the "
        + "others; where PyTorch's layer had `padding=\(axis.after)`, declare this one with "
        + "`padding=\(axis.after)`, or it gives other numbers"
    }
  }

  private func module(_ name: String) -> String {
    name.split(separator: ".").dropLast().joined(separator: ".")
  }

  private func bad(
    _ problem: String, detail: String? = nil, help: String? = nil
  ) -> EngineError {
    .badFile(path: path, problem: problem, detail: detail, help: help)
  }
}
