import NNEngine

extension Spec where Product == Showing {
  static var gradients: Self {
    Spec(
      "gradients", "How the loss changes with each parameter, over rows of the training part.",
      Parameter<[String]>.names(
        "layer", of: "layer", whenAbsent: "a summary of all", option: false,
        "The layer's name: `dense1`; its gradients are shown number by number."
      ).example("train epochs=1\nshow gradients dense1"),
      example: "train epochs=1\nshow gradients"
    ) { names in
      { context in
        let learner = try Learner(context, "has no gradients to show yet")
        let network = learner.network
        try context.checkLayers(names, network)
        let rows = learner.data.train.spread(1024)
        let examination = try learner.trainer.examine(
          network, rows, asTraining: true, workers: context.session.workers)
        let view = GradientView(network, examination)
        let loss = Formatting.figure(examination.loss)
        let title = "over \(count(rows.count, "training row")): loss \(loss)"
        return names.isEmpty
          ? title + "\n" + view.summary(on: context.screen)
          : ([title] + view.numbers(of: names)).joined(separator: "\n")
      }
    }
  }
}

/// The gradients by a network's parameters, as text.
private struct GradientView {
  private let parameters: [(layer: String, slot: Network.ParameterSlot, gradient: Tensor)]

  init(_ network: Network, _ examination: Examination) {
    parameters = network.nodes.flatMap { node in
      node.parameters.filter { $0.role != .state }.map { slot in
        (
          node.name, slot,
          Tensor(shape: slot.shape, elements: Array(examination.gradients[slot.range]))
        )
      }
    }
  }

  /// A row a parameter: how long its gradient is, and its numbers' mean and greatest size.
  func summary(on screen: Screen) -> String {
    let rows = parameters.map { layer, slot, gradient -> [String] in
      let name = "\(layer).\(slot.name)"
      guard !slot.isFrozen else {
        return ["\(name) (frozen)", slot.shape.description, "", "", ""]
      }
      let sizes = gradient.elements.map { Double(abs($0)) }
      let figures = [
        sizes.reduce(0) { $0 + $1 * $1 }.squareRoot(),
        sizes.reduce(0, +) / Double(max(1, sizes.count)), sizes.max() ?? 0,
      ]
      return [name, slot.shape.description] + figures.map(Formatting.figure)
    }
    return TextTable(header: ["parameter", "shape", "length", "mean size", "largest"], rows)
      .text(on: screen)
  }

  func numbers(of layers: [String]) -> [String] {
    parameters.filter { layers.contains($0.layer) }.map { layer, slot, gradient in
      "\(layer).\(slot.name)_gradient \(Formatting.text(of: .tensor(gradient)))"
    }
  }
}
