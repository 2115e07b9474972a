import Testing

@testable import NNScript

/// The prompt reads scripts bit by bit: up to no place of a right one may it find a mistake that the
/// rest would cure.
@Suite struct GalleryPrefixTests {
  @Test(arguments: Repository.scripts(in: "scripts/models"))
  func noPrefixOfAScriptIsWrong(_ path: String) throws {
    let text = try Repository.text(of: path)
    #expect(isComplete(text) == .complete)
    for end in text.indices {
      let prefix = String(text[..<end])
      #expect(
        isComplete(prefix, whileTyping: true) != .wrong, "\(path): `\(prefix.suffix(40))`")
      guard prefix.last == "\n" else { continue }
      #expect(isComplete(prefix) != .wrong, "\(path): `\(prefix.suffix(40))`")
    }
  }
}
