import NNEngine

/// Numbers of several samples, a list for each.
typealias SampleRows = [[Double]]

/// A layer without its activation, worked out in 64 bits straight from its formula, and told with
/// its numbers put in.
protocol ExactLayer {
  /// What it computes: `z = x @ W + b`.
  var formula: Equality { get }
  /// The gradients by its parameters, if it has any: `dweights = x·dz`.
  var gradientFormula: Equality? { get }

  /// What stands before the activation, from the rows of each input.
  func forward(_ x: [SampleRows], _ values: [Double]) -> SampleRows
  /// The gradients by each input; adds those by the parameters.
  func backward(
    _ x: [SampleRows], _ dz: SampleRows, _ values: [Double], _ gradients: inout [Double]
  ) -> [SampleRows]

  /// One number of `z` of one sample with its numbers put in; `nil` where it is that of the input.
  func terms(_ unit: Int, _ x: [[Double]], _ values: [Double]) -> String?
  /// The gradient by one number of an input, with its numbers put in; `nil` where that says no
  /// more than its value.
  func terms(back unit: Int, input: Int, _ x: [[Double]], _ dz: [Double], _ values: [Double])
    -> String?
  /// The gradient by one parameter's number, that of a row and a unit, with its numbers put in.
  func terms(
    _ role: ParameterDeclaration.Role, row: Int, _ unit: Int, _ x: [[Double]], _ dz: [Double],
    _ values: [Double]
  ) -> String?
}

/// A formula as text and as LaTeX.
struct Equality {
  var text: String
  var latex: String
}

extension ExactLayer {
  var gradientFormula: Equality? { nil }
  func terms(_ unit: Int, _ x: [[Double]], _ values: [Double]) -> String? { nil }
  func terms(back unit: Int, input: Int, _ x: [[Double]], _ dz: [Double], _ values: [Double])
    -> String?
  { nil }
  func terms(
    _ role: ParameterDeclaration.Role, row: Int, _ unit: Int, _ x: [[Double]], _ dz: [Double],
    _ values: [Double]
  ) -> String? { nil }
}

/// `z = x · W + b`.
struct ExactDense: ExactLayer {
  let units: Int
  let weights: Network.ParameterSlot
  let bias: Network.ParameterSlot?

  /// `nil` for a node of another kind.
  init?(_ node: Network.Node) {
    guard node.layer is Dense, let weights = node.parameters.first(where: { $0.role == .weights })
    else { return nil }
    units = node.outputShape.count
    self.weights = weights
    bias = node.parameters.first { $0.role == .bias }
  }

  var formula: Equality {
    bias == nil
      ? Equality(text: "z = x @ W", latex: "z = xW")
      : Equality(text: "z = x @ W + b", latex: "z = xW + b")
  }

  var gradientFormula: Equality? {
    Equality(
      text: bias == nil ? "dweights = x·dz" : "dweights = x·dz, dbias = dz",
      latex: "\\frac{\\partial L}{\\partial W} = x^\\top \\delta"
        + (bias == nil ? "" : ", \\quad \\frac{\\partial L}{\\partial b} = \\delta"))
  }

  func forward(_ x: [SampleRows], _ values: [Double]) -> SampleRows {
    let start = weights.range.lowerBound
    return x[0].map { x in
      var z = bias.map { Array(values[$0.range]) } ?? [Double](repeating: 0, count: units)
      values.withUnsafeBufferPointer { values in
        z.withUnsafeMutableBufferPointer { z in
          for row in x.indices where x[row] != 0 {
            let (factor, first) = (x[row], start + row * units)
            for unit in 0..<units { z[unit] += factor * values[first + unit] }
          }
        }
      }
      return z
    }
  }

  func backward(
    _ x: [SampleRows], _ dz: SampleRows, _ values: [Double], _ gradients: inout [Double]
  ) -> [SampleRows] {
    let start = weights.range.lowerBound
    let dx = zip(x[0], dz).map { x, dz in
      x.indices.map { row in
        var sum = 0.0
        for unit in 0..<units {
          let place = start + row * units + unit
          gradients[place] += x[row] * dz[unit]
          sum += dz[unit] * values[place]
        }
        return sum
      }
    }
    if let bias {
      for dz in dz { for unit in 0..<units { gradients[bias.range.lowerBound + unit] += dz[unit] } }
    }
    return [dx]
  }

  func terms(_ unit: Int, _ x: [[Double]], _ values: [Double]) -> String? {
    let column = x[0].indices.map { values[weights.range.lowerBound + $0 * units + unit] }
    return Spelling.products(
      x[0], column, plus: bias.map { values[$0.range.lowerBound + unit] })
  }

  func terms(
    back unit: Int, input: Int, _ x: [[Double]], _ dz: [Double], _ values: [Double]
  ) -> String? {
    let start = weights.range.lowerBound + unit * units
    return Spelling.products(dz, Array(values[start..<start + units]))
  }

  func terms(
    _ role: ParameterDeclaration.Role, row: Int, _ unit: Int, _ x: [[Double]], _ dz: [Double],
    _ values: [Double]
  ) -> String? {
    role == .bias
      ? "dz[\(unit)]" : "\(Spelling.factor(x[0][row]))·\(Spelling.factor(dz[unit]))"
  }
}

/// Where a block's way and the way around it meet: `z = x₁ + x₂`.
struct ExactSum: ExactLayer {
  let formula = Equality(text: "z = the sum of its inputs", latex: "z = \\sum_k x_k")

  func forward(_ x: [SampleRows], _ values: [Double]) -> SampleRows {
    x.dropFirst().reduce(x[0]) { zip($0, $1).map { zip($0, $1).map(+) } }
  }

  func backward(
    _ x: [SampleRows], _ dz: SampleRows, _ values: [Double], _ gradients: inout [Double]
  ) -> [SampleRows] {
    x.map { _ in dz }
  }

  func terms(_ unit: Int, _ x: [[Double]], _ values: [Double]) -> String? {
    x.map { Spelling.factor($0[unit]) }.joined(separator: " + ")
  }
}

/// Where branches meet: inputs side by side along the last axis.
struct ExactConcatenation: ExactLayer {
  /// How many numbers each input has along that axis.
  let widths: [Int]

  init(_ node: Network.Node) { widths = node.inputShapes.map { $0.sizes.last ?? 1 } }

  let formula = Equality(
    text: "z = its inputs side by side", latex: "z = (x_1, x_2, \\dots)")

  private var width: Int { widths.reduce(0, +) }

  func forward(_ x: [SampleRows], _ values: [Double]) -> SampleRows {
    x[0].indices.map { row in
      (0..<x[0][row].count / max(1, widths[0])).flatMap { vector in
        widths.indices.flatMap { input in
          x[input][row][vector * widths[input]..<(vector + 1) * widths[input]]
        }
      }
    }
  }

  func backward(
    _ x: [SampleRows], _ dz: SampleRows, _ values: [Double], _ gradients: inout [Double]
  ) -> [SampleRows] {
    var column = 0
    return widths.map { own in
      defer { column += own }
      return dz.map { dz in
        stride(from: column, to: dz.count, by: width).flatMap { dz[$0..<$0 + own] }
      }
    }
  }
}

/// A layer that gives on what it gets, perhaps in another shape; dropout in training passes some
/// numbers enlarged and the others not at all.
struct ExactPassing: ExactLayer {
  /// What each number of each row is multiplied by; `nil` for 1.
  var factors: SampleRows?

  let formula = Equality(text: "z = x", latex: "z = x")

  func forward(_ x: [SampleRows], _ values: [Double]) -> SampleRows { scaled(x[0]) }

  func backward(
    _ x: [SampleRows], _ dz: SampleRows, _ values: [Double], _ gradients: inout [Double]
  ) -> [SampleRows] {
    [scaled(dz)]
  }

  private func scaled(_ rows: SampleRows) -> SampleRows {
    factors.map { zip(rows, $0).map { zip($0, $1).map(*) } } ?? rows
  }
}
