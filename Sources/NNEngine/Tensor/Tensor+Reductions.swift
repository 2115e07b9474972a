internal import CKernels

extension Tensor {
  /// What an axis, or a whole tensor, can be reduced to.
  public enum Reduction: Sendable {
    case sum, mean, maximum, minimum
    /// The deviation, dividing by the number of values.
    case deviation
    /// The place of the first greatest value, counted from 0.
    case greatestIndex
  }

  /// Reduces all elements to one number.
  ///
  /// - Throws: `EngineError.invalid` where there is nothing to reduce (a sum of nothing is 0).
  public func reduced(_ reduction: Reduction) throws(EngineError) -> Double {
    guard reduction == .sum || !elements.isEmpty else {
      throw .invalid("there is nothing to reduce: the tensor is empty")
    }
    return elements.withUnsafeBufferPointer { Tensor.reduce(reduction, $0.baseAddress, $0.count) }
  }

  /// Reduces along one axis, which the result no longer has; negative axes count from the last.
  ///
  /// - Throws: `EngineError.invalid` for an axis that is not there or is empty.
  public func reduced(_ reduction: Reduction, axis given: Int) throws(EngineError) -> Tensor {
    let axis = given < 0 ? given + shape.rank : given
    guard 0..<shape.rank ~= axis else {
      throw .invalid("a tensor of \(shape) has no axis \(given)")
    }
    let length = shape[axis]
    guard reduction == .sum || length > 0 else {
      throw .invalid("there is nothing to reduce: axis \(given) is empty")
    }
    var sizes = shape.sizes
    sizes.remove(at: axis)
    let inner = sizes[axis...].reduce(1, *)
    let outer = sizes[..<axis].reduce(1, *)
    let values = Tensor.filled(inner * outer) { out in
      elements.withUnsafeBufferPointer { source in
        for o in 0..<outer {
          let block = source.baseAddress.map { $0 + o * length * inner }
          if inner == 1 {
            out[o] = Float(Tensor.reduce(reduction, block, length))
          } else {
            Tensor.reduceRows(reduction, block, length, inner, out + o * inner)
          }
        }
      }
    }
    return Tensor(shape: Shape(sizes), elements: values)
  }

  private static func reduce(
    _ reduction: Reduction, _ values: UnsafePointer<Float>?, _ count: Int
  ) -> Double {
    guard let values, count > 0 else { return 0 }
    switch reduction {
    case .sum: return nn_sum(values, count)
    case .mean: return nn_sum(values, count) / Double(count)
    case .maximum: return Double(nn_greatest(values, count))
    case .minimum: return Double(nn_least(values, count))
    case .deviation:
      let mean = nn_sum(values, count) / Double(count)
      return (nn_squared_deviation(values, count, mean) / Double(count)).squareRoot()
    case .greatestIndex:
      var best = 0
      for index in 1..<max(count, 1) where values[index] > values[best] { best = index }
      return Double(best)
    }
  }

  /// Reduces `rows` rows to one, whole rows at a time: memory is read in its order.
  private static func reduceRows(
    _ reduction: Reduction, _ source: UnsafePointer<Float>?, _ rows: Int, _ width: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    guard let source, rows > 0 else {
      out.update(repeating: 0, count: width)
      return
    }
    switch reduction {
    case .sum, .mean, .deviation:
      var sums = [Double](repeating: 0, count: width)
      for row in 0..<rows { nn_add_row(source + row * width, &sums, width) }
      if reduction != .sum {
        for place in 0..<width { sums[place] /= Double(rows) }
      }
      if reduction == .deviation {
        let means = sums
        for place in 0..<width { sums[place] = 0 }
        for row in 0..<rows { nn_add_row_deviation(source + row * width, means, &sums, width) }
        for place in 0..<width { sums[place] = (sums[place] / Double(rows)).squareRoot() }
      }
      for place in 0..<width { out[place] = Float(sums[place]) }
    case .maximum, .minimum:
      out.update(from: source, count: width)
      let kernel = reduction == .maximum ? NN_MAX : NN_MIN
      for row in 1..<max(rows, 1) {
        nn_binary(kernel, out, 1, source + row * width, 1, out, width)
      }
    case .greatestIndex:
      for place in 0..<width {
        var best = 0
        for row in 1..<max(rows, 1) where source[row * width + place] > source[best * width + place]
        {
          best = row
        }
        out[place] = Float(best)
      }
    }
  }
}
