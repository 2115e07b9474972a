import NNEngine

// Options that words bring along: `layer dense 8 leaky_relu slope=0.2`.

extension Binder {
  /// Whether a word that one of the places can take has an option of this name.
  func isWordOption(_ name: String) -> Bool {
    words.wordOptions(of: parameters).contains { $0.name == name }
  }

  /// Gives words the options they bring along.
  ///
  /// - Parameter given: the offers that are such options.
  /// - Throws: the diagnostic of an option that the chosen word does not have, or cannot take.
  func bindWordOptions(_ given: [Offer], all: [Offer], into binding: inout Binding) throws {
    guard !given.isEmpty else { return }
    var rest = given
    var chosen: [String] = []
    for (place, parameter) in parameters.enumerated() {
      guard let family = parameter.kind.family, !parameter.isVariadic else { continue }
      let offer = binding.offers[place].first.map { all[$0] }
      guard let word = offer == nil ? parameter.defaultText : offer?.word else {
        // Only the run will tell which word it is.
        binding.isKnown = false
        return
      }
      let own = words.options(of: word, inFamily: family)
      let mine = rest.filter { offer in own.contains { $0.name == offer.name?.text } }
      rest.removeAll { offer in own.contains { $0.name == offer.name?.text } }
      if offer != nil { chosen.append(word) }
      guard !mine.isEmpty else { continue }
      let inner = try Binder(title: word, wordRange: wordRange, parameters: own, words: words)
        .bind(mine)
      binding.isKnown = binding.isKnown && inner.isKnown
      binding.values[place] = try words.value(of: word, inFamily: family, options: inner.values)
      binding.wordOptions += zip(own, inner.values).filter { option, _ in
        mine.contains { $0.name?.text == option.name }
      }.map { (info: $0, value: $1) }
    }
    guard let name = rest.first?.name else { return }
    let owners = parameters.compactMap(\.kind.family).flatMap { family in
      (words.words(ofFamily: family) ?? []).filter { word in
        words.options(of: word, inFamily: family).contains { $0.name == name.text }
      }
    }
    throw Diagnostic(
      .unknownOption, "`\(chosen.first ?? title)` has no option `\(name.text)`", at: name.range,
      "unknown option",
      help: ["`\(name.text)=` is for " + owners.map { "`\($0)`" }.joined(separator: ", ")])
  }
}
