/// The engine's words: what scripts can build networks from.
///
/// A value, never a global: a host adds entries of its own to a copy.
public struct Catalog {
  /// Kinds of layers.
  public var layers: [Spec<any Layer>]
  /// Where ways through a network meet; scripts write blocks that end in them.
  public var joins: [any Join]
  /// Activations.
  public var activations: [Spec<any Activation>]
  /// Initialisers.
  public var initializers: [Spec<any Initializer>]
  /// Losses.
  public var losses: [Spec<any Loss>]
  /// Optimisers.
  public var optimizers: [Spec<any Optimizer>]
  /// Schedules of the step size.
  public var schedules: [Spec<any Schedule>]
  /// Metrics.
  public var metrics: [Spec<any Metric>]
  /// Kinds of data files, in the order they are tried.
  public var formats: [DataFormat]
  /// Data sets known by name.
  public var sets: [NamedSet]
  /// Forms of other programs that finished models are written in.
  public var exits: [any Exit]

  /// What the engine brings along. A new word is one line here.
  public static var standard: Catalog {
    Catalog(
      layers: [
        .dense, .conv, .depthwise, .convTranspose, .maxpool, .avgpool, .globalpool, .upsample,
        .dropout, .batchnorm, .layernorm, .periodic, .activation, .flatten, .reshape,
      ],
      joins: [Sum(), Concatenation(), Ensemble()],
      activations: [
        .linear, .relu, .leakyReLU, .elu, .selu, .gelu, .silu, .mish, .sigmoid, .hardSigmoid, .tanh,
        .softsign, .softplus, .softmax,
      ],
      initializers: [.glorot, .he, .lecun, .normal, .uniform, .zeros],
      losses: [
        .mse, .mae, .huber, .crossentropy, .binaryCrossentropy, .hinge, .kl, .poisson,
      ],
      optimizers: [
        .gd, .sgd, .adam, .adamw, .rmsprop, .adagrad, .adadelta, .nadam, .lion, .rprop,
      ],
      schedules: [.step, .exponential, .cosine, .warmup, .oneCycle, .plateau],
      metrics: [
        .accuracy, .exact, .top(2), .top(3), .top(5), .top(10), .precision, .recall, .f1, .auc,
        .logLoss,
        .mae, .rmse, .r2,
      ],
      formats: DataFormat.standard,
      sets: NamedSet.standard,
      exits: [ONNXExit()] + PythonLibrary.allCases.map(PythonExit.init) + [CExit()])
  }
}
