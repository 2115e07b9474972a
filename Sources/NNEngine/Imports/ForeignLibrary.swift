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
    guard let library = PythonLibrary(rawValue: rawValue) else { return nil }
    let layer = library.layer(
      node.layer, input: node.inputShape, output: node.outputShape,
      hasBias: node.parameters.contains { $0.name == "bias" })
    return layer?.parameters.map { parameter in
      // Keras called those of a depthwise convolution by a name of their own once.
      let isOld =
        self == .keras && node.layer is DepthwiseConvolution && parameter.theirs == "kernel"
      return Form(
        name: parameter.name,
        theirs: [parameter.theirs] + (isOld ? ["depthwise_kernel"] : []), order: parameter.order)
    }
  }

  /// Whether pictures have their channels first, so that a layer behind them reads their numbers in
  /// another order.
  var hasChannelsFirst: Bool { self == .pytorch }

  /// What norms add to a variance where a program says nothing about it.
  var usualEpsilon: Double { self == .keras ? 1e-3 : 1e-5 }

  /// Whether a name is the one that Keras gives layers of another kind.
  func isOfAnotherKind(_ name: String, _ layer: any Layer) -> Bool {
    // Kernels of these kinds may have one shape.
    let kinds: [String: any Layer.Type] = [
      "conv2d": Convolution.self, "depthwise_conv2d": DepthwiseConvolution.self,
      "conv2d_transpose": TransposedConvolution.self, "dense": Dense.self,
      "batch_normalization": BatchNormalization.self,
      "layer_normalization": LayerNormalization.self,
    ]
    // Names have lost their numbers, `conv2d` too.
    let own = kinds.first { $0.key.filter { !$0.isNumber } == name }?.value
    return self == .keras && own != nil && own != type(of: layer)
  }

  /// Tensors that say nothing about the weights.
  func isOther(_ name: String) -> Bool {
    name.hasSuffix("num_batches_tracked") || name.hasPrefix("optimizer")
      || name.contains("seed_generator")
  }
}
