import Testing

@testable import NNEngine

/// Every activation of the catalog, number by number. That gradients flow through layers is
/// `GradientTests`' business.
struct ActivationTests {
  /// An activation beside its oracle.
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var activation: any Activation
    var oracle: Oracle.Function
  }

  static let all: [Case] =
    Catalog.standard.activations.compactMap { entry in
      guard let activation = try? entry.makeWithDefaults() else { return nil }
      return Oracle.functions[entry.name].map {
        Case(testDescription: entry.name, activation: activation, oracle: $0)
      }
    } + [
      Case(
        testDescription: "leaky_relu slope=0.3", activation: LeakyReLU(slope: 0.3),
        oracle: Oracle.leakyReLU(slope: 0.3)),
      Case(
        testDescription: "leaky_relu slope=0", activation: LeakyReLU(slope: 0),
        oracle: Oracle.leakyReLU(slope: 0)),
      Case(
        testDescription: "elu alpha=2.5", activation: ELU(alpha: 2.5),
        oracle: Oracle.elu(alpha: 2.5)),
    ]

  @Test func everyActivationHasAnOracle() {
    let known = Set(Oracle.functions.keys).union(["softmax"])
    #expect(Set(Catalog.standard.activations.map(\.name)) == known)
  }

  /// What goes out of one row, half of it given as bias, and the gradient for a dy of 1.
  private func run(_ activation: any Activation, _ x: [Float]) -> (y: [Float], dx: [Float]) {
    let width = x.count
    let (given, y, dx) = (
      Buffer<Float>(count: width), Buffer<Float>(count: width), Buffer<Float>(count: width)
    )
    let bias = Buffer<Float>(count: width)
    given.load(x)
    bias.load(x.map { $0 / 2 })
    // In place, as layers do.
    y.load(bias.array)
    activation.forward(
      ActivationRows(
        x: UnsafePointer(y.start), bias: bias.start, y: y.start, count: 1, width: width))
    dx.load([Float](repeating: 1, count: width))
    activation.backward(
      ActivationRows(x: given.start, bias: nil, y: y.start, count: 1, width: width), dy: dx.start,
      dx: dx.start)
    return (y.array, dx.array)
  }

  @Test(arguments: all) func valuesAndSlopesMatchTheOracle(_ one: Case) {
    // Off the kinks at 0 and ±3; far enough for every function to have become straight.
    let x = stride(from: Float(-30.0137), to: 30, by: 0.03).map { $0 }
    let (y, dx) = run(one.activation, x)
    let values = x.map { one.oracle.value(Double($0)) }
    let slopes = x.map { one.oracle.slope(Double($0)) }
    #expect(Tolerance.single.firstDifference(y.map(Double.init), values) == nil)
    #expect(Tolerance.single.firstDifference(dx.map(Double.init), slopes) == nil)
  }

  @Test(arguments: all) func hugeAndTinyInputsStayRight(_ one: Case) {
    let sizes: [Float] = [1e-38, 1e-20, 1e-6, 45, 89, 105, 1000, 1e10, 1e19, 1e30, 3e38]
    let x = sizes + sizes.map { -$0 }
    let (y, dx) = run(one.activation, x)
    let values = x.map { one.oracle.value(Double($0)) }
    let slopes = x.map { one.oracle.slope(Double($0)) }
    #expect(Tolerance.single.firstDifference(y.map(Double.init), values) == nil)
    #expect(Tolerance.single.firstDifference(dx.map(Double.init), slopes) == nil)
  }

  @Test(arguments: all) func oracleSlopeMatchesCentralDifferences(_ one: Case) {
    let points = stride(from: -6.0137, to: 6, by: 0.11).map { $0 }
    let step = 1e-5
    let expected = points.map {
      (one.oracle.value($0 + step) - one.oracle.value($0 - step)) / (2 * step)
    }
    #expect(Tolerance.differences.firstDifference(points.map(one.oracle.slope), expected) == nil)
  }

  @Test(arguments: all) func whatIsNoNumberStaysSo(_ one: Case) {
    #expect(run(one.activation, [.nan]).y[0].isNaN)
  }

  /// `torch.nn.functional.NAME(torch.tensor([-2., -0.5, 0.5, 2.]))`, PyTorch 2.13.
  @Test(arguments: [
    ("leaky_relu", [-0.02, -0.005, 0.5, 2.0]),
    ("elu", [-0.86466472, -0.39346934, 0.5, 2.0]),
    ("selu", [-1.52016647, -0.69175819, 0.52535049, 2.10140197]),
    ("gelu", [-0.04550026, -0.15426877, 0.34573123, 1.95449974]),
    ("silu", [-0.23840584, -0.18877033, 0.31122967, 1.76159416]),
    ("mish", [-0.25250148, -0.22074377, 0.37524521, 1.94395896]),
    ("hard_sigmoid", [0.16666667, 0.41666667, 0.58333333, 0.83333333]),
    ("softsign", [-0.66666667, -0.33333333, 0.33333333, 0.66666667]),
    ("softplus", [0.12692801, 0.47407698, 0.97407698, 2.12692801]),
  ])
  func valuesAreThoseOfPyTorch(_ name: String, _ expected: [Double]) throws {
    let entry = try #require(Catalog.standard.activations.first { $0.name == name })
    let y = run(try entry.makeWithDefaults(), [-2, -0.5, 0.5, 2]).y
    #expect(Tolerance.single.firstDifference(y.map(Double.init), expected) == nil)
  }
}
