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

  private func check(_ lines: String, square: Float = 2, fourth: Float = 4) throws -> Value {
    var catalog = Catalog.standard
    catalog.activations.append(
      Spec("square", "Squares.", example: "layer dense 4 square") { Square(factor: square) })
    catalog.losses.append(
      Spec("fourth", "Fourth powers.", example: "loss fourth") { Fourth(factor: fourth) })
    let session = Session(vocabulary: Vocabulary(catalog))
    try session.run(
      "data [[0.5, -1], [1, 2], [-0.3, 0.8]] target=[0.2, 0.7, 0.1]\n" + lines
        + "\nlet g = gradcheck")
    return session["g"] ?? .none
  }

  private let lines = "layer dense 3 square\nlayer dense 1\nloss mse"

  @Test func aRightDerivativePasses() throws {
    let fields = try #require(try check(lines).recordFields)
    // No function `square` is known: differences of the engine's own loss.
    #expect(fields.first { $0.name == "bits" }?.value.numberValue == 32)
    _ = try check("layer dense 3 tanh\nlayer dense 1\nloss fourth")
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
}
