import NNEngine

/// Where the arguments of one command stand, so that a message marks the smallest range that is
/// wrong, before the run and during it alike.
struct CallPlaces {
  let word: Name
  let parameters: [ParameterInfo]
  let offers: [Offer]
  let binding: Binding

  private func place(_ name: String) -> Int? { parameters.firstIndex { $0.name == name } }

  /// Whether the parameter was given at all.
  func isGiven(_ name: String) -> Bool { place(name).map { !binding.offers[$0].isEmpty } ?? false }

  /// Where the value of a parameter stands; the command's word where it was left out.
  func range(of name: String) -> SourceRange {
    guard let place = place(name), let offer = binding.offers[place].first else {
      return word.range
    }
    return offers[offer].range
  }

  /// The bound value of a parameter, if it was given and is known.
  func value(_ name: String) -> ParameterValue? {
    guard let place = place(name), !binding.offers[place].isEmpty else { return nil }
    if case .none = binding.values[place] { return nil }
    return binding.values[place]
  }

  /// The first plain value: what the command is about. Its word where there is none.
  var subject: SourceRange { offers.first { $0.name == nil }?.range ?? word.range }

  /// Whether a path was given as a file to write.
  func writes(_ path: String) -> Bool {
    parameters.contains { parameter in
      if parameter.kind == .outputPath, case .text(path)? = value(parameter.name) { return true }
      return false
    }
  }

  /// Where a text stands: the argument that is it or ends in it, within a list the item.
  func range(holding text: String, in sources: SourceMap?) -> SourceRange? {
    let offer = offers.first { offer in
      switch offer.content {
      case .word(let word): return word == text
      case .value(let value):
        return value.names.contains { $0 == text || text.hasSuffix("/" + $0) }
      case .unknown: return false
      }
    }
    guard let offer else { return nil }
    return sources?.range(of: text, within: offer.range) ?? offer.range
  }

  /// The argument that a message speaks of: the first parameter it names (`` `shape` is 3x2 … ``),
  /// else the first value (`` `;;` cannot separate … ``).
  func range(namedIn message: String, in sources: SourceMap?) -> SourceRange? {
    let parts = message.split(separator: "`", omittingEmptySubsequences: false)
    let quoted = stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
    if let parameter = quoted.first(where: isGiven) { return range(of: parameter) }
    return quoted.lazy.compactMap { range(holding: $0, in: sources) }.first
  }
}

extension SourceMap {
  /// Where a word stands within a range, with nothing of a word on either side.
  func range(of word: String, within range: SourceRange) -> SourceRange? {
    let wanted = Array(word.utf8)
    let bytes = texts[range.source].bytes
    guard !wanted.isEmpty, range.end - range.start > wanted.count else { return nil }
    func isWord(_ place: Int) -> Bool {
      guard place >= range.start, place < range.end else { return false }
      let byte = bytes[place]
      return byte == 0x5F || byte >= 0x80 || (0x30...0x39).contains(byte)
        || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    for start in range.start...(range.end - wanted.count)
    where bytes[start..<start + wanted.count].elementsEqual(wanted) {
      let end = start + wanted.count
      if !isWord(start - 1), !isWord(end) {
        return SourceRange(source: range.source, start: start, end: end)
      }
    }
    return nil
  }
}
