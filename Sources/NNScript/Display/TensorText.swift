import NNEngine

/// A tensor as nested rows, the middle of long axes left out.
struct TensorText {
  private let tensor: Tensor
  /// How many columns a line may take.
  private let lineWidth: Int
  /// Longer axes are cut to the first and last few.
  private let longest = 8
  private let kept = 3

  init(_ tensor: Tensor, width: Int = .max) {
    self.tensor = tensor
    lineWidth = width
  }

  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  func write(to text: inout String) {
    text += "tensor "
    text += tensor.shape.description
    let rank = tensor.shape.rank
    guard rank > 0 else {
      text += " \(Formatting.number(Double(tensor.elements[0])))"
      return
    }
    text += rank == 1 ? " " : "\n"
    var places = tensor.shape.sizes.map { shown($0, ends: kept, most: longest) }
    let width = cells(places).map(\.utf8.count).max() ?? 0
    // On a narrow screen fewer of the last axis are shown; one at each end always is.
    let fitting = (lineWidth - rank - 1) / (width + 2)
    if fitting < places[rank - 1].count {
      places[rank - 1] = shown(
        tensor.shape[rank - 1], ends: max(1, (fitting - 1) / 2), most: max(2, fitting))
    }
    write(axis: 0, offset: 0, places: places, width: rank == 1 ? 0 : width, to: &text)
  }

  /// The places of an axis that are shown; `nil` for those left out.
  private func shown(_ count: Int, ends: Int, most: Int) -> [Int?] {
    guard count > most else { return Array(0..<count) }
    return Array(0..<ends) + [nil] + Array(count - ends..<count)
  }

  /// All numbers that are shown, as they are written.
  private func cells(_ places: [[Int?]]) -> [String] {
    var offsets = [0]
    for (axis, places) in places.enumerated() {
      let size = tensor.shape.sizes[(axis + 1)...].reduce(1, *)
      offsets = offsets.flatMap { offset in places.compactMap { $0.map { offset + $0 * size } } }
    }
    return offsets.map { cell(tensor.elements[$0]) }
  }

  /// The 64-bit number that prints like the 32-bit one: 0.1, not 0.10000000149.
  private func cell(_ element: Float) -> String {
    let number = Double(element)
    let printed = element.isFinite ? Double(Formatting.printf("%.7g", number)) : nil
    return Formatting.number(printed ?? number)
  }

  private func write(
    axis: Int, offset: Int, places: [[Int?]], width: Int, to text: inout String
  ) {
    let size = tensor.shape.sizes[(axis + 1)...].reduce(1, *)
    let isLast = axis == tensor.shape.rank - 1
    text += "["
    for (number, place) in places[axis].enumerated() {
      if number > 0 { text += isLast ? ", " : ",\n" + String(repeating: " ", count: axis + 1) }
      guard let index = place else {
        text += "…"
        continue
      }
      if isLast {
        let number = cell(tensor.elements[offset + index])
        text += String(repeating: " ", count: max(0, width - number.utf8.count)) + number
      } else {
        write(
          axis: axis + 1, offset: offset + index * size, places: places, width: width, to: &text)
      }
    }
    text += "]"
  }
}
