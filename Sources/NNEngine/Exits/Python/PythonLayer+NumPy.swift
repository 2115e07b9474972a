extension PythonLayer {
  /// A layer as an expression of NumPy; `nil` for those that their operations say as well.
  init?(numpy layer: any Layer, input: Shape, hasBias: Bool) {
    func weights(_ object: String) -> String { Self.weights(object, "weights") }
    func bias(_ object: String) -> String {
      hasBias ? " + \(Self.weights(object, "bias"))" : ""
    }
    let own = [
      Parameter(name: "weights", theirs: "weights"), Parameter(name: "bias", theirs: "bias"),
    ].prefix(hasBias ? 2 : 1)
    switch layer {
    case is Dense:
      let flat = input.rank == 1 ? "" : ".reshape(-1, \(input.count))"
      self.init(parameters: Array(own)) { "\($1)\(flat) @ \(weights($0))\(bias($0))" }
    case let depthwise as DepthwiseConvolution:
      self.init(numpy: depthwise.convolution(on: input), input: input, hasBias: hasBias)
    case let convolution as Convolution:
      let (window, axes) = (convolution.window, convolution.window.axes(over: input.picture))
      var settings = ", \(window.stride.tuple), \(axes.padding)"
      if window.dilation != [1, 1] { settings += ", dilation=\(window.dilation.tuple)" }
      if convolution.groups > 1 { settings += ", groups=\(convolution.groups)" }
      self.init(parameters: Array(own), helper: .convolve) {
        "convolve(\(Self.picture($1, input)), \(weights($0))\(settings))\(bias($0))"
      }
    case let pool as any WindowPooling:
      let (window, axes) = (pool.window, pool.window.axes(over: input.picture))
      let settings = "\(window.size.tuple), \(window.stride.tuple), \(axes.padding)"
      let (name, fill) = pool.takesLargest ? ("max", "-np.inf") : ("nanmean", "np.nan")
      self.init(helper: .pool) {
        "pool(np.\(name), \(Self.picture($1, input)), \(settings), \(fill))"
      }
    default: return nil
    }
  }

  /// The expression for an array of the file.
  static func weights(_ object: String, _ name: String) -> String {
    "WEIGHTS[\(PythonText.literal("\(object).\(name)"))]"
  }

  private static func picture(_ x: String, _ input: Shape) -> String {
    input.rank == 2 ? "\(x)[..., None]" : x
  }
}

extension [ProductOperation.Axis] {
  /// What `np.pad` adds along each axis.
  var padding: String { "(" + map { [$0.before, $0.after].tuple }.joined(separator: ", ") + ")" }
}
