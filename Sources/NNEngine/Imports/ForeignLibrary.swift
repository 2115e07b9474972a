/// A library whose weights are read, and how it names and turns those of a layer.
public enum ForeignLibrary: String, Sendable, CaseIterable {
  case pytorch, keras

  /// One parameter of a layer as the library has it.
  struct Form {
    /// What we call it.
    var name: String
    /// What the library calls it; the first is the usual one.
    var theirs: [String]
    /// Which of our axes each of theirs is; `nil` where both have them in one order.
    var order: [Int]?

    /// The sizes that the library gives it.
    func shape(of slot: Network.ParameterSlot) -> [Int] {
      order.map { $0.map { slot.shape[$0] } } ?? slot.shape.sizes
    }
  }

  /// How the library has a layer's parameters, in its order; `nil` where it has no such layer.
  func forms(_ node: Network.Node) -> [Form]? {
    let own = Set(node.parameters.map(\.name))
    switch self {
    case .pytorch:
      let module = PyTorchModule(
        node.layer, input: node.inputShape, output: node.outputShape,
        hasBias: own.contains("bias"))
      return module?.parameters.map {
        Form(name: $0.name, theirs: [$0.theirs], order: $0.order)
      }
    case .keras:
      let weights: Form
      switch node.layer {
      case is Dense, is Convolution:
        weights = Form(name: "weights", theirs: ["kernel"], order: nil)
      case is DepthwiseConvolution:
        weights = Form(
          name: "weights", theirs: ["kernel", "depthwise_kernel"], order: [0, 1, 3, 2])
      case is TransposedConvolution:
        weights = Form(name: "weights", theirs: ["kernel"], order: [0, 1, 3, 2])
      case is BatchNormalization, is LayerNormalization:
        let all = [
          Form(name: "weights", theirs: ["gamma"], order: nil),
          Form(name: "bias", theirs: ["beta"], order: nil),
          Form(name: "mean", theirs: ["moving_mean"], order: nil),
          Form(name: "variance", theirs: ["moving_variance"], order: nil),
        ]
        return all.filter { own.contains($0.name) }
      default: return nil
      }
      return [weights]
        + [Form(name: "bias", theirs: ["bias"], order: nil)].filter { _ in
          own.contains("bias")
        }
    }
  }

  /// Whether pictures have their channels first, so that a layer behind them reads their numbers in
  /// another order.
  var hasChannelsFirst: Bool { self == .pytorch }

  /// Tensors that say nothing about the weights.
  func isOther(_ name: String) -> Bool {
    name.hasSuffix("num_batches_tracked") || name.hasPrefix("optimizer")
      || name.contains("seed_generator")
  }
}
