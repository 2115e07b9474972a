extension Preprocessing.Scaling {
  /// The scaling that gives `values` the wanted range, fitted column by column.
  ///
  /// A column that is the same everywhere is shifted to 0 and keeps its scale.
  static func fitted<Number: BinaryFloatingPoint>(
    to values: [Number], width: Int, by method: DataOptions.Normalization
  ) -> Self? {
    guard width > 0, !values.isEmpty else { return nil }
    return values.withUnsafeBufferPointer { values in
      switch method {
      case .none: nil
      case .minmax: minmax(values, width) { Double($0) }
      case .auto, .standard: standard(values, width) { Double($0) }
      }
    }
  }

  /// The same for 8-bit values: `auto` and `minmax` bring their whole range to 0…1.
  static func fitted(to values: [UInt8], width: Int, by method: DataOptions.Normalization) -> Self?
  {
    guard width > 0, !values.isEmpty else { return nil }
    switch method {
    case .none: return nil
    case .auto, .minmax: return .init(center: [0], scale: [1 / 255])
    case .standard: return values.withUnsafeBufferPointer { standard($0, width) { Double($0) } }
    }
  }

  /// Whether numbers that 32 bits hold exactly may be scaled in 32 bits: where the centre is many
  /// deviations away from 0, their difference would lose too many digits. The bound is a guess:
  /// it leaves an error of a millionth of a deviation.
  var suitsNarrowNumbers: Bool {
    zip(center, scale).allSatisfy { center, scale in
      Float(center).isFinite && Float(scale).isNormal && abs(center * scale) <= 16
    }
  }

  /// Mean 0 and deviation 1, the deviation being that of the rows themselves (divided by n).
  ///
  /// Two passes in 64 bits, over distances from the first row instead of the numbers themselves: a
  /// sum of squares, and a sum of numbers near 1e15, would lose the digits in which they differ.
  @inline(__always)
  private static func standard<Value>(
    _ values: UnsafeBufferPointer<Value>, _ width: Int, _ number: (Value) -> Double
  ) -> Self {
    let rows = Double(values.count / width)
    let origins = values[0..<width].map(number)
    var means = [Double](repeating: 0, count: width)
    var squares = [Double](repeating: 0, count: width)
    origins.withUnsafeBufferPointer { origins in
      means.withUnsafeMutableBufferPointer { means in
        squares.withUnsafeMutableBufferPointer { squares in
          Allowance.piecewiseUntilHalted(values.count / width, by: 1 << 18 / width) { piece in
            for start in stride(
              from: piece.lowerBound * width, to: piece.upperBound * width, by: width)
            {
              for column in 0..<width {
                means[column] += number(values[start + column]) - origins[column]
              }
            }
          }
          for column in 0..<width { means[column] = origins[column] + means[column] / rows }
          Allowance.piecewiseUntilHalted(values.count / width, by: 1 << 18 / width) { piece in
            for start in stride(
              from: piece.lowerBound * width, to: piece.upperBound * width, by: width)
            {
              for column in 0..<width {
                let difference = number(values[start + column]) - means[column]
                squares[column] += difference * difference
              }
            }
          }
        }
      }
    }
    var scaling = Self(center: means, scale: Array(repeating: 1, count: width))
    for column in 0..<width {
      if squares[column].isNormal {
        scaling.set(column, scale: 1 / (squares[column] / rows).squareRoot())
      } else {
        // All equal, or near the ends of 64 bits, where squares leave them.
        let numbers = stride(from: column, to: values.count, by: width).map { number(values[$0]) }
        scaling.fit(column, toExtreme: numbers)
      }
    }
    return scaling
  }

  /// The same for one column, in units of its largest number.
  private mutating func fit(_ column: Int, toExtreme numbers: [Double]) {
    let unit = numbers.reduce(0) { max($0, abs($1)) }
    guard unit > 0, unit.isFinite else { return }
    let rows = Double(numbers.count)
    let origin = numbers[0] / unit
    let mean = origin + numbers.reduce(0) { $0 + ($1 / unit - origin) } / rows
    let squares = numbers.reduce(0) { $0 + ($1 / unit - mean) * ($1 / unit - mean) }
    center[column] = mean * unit
    if squares > 0 { set(column, scale: 1 / (squares / rows).squareRoot() / unit) }
  }

  private static func minmax<Value>(
    _ values: UnsafeBufferPointer<Value>, _ width: Int, _ number: (Value) -> Double
  ) -> Self {
    var scaling = Self(
      center: Array(repeating: 0, count: width), scale: Array(repeating: 1, count: width))
    for column in 0..<width {
      var low = number(values[column])
      var high = low
      for index in stride(from: column, to: values.count, by: width) {
        low = min(low, number(values[index]))
        high = max(high, number(values[index]))
      }
      scaling.center[column] = low
      if high > low { scaling.set(column, scale: 1 / (high - low)) }
    }
    return scaling
  }

  /// Sets a column's factor unless it leaves what 64 bits hold.
  private mutating func set(_ column: Int, scale: Double) {
    if scale.isFinite && scale > 0 { self.scale[column] = scale }
  }
}
