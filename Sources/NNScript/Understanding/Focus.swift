/// What of a step is spelled out: everything that fits, or one layer, unit or weight.
struct Focus {
  var layer: String?
  var parameter: String?
  var neuron: Int?
  var weight: Int?

  init() {}

  /// Reads a place as a script writes it, and as `gradcheck` names it: `dense1`, `dense1[4]`,
  /// `dense1.bias[4]`, `dense1.weights[0, 3]`; `dense1.neuron` is a layer whose unit is told apart.
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
    guard indices.count == texts.count, indices.count <= 2, indices.allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    // A matrix has a row for each input and a column for each unit.
    neuron = indices.last
    if indices.count == 2 { weight = indices[0] }
  }
}
