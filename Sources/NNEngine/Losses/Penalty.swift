internal import CKernels

/// What is added to the loss for the weights themselves, whatever the data.
///
/// Training calls it for pieces of the weights, each piece once a step; biases are left alone.
public protocol Penalty: Sendable {
  /// Adds its gradient by `count` weights to `gradient`, which has as many numbers.
  func addGradient(
    _ w: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, count: Int)
  /// What it adds to the loss for `count` weights, in the loss's unit.
  func value(_ w: UnsafePointer<Float>, count: Int) -> Double
  /// What it adds for one weight; `nil` where that has no formula.
  var formula: Formula? { get }
}

extension Penalty {
  /// None: a host's own penalty may be any code.
  public var formula: Formula? { nil }
}

/// The sum of absolute weights: `factor · Σ |w|`, which draws what is not needed to 0.
///
/// - Gradient: `factor · sign(w)`; the kink at 0 counts as 0.
/// - Source: Tibshirani, Journal of the Royal Statistical Society, 1996.
public struct L1Penalty: Penalty {
  /// What the sum is multiplied by.
  public let factor: Double

  /// See `Penalty.formula`.
  public var formula: Formula? { Formula { factor * $0.magnitude } }

  /// Makes the penalty.
  public init(_ factor: Double) { self.factor = factor }

  /// See `Penalty.addGradient`.
  public func addGradient(
    _ w: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    nn_add_signs(w, gradient, count, Float(factor))
  }

  /// See `Penalty.value`.
  public func value(_ w: UnsafePointer<Float>, count: Int) -> Double {
    factor * (0..<count).reduce(0) { $0 + Double(w[$1].magnitude) }
  }
}

/// The sum of squared weights: `factor · Σ w²`, which keeps all of them small. Without a half, as
/// in the definition of ridge regression.
///
/// - Gradient: `2 · factor · w`.
/// - Source: Hoerl and Kennard, Technometrics, 1970.
public struct L2Penalty: Penalty {
  /// What the sum is multiplied by.
  public let factor: Double

  /// See `Penalty.formula`.
  public var formula: Formula? { Formula { factor * $0 * $0 } }

  /// Makes the penalty.
  public init(_ factor: Double) { self.factor = factor }

  /// See `Penalty.addGradient`.
  public func addGradient(
    _ w: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>, count: Int
  ) {
    nn_add_scaled(w, gradient, count, Float(2 * factor))
  }

  /// See `Penalty.value`.
  public func value(_ w: UnsafePointer<Float>, count: Int) -> Double {
    factor * nn_squared_deviation(w, count, 0)
  }
}
