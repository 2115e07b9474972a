/// The number that stands at a place in the order of size, without sorting the others.
enum Selection {
  /// The middle one, or the mean of the two in the middle; the order of `values` is lost.
  static func median(_ values: inout [Double]) -> Double {
    let half = values.count / 2
    let upper = element(half, of: &values)
    guard values.count % 2 == 0 else { return upper }
    // All before the middle are at most as large.
    let lower = values[..<half].max() ?? upper
    return (lower + upper) / 2
  }

  /// Hoare's selection, each time around the middle of three: what stands at `place` is there at the
  /// end, with nothing larger before it and nothing smaller behind it.
  private static func element(_ place: Int, of values: inout [Double]) -> Double {
    values.withUnsafeMutableBufferPointer { values in
      var (low, high) = (0, values.count - 1)
      while low < high {
        let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
        let pivot = max(min(a, b), min(max(a, b), c))
        var (left, right) = (low, high)
        while left <= right {
          while values[left] < pivot { left += 1 }
          while values[right] > pivot { right -= 1 }
          if left <= right {
            values.swapAt(left, right)
            left += 1
            right -= 1
          }
        }
        if place <= right {
          high = right
        } else if place >= left {
          low = left
        } else {
          break
        }
      }
      return values[place]
    }
  }
}
