/// One sample's way through a network and back, number by number.
struct Trace {
  struct Node {
    /// What goes in by each input, before the activation, and out.
    var x: [[Double]] = []
    var z: [Double] = []
    var y: [Double] = []
    /// The gradients by `y`, by `z` and by each input.
    var dy: [Double] = []
    var dz: [Double] = []
    var dx: [[Double]] = []
    /// What the layer has given a name on its way, such as `mean`.
    var named: [String: [Double]] = [:]
  }

  var nodes: [Node]
  /// As it is reported, in the targets' own units.
  var loss: Double
  /// What training makes small: of the smoothed or scaled target, weighed, and with the penalties.
  var objective: Double
  /// By all parameters, as they stand in `Network.values`: those of the objective.
  var gradients: [Double]
  /// Why the numbers are the engine's in 32 bits; `nil` where they are worked out in 64.
  var whyCoarse: String?

  /// What the network gives.
  func outputs(_ input: [Double]) -> [Double] { nodes.last?.y ?? input }
}
