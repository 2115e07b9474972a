extension PythonLayer {
  /// A layer as `keras.layers` has it; `nil` where there is none that says the same.
  init?(keras layer: any Layer, input: Shape, output: Shape, hasBias: Bool) {
    let bias = hasBias ? "" : ", use_bias=False"
    func weights(_ order: [Int]? = nil) -> [Parameter] {
      [Parameter(name: "weights", theirs: "kernel", order: order)]
        + [Parameter(name: "bias", theirs: "bias")].prefix(hasBias ? 1 : 0)
    }
    let norm =
      [Parameter(name: "weights", theirs: "gamma")]
      + [Parameter(name: "bias", theirs: "beta")].prefix(hasBias ? 1 : 0)
    let center = hasBias ? "" : ", center=False"
    switch layer {
    case let dense as Dense:
      self.init(
        constructor: "layers.Dense(\(dense.units)\(bias))", parameters: weights(),
        takesActivation: true)
      if input.rank != 1 { call = { "\($0)(layers.Flatten()(\($1)))" } }
    case let depthwise as DepthwiseConvolution:
      self.init(
        keras: "DepthwiseConv2D(", depthwise.window, input, bias, weights([0, 1, 3, 2]))
    case let convolution as Convolution:
      let groups = convolution.groups > 1 ? ", groups=\(convolution.groups)" : ""
      self.init(
        keras: "Conv2D(\(convolution.filters), ", convolution.window, input, groups + bias,
        weights())
    case let back as TransposedConvolution:
      let window = back.window
      let isSame = window.padding == .same
      // Without padding Keras lays all windows, and adds points behind the last that none covers.
      let reach = zip(window.reach, window.stride).map { max($0, $1) }
      let sizes = (0..<2).map { (input.picture[$0] - 1) * window.stride[$0] + reach[$0] }
      let isWhole = isSame || back.cut == [0, 0] && sizes == Array(output.sizes.prefix(2))
      self.init(
        constructor: "layers.Conv2DTranspose(\(back.filters), \(window.size.tuple), "
          + "strides=\(window.stride.tuple), padding=\"\(isSame ? "same" : "valid")\"\(bias))",
        parameters: weights([0, 1, 3, 2]), takesActivation: isWhole)
      let kept = (0..<2).map { "\(back.cut[$0]):\(back.cut[$0] + output[$0])" }
      let end = isWhole ? "" : "[:, \(kept[0]), \(kept[1])]"
      call = { "\($0)(\(Self.kerasPicture($1, input)))\(end)" }
    case let batch as BatchNormalization:
      self.init(
        constructor: "layers.BatchNormalization(momentum=\(1 - batch.momentum), "
          + "epsilon=\(batch.epsilon)\(center))",
        parameters: norm + [
          Parameter(name: "mean", theirs: "moving_mean"),
          Parameter(name: "variance", theirs: "moving_variance"),
        ])
    case let layerNorm as LayerNormalization:
      self.init(
        constructor: "layers.LayerNormalization(epsilon=\(layerNorm.epsilon)\(center))",
        parameters: norm)
    case let dropout as Dropout:
      self.init(constructor: "layers.Dropout(\(dropout.rate))")
    case let pool as any WindowPooling:
      let (name, window) = (pool.takesLargest ? "Max" : "Average", pool.window)
      guard let padding = window.kerasPadding(over: input.picture) else { return nil }
      self.init(
        constructor: "layers.\(name)Pooling2D(\(window.size.tuple), "
          + "strides=\(window.stride.tuple), padding=\"\(padding)\")")
      call = { "\($0)(\(Self.kerasPicture($1, input)))" }
    case let pool as GlobalPooling:
      let name = pool.statistic == .mean ? "Average" : "Max"
      self.init(constructor: "layers.Global\(name)Pooling2D()")
      call = { "\($0)(\(Self.kerasPicture($1, input)))" }
    case let larger as Upsampling:
      self.init(constructor: "layers.UpSampling2D(\(larger.factors.tuple))")
      call = { "\($0)(\(Self.kerasPicture($1, input)))" }
    default: return nil
    }
  }

  /// - Parameter kind: the layer's class, and what stands before the size of its window.
  private init(
    keras kind: String, _ window: Window, _ input: Shape, _ more: String, _ parameters: [Parameter]
  ) {
    let axes = window.axes(over: input.picture)
    var settings = window.size.tuple
    // Keras does not do both at once: the places between are left out afterwards.
    let isSparse = window.stride != [1, 1] && window.dilation != [1, 1]
    let padding = isSparse ? nil : window.kerasPadding(over: input.picture)
    let end = isSparse ? "[:, ::\(window.stride[0]), ::\(window.stride[1])]" : ""
    if window.stride != [1, 1], !isSparse { settings += ", strides=\(window.stride.tuple)" }
    settings += ", padding=\"\(padding ?? "valid")\""
    if window.dilation != [1, 1] { settings += ", dilation_rate=\(window.dilation.tuple)" }
    self.init(
      constructor: "layers.\(kind)\(settings)\(more))", parameters: parameters,
      takesActivation: true)
    call = { object, x in
      let picture = Self.kerasPicture(x, input)
      return padding == nil
        ? "\(object)(layers.ZeroPadding2D(\(axes.padding))(\(picture)))\(end)"
        : "\(object)(\(picture))"
    }
  }

  private static func kerasPicture(_ x: String, _ input: Shape) -> String {
    input.rank == 2 ? "layers.Reshape(\(input.picture.sizes.tuple))(\(x))" : x
  }
}

extension Window {
  /// What Keras calls the way that the window reaches over the edges; `nil` where it has no word.
  fileprivate func kerasPadding(over picture: Shape) -> String? {
    let own = axes(over: picture)
    let same = Window(size, stride: stride, dilation: dilation).axes(over: picture)
    if padding == .same || own == same, own.contains(where: { $0.before + $0.after > 0 }) {
      return "same"
    }
    return own.allSatisfy { $0.before + $0.after == 0 } ? "valid" : nil
  }
}
