/// The fenced blocks of the README, so that what it shows is what happens.
struct Readme {
  struct Block {
    var language: String
    var text: String
  }

  let blocks: [Block]

  init() throws {
    var blocks: [Block] = []
    var open: Block?
    for line in try textOfFile(repository + "/README.md").split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(block)
          open = nil
        } else {
          open = Block(language: String(line.dropFirst(3)), text: "")
        }
      } else {
        open?.text += line + "\n"
      }
    }
    self.blocks = blocks
  }

  /// Each shell block with the output that stands right behind it, if one does.
  var commands: [(command: String, output: String?)] {
    blocks.indices.filter { blocks[$0].language == "sh" }.map { index in
      let next = index + 1 < blocks.count ? blocks[index + 1] : nil
      return (blocks[index].text, next?.language == "text" ? next?.text : nil)
    }
  }

  /// The first block in a language.
  func first(_ language: String) -> String? { blocks.first { $0.language == language }?.text }
}
