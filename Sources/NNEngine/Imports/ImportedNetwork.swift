/// A network that a file of another program describes, as layers of ours with their weights.
public struct ImportedNetwork: Sendable {
  /// A function that layers end in.
  public enum Function: Sendable {
    /// One of the catalog, with its options.
    case word(String, [String: Double])
    /// Any other, of one variable.
    case formula(Formula)
  }

  /// A layer.
  public struct Layer: Sendable {
    /// Its kind, as the catalog calls it; of joins `residual` and `branch`.
    public var kind: String
    /// What it is given besides, by name.
    public var settings: [(name: String, value: JSONValue)] = []
    /// The function it ends in.
    public var function: Function?
    /// The layers that it reads, by their places; `Network.input` for what the network is given.
    public var inputs: [Int]
    /// The shape behind it.
    public var output: Shape
    /// Its parameters by name.
    public var parameters: [String: Tensor] = [:]

    /// Whether an activation can be part of it.
    var takesFunction: Bool {
      function == nil && ["dense", "conv", "depthwise", "conv_transpose"].contains(kind)
    }
  }

  /// What the network is given.
  public internal(set) var input: Shape
  /// The layers in the order they run.
  public internal(set) var layers: [Layer] = []
  /// Which of them gives the result.
  public internal(set) var output = Network.input
  /// What to know about it, in words for people.
  public internal(set) var notes: [String] = []

  /// The shape behind a layer.
  func shape(_ place: Int) -> Shape { place == Network.input ? input : layers[place].output }

  /// Makes activations part of the layers before them, where nothing else reads those.
  mutating func fuse() {
    var readers = [Int](repeating: 0, count: layers.count)
    for layer in layers { for input in layer.inputs where input >= 0 { readers[input] += 1 } }
    if output >= 0 { readers[output] += 1 }
    var kept: [Layer] = []
    var places = [Int](repeating: 0, count: layers.count)
    func place(_ old: Int) -> Int { old == Network.input ? old : places[old] }
    for (old, layer) in layers.enumerated() {
      let source = layer.inputs[0]
      if layer.kind == "activation", source >= 0, readers[source] == 1,
        kept[places[source]].takesFunction
      {
        kept[places[source]].function = layer.function
        places[old] = places[source]
      } else {
        var layer = layer
        layer.inputs = layer.inputs.map(place)
        places[old] = kept.count
        kept.append(layer)
      }
    }
    output = place(output)
    layers = kept
  }
}
