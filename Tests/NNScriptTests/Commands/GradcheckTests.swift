import NNEngine
import NNScript
import Testing

/// A gradient that is wrong must be seen, whoever brought it: words of a host's own, made with what
/// the libraries offer to everyone.
@Suite struct GradcheckTests {
  /// y = x², whose gradient is 2x, or what it is said to be.
  private struct Square: Activation {
    let name = "square"
    let keepsInput = true
    var factor: Float
    var formula: Formula { Formula { $0 * $0 } }

    func forward(_ rows: ActivationRows) {
      for index in 0..<rows.count * rows.width {
        let x = rows.x[index] + (rows.bias?[index % rows.width] ?? 0)
        rows.y[index] = x * x
      }
    }

    func backward(
      _ rows: ActivationRows, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>
    ) {
      for index in 0..<rows.count * rows.width { dx[index] = dy[index] * factor * rows.x[index] }
    }
  }

  /// The fourth power of the error, with its gradient or another one.
  private struct Fourth: Loss {
    let name = "fourth"
    var factor: Float

    func sum(_ rows: LossRows) -> Double {
      guard let values = rows.values else { return .nan }
      var sum = 0.0
      for index in 0..<rows.count * rows.width {
        let error = rows.outputs[index] - values[index]
        sum += Double(error * error * error * error)
        rows.gradient?[index] = factor * error * error * error * rows.scale
      }
      return sum
    }
  }

  /// Each number times a weight of its own, with its gradients or multiples of them.
  private struct Stretch: Layer {
    let kind = "stretch"
    var inputFactor: Float
    var weightFactor: Float

    func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { input }

    func parameters(for input: Shape) -> [ParameterDeclaration] {
      [
        ParameterDeclaration(
          "weights", .weights, [input.count], fanIn: 1, fanOut: 1, initializer: Glorot())
      ]
    }

    func lower(
      _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
    ) -> Operations.Ref {
      operations.formula(inputs[0], parameters["weights"]) { $0 * $1 }
    }

    func makePass(_ site: LayerSite) -> any LayerPass { StretchPass(self, site) }
  }

  private final class StretchPass: LayerPass {
    let layer: Stretch
    let site: LayerSite
    let gradientTiles = 1

    init(_ layer: Stretch, _ site: LayerSite) {
      self.layer = layer
      self.site = site
    }

    private var width: Int { site.inputShape.count }

    func forward(_ work: RowWork) {
      let rows = work.rows
      guard let w = site.parameter("weights")?.values else { return }
      for place in rows.lowerBound * width..<rows.upperBound * width {
        site.y[place] = site.x[place] * w[place % width]
      }
    }

    func backward(_ work: RowWork) {
      let rows = work.rows
      guard let w = site.parameter("weights")?.values, let dx = site.dx, let dy = site.dy else {
        return
      }
      for place in rows.lowerBound * width..<rows.upperBound * width {
        dx[place] = layer.inputFactor * dy[place] * w[place % width]
      }
    }

    func gradient(tile: Int, rows: Int) -> Range<Int> {
      guard let parameter = site.parameter("weights"), let dy = site.dy else { return 0..<0 }
      for unit in 0..<width {
        parameter.gradient[unit] = (0..<rows).reduce(0) {
          $0 + layer.weightFactor * dy[$1 * width + unit] * site.x[$1 * width + unit]
        }
      }
      return parameter.range
    }
  }

  private func check(
    _ lines: String, square: Float = 2, fourth: Float = 4, input: Float = 1, weight: Float = 1
  ) throws -> Value {
    var catalog = Catalog.standard
    catalog.activations.append(
      Spec("square", "Squares.", example: "layer dense 4 square") { Square(factor: square) })
    catalog.losses.append(
      Spec("fourth", "Fourth powers.", example: "loss fourth") { Fourth(factor: fourth) })
    catalog.layers.append(
      Spec("stretch", "Stretches.", example: "layer stretch") {
        Stretch(inputFactor: input, weightFactor: weight)
      })
    let session = Session(vocabulary: Vocabulary(catalog))
    try session.run(
      "data [[0.5, -1], [1, 2], [-0.3, 0.8]] target=[0.2, 0.7, 0.1]\n" + lines
        + "\nlet g = gradcheck")
    return session["g"] ?? .none
  }

  private let lines = "layer dense 3 square\nlayer dense 1\nloss mse"

  @Test func aRightDerivativePasses() throws {
    let fields = try #require(try check(lines).recordFields)
    #expect(fields.first { $0.name == "bits" }?.value.numberValue == 64)
    // No formula of the loss is known: differences of the engine's own.
    let others = try #require(
      try check("layer dense 3 tanh\nlayer dense 1\nloss fourth").recordFields)
    #expect(others.first { $0.name == "bits" }?.value.numberValue == 32)
  }

  @Test(arguments: [1, 3, -2] as [Float]) func aWrongActivationFails(_ factor: Float) throws {
    let error = #expect(throws: ScriptError.self) { try check(lines, square: factor) }
    let diagnostic = try #require(error?.diagnostics.last)
    #expect(diagnostic.code == .assertion)
    #expect(diagnostic.message.contains("the gradient by `dense1."))
    #expect(diagnostic.notes.first?.hasPrefix("wrong in 2 parameters of 4") == true)
  }

  @Test(arguments: [2, -4] as [Float]) func aWrongLossFails(_ factor: Float) {
    #expect(throws: ScriptError.self) {
      try check("layer dense 3 tanh\nlayer dense 1\nloss fourth", fourth: factor)
    }
  }

  private let stretched = "layer dense 3 tanh\nlayer stretch\nlayer dense 1\nloss mse l2=0.01"

  @Test func aRightLayerPasses() throws { _ = try check(stretched) }

  @Test func aLayerThatHandsBackTooMuchFails() {
    let error = #expect(throws: ScriptError.self) { try check(stretched, input: 1.5) }
    let diagnostic = error?.diagnostics.last
    // What stands behind it is right, what stands before it gets too much.
    #expect(diagnostic?.notes.first?.hasSuffix("dense1.weights, dense1.bias") == true)
  }

  @Test(arguments: [0, -1, 1.5] as [Float]) func aLayerThatMovesItsWeightsWronglyFails(
    _ factor: Float
  ) {
    let error = #expect(throws: ScriptError.self) { try check(stretched, weight: factor) }
    #expect(error?.diagnostics.last?.notes.first?.hasSuffix("stretch1.weights") == true)
  }

  @Test func aGradientThatIsWrongBesideAKinkIsNotExcused() {
    // Inputs of 0 put the ReLUs on their kink; the layer behind them has a wrong gradient all the same.
    #expect(throws: ScriptError.self) {
      try check(
        "data [[0, 0], [1, 2]] target=[1, 0]\nlayer dense 3 relu\nlayer stretch\nlayer dense 1",
        weight: 1.5)
    }
  }
}
