/// The derivative of a function of one number in 64 bits, from its values alone.
///
/// Central differences of four step sizes, each half of the one before, put together so that the
/// errors of second, fourth and sixth order cancel (Romberg): about 12 digits.
func slope(at x: Double, reach: Double = .infinity, of f: (Double) throws -> Double) rethrows
  -> Double
{
  var h = min(0x1p-7 * max(1, abs(x)), reach)
  while h > 1e-9 {
    var column: [Double] = []
    var before = Double.nan
    for level in 0..<4 {
      let step = h / Double(1 << level)
      var row = [(try f(x + step) - f(x - step)) / (2 * step)]
      for order in 0..<level {
        let factor = Double(1 << (2 * (order + 1)))
        row.append((factor * row[order] - column[order]) / (factor - 1))
      }
      before = column.last ?? .nan
      column = row
    }
    // Two orders that agree; where they do not, a kink lies within the step.
    if let best = column.last, abs(best - before) <= 1e-7 * max(1, abs(best)) {
      if try !isKink(x, h, f) { return best }
      break
    }
    h /= 64
  }
  // On the kink itself the engine takes the side of what is smaller.
  return (try f(x) - f(x - 1e-9)) / 1e-9
}

/// Whether a function has a kink just at `x`, which differences to both sides cannot see: there the
/// slopes of both sides differ by as much however close they come.
private func isKink(_ x: Double, _ h: Double, _ f: (Double) throws -> Double) rethrows -> Bool {
  func bend(_ step: Double) throws -> Double {
    abs(try f(x + step) - 2 * f(x) + f(x - step)) / step
  }
  let far = try bend(h)
  return try far > 1e-7 && bend(h / 8) > far / 2
}
