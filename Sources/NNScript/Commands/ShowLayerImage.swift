import NNEngine

// What a layer makes of a picture, and what a network gives back of one.

extension CommandContext {
  /// What a layer gives for a row, channel by channel.
  ///
  /// - Throws: the `unknown-name` diagnostic, or that there is no network.
  func picturesMade(of examples: Examples, row: Int, by name: String) throws -> String {
    _ = try prepare("has nothing to show yet")
    guard let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing
    else { preconditionFailure("what is prepared has a network") }
    guard let index = network.nodes.firstIndex(where: { $0.name == name }) else {
      let known = network.nodes.map(\.name)
      throw Diagnostic(
        .unknownName, "there is no layer named `\(name)`", at: range(of: "of"), "not a layer",
        help: Suggestion.nearest(to: name, among: known).map { ["did you mean `\($0)`?"] }
          ?? ["layers: " + known.joined(separator: ", ")])
    }
    var own = preprocessing
    own.targetScaling = nil
    let output = try network.ending(at: index).predict(
      examples.one(row), preprocessing: own, workers: session.workers)
    let shape = network.nodes[index].outputShape
    let values = output.elements.map(Double.init)
    let range = Axis(values.filter(\.isFinite) + [0])
    let title =
      "\(name): \(shape), black \(Axis.label(range.least)), white \(Axis.label(range.greatest))"
    guard shape.rank == 3, shape[0] * shape[1] > 1 else {
      return "\(name): \(shape)\n"
        + HeatMap(Tensor(shape: [1, shape.count], elements: output.elements)).text(on: screen)
    }
    let (channels, shown) = (shape[2], min(shape[2], 64))
    let pictures = (0..<shown).map { channel in
      let levels = stride(from: channel, to: values.count, by: channels).map {
        values[$0].isFinite ? range.share(values[$0]) : 0
      }
      return (
        picture: Picture(width: shape[1], height: shape[0], levels: levels), caption: "\(channel)"
      )
    }
    return
      (Picture.rows(pictures, on: screen)
      + (shown < channels ? ["… \(channels) channels in all", title] : [title]))
      .joined(separator: "\n")
  }
}

extension CommandContext {
  /// What a model that has learnt to give pictures back gives of one; `nil` for other models.
  func answer(_ row: Int, _ examples: Examples) throws -> Picture? {
    guard session.workspace.model.hasLearnt, let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing,
      case .values(_, let width) = examples.targets, width == examples.inputShape.count,
      network.inputShape.count == width, network.outputShape.count == width,
      examples.inputShape.rank > 1
    else { return nil }
    let output = try network.predict(
      examples.one(row), preprocessing: preprocessing, workers: session.workers)
    var values = output.elements.map(Double.init)
    if session.workspace.data?.givesBack == true, let scaling = preprocessing.inputScaling {
      for place in values.indices { values[place] = scaling.original(values[place], column: place) }
    }
    // As bright as the picture that went in.
    var range = Axis([0, 255])
    if case .bytes = examples.inputs {
    } else {
      let given = examples.one(row).inputs.numbers(0..<width)
      range = Axis(given.filter(\.isFinite) + [0])
    }
    return Picture(
      sizes: examples.inputShape.sizes,
      levels: values.map { $0.isFinite ? min(1, max(0, range.share($0))) : 0 })
  }
}

extension Network {
  /// The layers up to one, which gives the outputs.
  fileprivate func ending(at index: Int) throws -> Network {
    let kept = nodes.prefix(index + 1)
    var short = try Network(
      graph: kept.map { Element($0.layer, $0.options, inputs: $0.inputs) },
      inputShape: inputShape, seed: seed)
    short.values = Array(values.prefix(short.parameterCount))
    return short
  }
}
