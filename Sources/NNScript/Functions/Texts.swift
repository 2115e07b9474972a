/// Searching in texts without Foundation.
enum Texts {
  /// Where a part first occurs, counted in bytes of UTF-8.
  static func find(_ part: String, in text: String, from start: Int = 0) -> Int? {
    let needle = Array(part.utf8)
    let hay = Array(text.utf8)
    guard !needle.isEmpty, hay.count >= needle.count else { return needle.isEmpty ? start : nil }
    var index = start
    while index + needle.count <= hay.count {
      if hay[index] == needle[0], hay[index..<index + needle.count].elementsEqual(needle) {
        return index
      }
      index += 1
    }
    return nil
  }
}
