import NNEngine

/// What of a step is spelled out: everything that fits, or one layer, unit or weight.
struct Focus {
  var layer: String?
  var parameter: String?
  var neuron: Int?
  var weight: Int?
  /// The numbers in brackets, as they were written.
  private var indices: [Int] = []

  init() {}

  /// Reads a place as a script writes it, and as `gradcheck` names it: `dense1`, `dense1[4]`,
  /// `dense1.bias[4]`, `dense1.weights[0, 3]`, of a picture `conv1[4, 5, 0]`; `dense1.neuron` is a layer whose unit is told apart.
  ///
  /// - Returns: `nil` for a text of another form.
  init?(_ place: String) {
    var rest = place[...]
    func word() -> String? {
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      rest = rest.dropFirst(word.count)
      return word.isEmpty ? nil : String(word)
    }
    guard let layer = word() else { return nil }
    self.layer = layer
    if rest.first == "." {
      rest = rest.dropFirst()
      guard let name = word() else { return nil }
      if name != "neuron" { parameter = name }
    }
    guard !rest.isEmpty else { return }
    guard rest.first == "[", rest.last == "]" else { return nil }
    let texts = rest.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
    let indices = texts.compactMap { text in Int(text.filter { $0 != " " }) }
    guard indices.count == texts.count, indices.count <= 4, indices.allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    self.indices = indices
  }

  /// Says which unit and weight the numbers in brackets are of a layer.
  ///
  /// - Returns: the shape that the numbers do not count in, if so.
  mutating func resolve(in node: Network.Node) -> Shape? {
    guard !indices.isEmpty else { return nil }
    let slot = parameter.flatMap { name in node.parameters.first { $0.name == name } }
    if let slot, slot.shape.rank == 4 {
      guard let index = slot.shape.index(of: indices) else { return slot.shape }
      // A filter's weights belong to all places: those of the middle are told.
      let filters = slot.shape[3]
      weight = index / filters
      neuron = node.outputShape.middle + index % filters
    } else if slot == nil, node.outputShape.rank > 2, indices.count > 1 {
      guard let index = node.outputShape.index(of: indices) else { return node.outputShape }
      neuron = index
    } else {
      // A matrix has a row for each input and a column for each unit.
      guard indices.count <= 2 else { return slot?.shape ?? node.outputShape }
      neuron = indices.last
      if indices.count == 2 { weight = indices[0] }
    }
    return nil
  }
}
