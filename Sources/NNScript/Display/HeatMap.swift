import NNEngine

/// A matrix as a field of colours: blue below 0, red above, as strong as the numbers are large.
/// Without colours signs tell how far numbers are from 0, and a second field their sign.
struct HeatMap {
  private let rows: Int
  private let columns: Int
  private let values: [Double]
  private let greatest: Double

  /// A vector is one row; axes behind the first count as one.
  init(_ tensor: Tensor) {
    let sizes = tensor.shape.sizes
    rows = sizes.count > 1 ? sizes[0] : 1
    columns = max(1, tensor.shape.count / max(1, rows))
    values = tensor.elements.map(Double.init)
    greatest = values.filter(\.isFinite).map(abs).max() ?? 0
  }

  /// The field with a line that says what its colours mean.
  func text(on screen: Screen) -> String {
    guard greatest > 0 else { return "all are 0" }
    let scale = greatest
    let end = Axis.label(greatest)
    if screen.colors == .none {
      // Signs for both directions, so that one field is enough: letters below 0, figures above.
      let field = shrunk(most: screen.width)
      let lines = (0..<field.rows).map { row in
        String(
          (0..<field.columns).map { column in
            Self.sign(field.values[row * field.columns + column] / scale)
          })
      }
      let legend = "9 is \(end), i is -\(end), . is 0".cut(to: screen.width, on: screen)
      return (lines + [legend]).joined(separator: "\n")
    }
    let field = shrunk(most: screen.width)
    let picture = Picture(
      width: field.columns, height: field.rows,
      pixels: field.values.map { Palette.diverging($0 / scale) })
    let legend = "red is \(end), white 0, blue -\(end)".cut(to: screen.width, on: screen)
    return (picture.lines(on: screen) + [legend]).joined(separator: "\n")
  }

  private static func sign(_ share: Double) -> Character {
    guard share.isFinite else { return "?" }
    let strength = Int((abs(share) * 9).rounded())
    if strength == 0 { return "." }
    return share > 0 ? Character(String(strength)) : Array("abcdefghi")[min(8, strength - 1)]
  }

  /// At most so many columns, and half as many rows: the number farthest from 0 of those that fall
  /// together stands for them, so that an outlier is not averaged away.
  private func shrunk(most: Int) -> (rows: Int, columns: Int, values: [Double]) {
    let (newRows, newColumns) = (min(rows, max(8, most / 2)), min(columns, most))
    guard newRows < rows || newColumns < columns else { return (rows, columns, values) }
    var result = [Double](repeating: 0, count: newRows * newColumns)
    for row in 0..<rows {
      for column in 0..<columns {
        let place = row * newRows / rows * newColumns + column * newColumns / columns
        let value = values[row * columns + column]
        if abs(value) > abs(result[place]) || value.isNaN { result[place] = value }
      }
    }
    return (newRows, newColumns, result)
  }
}
