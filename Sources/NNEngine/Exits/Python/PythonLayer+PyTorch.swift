extension PythonLayer {
  /// A layer as a module of `torch.nn`, or a function; `nil` where PyTorch has none that says the
  /// same.
  init?(pytorch layer: any Layer, input: Shape, output: Shape, hasBias: Bool) {
    let bias = hasBias ? "" : ", bias=False"
    let own = [Parameter(name: "bias", theirs: "bias")].filter { _ in hasBias }
    func weights(_ order: [Int]?) -> [Parameter] {
      [Parameter(name: "weights", theirs: "weight", order: order)] + own
    }
    switch layer {
    case let dense as Dense:
      self.init(
        constructor: "nn.Linear(\(input.count), \(dense.units)\(bias))",
        parameters: weights([1, 0]))
      if input.rank != 1 { call = { "\($0)(\($1).flatten(1))" } }
    case let depthwise as DepthwiseConvolution:
      self.init(pytorch: depthwise.convolution(on: input), input, bias, weights([3, 2, 0, 1]))
    case let convolution as Convolution:
      self.init(pytorch: convolution, input, bias, weights([3, 2, 0, 1]))
    case let back as TransposedConvolution:
      self.init(pytorch: back, input, output, bias, weights([2, 3, 0, 1]))
    case let norm as BatchNormalization:
      guard hasBias, (1...3).contains(input.rank) else { return nil }
      let features = input.sizes.last ?? 1
      self.init(
        constructor: "nn.BatchNorm\(input.rank == 3 ? 2 : 1)d("
          + "\(features), eps=\(norm.epsilon), momentum=\(norm.momentum))",
        parameters: weights(nil) + [
          Parameter(name: "mean", theirs: "running_mean"),
          Parameter(name: "variance", theirs: "running_var"),
        ])
      switch input.rank {
      case 2: call = { "\($0)(\($1).transpose(1, 2)).transpose(1, 2)" }
      case 3: call = Self.channelsFirst(input) { "\($0)(\($1))" }
      default: break
      }
    case let norm as LayerNormalization:
      self.init(
        constructor: "nn.LayerNorm(\(input.sizes.last ?? 1), eps=\(norm.epsilon)\(bias))",
        parameters: weights(nil))
    case let dropout as Dropout:
      self.init(constructor: "nn.Dropout(\(dropout.rate))")
    case let pool as any WindowPooling:
      let axes = pool.window.axes(over: input.picture)
      var settings = "\(pool.window.size.tuple), \(pool.window.stride.tuple)"
      // Its pools reach over both sides alike, by half of the window at most.
      let isTheirs = axes.allSatisfy { $0.before == $0.after && 2 * $0.before <= $0.size }
      if isTheirs { settings += ", \(axes.map(\.before).tuple)" }
      if pool.takesLargest {
        let pad = isTheirs ? nil : axes.torchPadding
        self.init(
          call: Self.channelsFirst(input) { _, x in
            let padded = pad.map { "F.pad(\(x), \($0), value=-torch.inf)" } ?? x
            return "F.max_pool2d(\(padded), \(settings))"
          })
      } else {
        guard isTheirs else { return nil }
        self.init(
          call: Self.channelsFirst(input) {
            "F.avg_pool2d(\($1), \(settings), count_include_pad=False)"
          })
      }
    case let larger as Upsampling:
      let picture = input.rank == 2 ? ".unsqueeze(-1)" : ""
      let factors = larger.factors
      self.init(
        call: {
          "\($1)\(picture).repeat_interleave(\(factors[0]), 1).repeat_interleave(\(factors[1]), 2)"
        })
    default: return nil
    }
  }

  private init(
    pytorch convolution: Convolution, _ input: Shape, _ bias: String, _ parameters: [Parameter]
  ) {
    let (window, axes) = (convolution.window, convolution.window.axes(over: input.picture))
    let isEven = axes.allSatisfy { $0.before == $0.after }
    var settings = "\(input.picture[2]), \(convolution.filters), \(window.size.tuple)"
    if window.stride != [1, 1] { settings += ", stride=\(window.stride.tuple)" }
    if isEven, axes.contains(where: { $0.before > 0 }) {
      settings += ", padding=\(axes.map(\.before).tuple)"
    }
    if window.dilation != [1, 1] { settings += ", dilation=\(window.dilation.tuple)" }
    if convolution.groups > 1 { settings += ", groups=\(convolution.groups)" }
    let pad = isEven ? nil : axes.torchPadding
    self.init(
      constructor: "nn.Conv2d(\(settings)\(bias))", parameters: parameters,
      call: Self.channelsFirst(input) { module, x in
        "\(module)(\(pad.map { "F.pad(\(x), \($0))" } ?? x))"
      })
  }

  private init(
    pytorch back: TransposedConvolution, _ input: Shape, _ output: Shape, _ bias: String,
    _ parameters: [Parameter]
  ) {
    let window = back.window
    var settings = "\(input.picture[2]), \(back.filters), \(window.size.tuple)"
    if window.stride != [1, 1] { settings += ", stride=\(window.stride.tuple)" }
    if window.dilation != [1, 1] { settings += ", dilation=\(window.dilation.tuple)" }
    // What the windows cover, cut or filled up to the size that we have.
    let covered = (0..<2).map {
      (input.picture[$0] - 1) * window.stride[$0] + window.reach[$0]
    }
    let more = (0..<2).map { output[$0] + back.cut[$0] - covered[$0] }
    var end = ""
    if case .points = window.padding {
      settings += ", padding=\(back.cut.tuple)"
    } else if back.cut != [0, 0] || more.contains(where: { $0 < 0 }) {
      let ends = (0..<2).map { "\(back.cut[$0]):\(back.cut[$0] + output[$0])" }
      end = "[:, :, \(ends[0]), \(ends[1])]"
    }
    // Points that no window covers have the bias alone.
    let isFull = more.allSatisfy { $0 <= 0 }
    if !isFull { settings += ", output_padding=\(more.map { max(0, $0) }.tuple)" }
    self.init(
      constructor: "nn.ConvTranspose2d(\(settings)\(bias))", parameters: parameters,
      call: Self.channelsFirst(input) { "\($0)(\($1))\(end)" })
  }

  /// A call on a picture whose channels come first, as PyTorch has them.
  private static func channelsFirst(
    _ input: Shape, _ call: @escaping (String, String) -> String
  ) -> (String, String) -> String {
    let picture = input.rank == 2 ? ".unsqueeze(1)" : ".permute(0, 3, 1, 2)"
    return { "\(call($0, $1 + picture)).permute(0, 2, 3, 1)" }
  }
}

extension [ProductOperation.Axis] {
  /// What `F.pad` is given: the last axis first; `nil` where there is nothing to add.
  fileprivate var torchPadding: String? {
    guard contains(where: { $0.before > 0 || $0.after > 0 }) else { return nil }
    return reversed().flatMap { [$0.before, $0.after] }.tuple
  }
}
