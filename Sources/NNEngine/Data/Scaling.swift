extension Preprocessing.Scaling {
  /// The scaling that gives `values` the wanted range, fitted column by column.
  ///
  /// A column that is the same everywhere is shifted to 0 and keeps its scale.
  static func fitted(
    to values: [Float], width: Int, by method: DataOptions.Normalization
  ) -> Self? {
    guard width > 0, !values.isEmpty else { return nil }
    switch method {
    case .none: return nil
    case .minmax: return minmax(values, width)
    case .auto, .standard:
      return values.withUnsafeBufferPointer { standard($0, width) { Double($0) } }
    }
  }

  /// The same for 8-bit values: `auto` and `minmax` bring their whole range to 0…1.
  static func fitted(to values: [UInt8], width: Int, by method: DataOptions.Normalization) -> Self?
  {
    guard width > 0, !values.isEmpty else { return nil }
    switch method {
    case .none: return nil
    case .auto, .minmax: return .init(scale: [1 / 255], shift: [0])
    case .standard: return values.withUnsafeBufferPointer { standard($0, width) { Double($0) } }
    }
  }

  /// Mean 0 and deviation 1, the deviation being that of the rows themselves (divided by n).
  ///
  /// Two passes in 64 bits: the one-pass formula loses all digits where the mean is large.
  @inline(__always)
  private static func standard<Value>(
    _ values: UnsafeBufferPointer<Value>, _ width: Int, _ number: (Value) -> Double
  ) -> Self {
    let rows = Double(values.count / width)
    var means = [Double](repeating: 0, count: width)
    var squares = [Double](repeating: 0, count: width)
    means.withUnsafeMutableBufferPointer { means in
      squares.withUnsafeMutableBufferPointer { squares in
        for start in stride(from: 0, to: values.count, by: width) {
          for column in 0..<width { means[column] += number(values[start + column]) }
        }
        for column in 0..<width { means[column] /= rows }
        for start in stride(from: 0, to: values.count, by: width) {
          for column in 0..<width {
            let difference = number(values[start + column]) - means[column]
            squares[column] += difference * difference
          }
        }
      }
    }
    var scaling = Self(
      scale: Array(repeating: 1, count: width), shift: means.map { Float(-$0) })
    for column in 0..<width {
      let deviation = (squares[column] / rows).squareRoot()
      // Rounding leaves a trace of deviation in a column of equal numbers such as 0.1.
      guard deviation > abs(means[column]) * 1e-12 else { continue }
      scaling.set(column, scale: 1 / deviation, shift: -means[column] / deviation)
    }
    return scaling
  }

  private static func minmax(_ values: [Float], _ width: Int) -> Self {
    var scaling = Self(
      scale: Array(repeating: 1, count: width), shift: Array(repeating: 0, count: width))
    for column in 0..<width {
      var low = values[column]
      var high = low
      for index in stride(from: column, to: values.count, by: width) {
        low = min(low, values[index])
        high = max(high, values[index])
      }
      scaling.shift[column] = -low
      let range = Double(high) - Double(low)
      if range > 0 { scaling.set(column, scale: 1 / range, shift: -Double(low) / range) }
    }
    return scaling
  }

  /// Sets a column's scaling unless it leaves what 32 bits hold, as it may for numbers near 1e-38.
  private mutating func set(_ column: Int, scale: Double, shift: Double) {
    guard Float(scale).isFinite, Float(shift).isFinite else { return }
    self.scale[column] = Float(scale)
    self.shift[column] = Float(shift)
  }
}
