/// A layer as PyTorch has it: a module of `torch.nn`, or a function.
struct PyTorchModule {
  /// One of its parameters.
  struct Parameter {
    /// What we call it.
    var name: String
    /// What the module calls it.
    var theirs: String
    /// Which of our axes each of theirs is; `nil` where both have them in one order.
    var order: [Int]?
  }

  /// What makes the module; `nil` for a function.
  var constructor: String?
  /// Its parameters.
  var parameters: [Parameter] = []
  /// What calls it: `MODULE` stands for the module, `X` for what it is given.
  var call: String

  /// The call with its names put in.
  func call(_ module: String, _ x: String) -> String {
    call.replacing("MODULE", with: "self.\(module)").replacing("X", with: x)
  }
}

extension PyTorchModule {
  /// How PyTorch has a layer, without the activation that it ends in; `nil` where it has no module
  /// that says the same. Numbers stay in our order, channels last, between layers.
  init?(_ layer: any Layer, input: Shape, output: Shape, hasBias: Bool) {
    let bias = hasBias ? "" : ", bias=False"
    let own = [Parameter(name: "bias", theirs: "bias")].filter { _ in hasBias }
    func weights(_ order: [Int]?) -> [Parameter] {
      [Parameter(name: "weights", theirs: "weight", order: order)] + own
    }
    switch layer {
    case let dense as Dense:
      self.init(
        constructor: "nn.Linear(\(input.count), \(dense.units)\(bias))",
        parameters: weights([1, 0]),
        call: input.rank == 1 ? "MODULE(X)" : "MODULE(X.flatten(1))")
    case let depthwise as DepthwiseConvolution:
      self.init(depthwise.convolution(on: input), input, bias, weights([3, 2, 0, 1]))
    case let convolution as Convolution:
      self.init(convolution, input, bias, weights([3, 2, 0, 1]))
    case let back as TransposedConvolution:
      self.init(back, input, output, bias, weights([2, 3, 0, 1]))
    case let norm as BatchNormalization:
      guard hasBias, (1...3).contains(input.rank) else { return nil }
      let features = input.sizes.last ?? 1
      self.init(
        constructor: "nn.BatchNorm\(input.rank == 3 ? 2 : 1)d("
          + "\(features), eps=\(norm.epsilon), momentum=\(norm.momentum))",
        parameters: weights(nil) + [
          Parameter(name: "mean", theirs: "running_mean"),
          Parameter(name: "variance", theirs: "running_var"),
        ], call: "MODULE(X)")
      switch input.rank {
      case 2: call = "MODULE(X.transpose(1, 2)).transpose(1, 2)"
      case 3: call = Self.channelsFirst("MODULE(X)", input)
      default: break
      }
    case let norm as LayerNormalization:
      self.init(
        constructor: "nn.LayerNorm(\(input.sizes.last ?? 1), eps=\(norm.epsilon)\(bias))",
        parameters: weights(nil), call: "MODULE(X)")
    case let pool as any WindowPooling:
      let axes = pool.window.axes(over: input.picture)
      var settings = "\(pool.window.size.listed), \(pool.window.stride.listed)"
      // Its pools reach over both sides alike, by half of the window at most.
      let isTheirs = axes.allSatisfy { $0.before == $0.after && 2 * $0.before <= $0.size }
      if isTheirs { settings += ", \(axes.map(\.before).listed)" }
      if pool.takesLargest {
        let padding = isTheirs ? nil : axes.padding
        let padded = padding.map { "F.pad(X, \($0), value=-torch.inf)" } ?? "X"
        self.init(call: Self.channelsFirst("F.max_pool2d(\(padded), \(settings))", input))
      } else {
        guard isTheirs else { return nil }
        self.init(
          call: Self.channelsFirst(
            "F.avg_pool2d(X, \(settings), count_include_pad=False)", input))
      }
    case let larger as Upsampling:
      let picture = input.rank == 2 ? "X.unsqueeze(-1)" : "X"
      let factors = larger.factors
      self.init(
        call: "\(picture).repeat_interleave(\(factors[0]), 1).repeat_interleave(\(factors[1]), 2)")
    default: return nil
    }
  }

  private init(
    _ convolution: Convolution, _ input: Shape, _ bias: String, _ parameters: [Parameter]
  ) {
    let (window, axes) = (convolution.window, convolution.window.axes(over: input.picture))
    let isEven = axes.allSatisfy { $0.before == $0.after }
    var settings = "\(input.picture[2]), \(convolution.filters), \(window.size.listed)"
    if window.stride != [1, 1] { settings += ", stride=\(window.stride.listed)" }
    if isEven, axes.contains(where: { $0.before > 0 }) {
      settings += ", padding=\(axes.map(\.before).listed)"
    }
    if window.dilation != [1, 1] { settings += ", dilation=\(window.dilation.listed)" }
    if convolution.groups > 1 { settings += ", groups=\(convolution.groups)" }
    let padded = isEven ? "X" : axes.padding.map { "F.pad(X, \($0))" } ?? "X"
    self.init(
      constructor: "nn.Conv2d(\(settings)\(bias))", parameters: parameters,
      call: Self.channelsFirst("MODULE(\(padded))", input))
  }

  private init(
    _ back: TransposedConvolution, _ input: Shape, _ output: Shape, _ bias: String,
    _ parameters: [Parameter]
  ) {
    let window = back.window
    var settings = "\(input.picture[2]), \(back.filters), \(window.size.listed)"
    if window.stride != [1, 1] { settings += ", stride=\(window.stride.listed)" }
    if window.dilation != [1, 1] { settings += ", dilation=\(window.dilation.listed)" }
    // What the windows cover, cut or filled up to the size that we have.
    let covered = (0..<2).map {
      (input.picture[$0] - 1) * window.stride[$0] + window.reach[$0]
    }
    let more = (0..<2).map { output[$0] + back.cut[$0] - covered[$0] }
    var made = "MODULE(X)"
    if case .points = window.padding {
      settings += ", padding=\(back.cut.listed)"
    } else if back.cut != [0, 0] || more.contains(where: { $0 < 0 }) {
      let ends = (0..<2).map { "\(back.cut[$0]):\(back.cut[$0] + output[$0])" }
      made += "[:, :, \(ends[0]), \(ends[1])]"
    }
    // Points that no window covers have the bias alone.
    let isFull = more.allSatisfy { $0 <= 0 }
    if !isFull { settings += ", output_padding=\(more.map { max(0, $0) }.listed)" }
    self.init(
      constructor: "nn.ConvTranspose2d(\(settings)\(bias))", parameters: parameters,
      call: Self.channelsFirst(made, input))
  }

  /// A call on a picture whose channels come first, as PyTorch has them.
  private static func channelsFirst(_ call: String, _ input: Shape) -> String {
    let picture = input.rank == 2 ? "X.unsqueeze(1)" : "X.permute(0, 3, 1, 2)"
    return call.replacing("X", with: picture) + ".permute(0, 2, 3, 1)"
  }
}

extension [Int] {
  /// As Python writes it.
  fileprivate var listed: String { "(" + map(String.init).joined(separator: ", ") + ")" }
}

extension [ProductOperation.Axis] {
  /// What `F.pad` is given: the last axis first; `nil` where there is nothing to add.
  fileprivate var padding: String? {
    guard contains(where: { $0.before > 0 || $0.after > 0 }) else { return nil }
    return reversed().flatMap { [$0.before, $0.after] }.listed
  }
}
