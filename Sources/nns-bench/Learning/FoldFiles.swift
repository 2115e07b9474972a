import Glibc
import NNEngine

/// A table cut into folds: for each the rows to learn from and those to be measured with, in
/// files that everybody reads.
struct FoldFiles {
  /// How many folds there are.
  let count: Int

  private let header: String
  private let rows: [Substring]
  private let classes: [Substring]?

  /// - Parameter hasClasses: whether the last column holds classes, which folds then share evenly.
  init?(_ path: String, hasClasses: Bool, folds count: Int = 10) {
    guard let text = unpacked(path) else { return nil }
    let lines = text.split(separator: "\n")
    guard lines.count > count else { return nil }
    self.count = count
    header = String(lines[0])
    rows = Array(lines[1...])
    classes = hasClasses ? rows.map { $0[$0.index(after: $0.lastIndex(of: ",")!)...] } : nil
  }

  /// The name of the last column.
  var target: String { String(header[header.index(after: header.lastIndex(of: ",")!)...]) }

  /// Deals the rows to folds, class after class in an order of chance, like cards.
  ///
  /// - Returns: the folders of the folds, each with `train.csv` and `test.csv`.
  func write(to folder: String, seed: Int) -> [String]? {
    var stream = RandomStream(seed: UInt64(seed), stream: .split)
    var order = Array(rows.indices)
    stream.shuffle(&order)
    if let classes {
      let names = Set(classes).sorted()
      order = names.flatMap { name in order.filter { classes[$0] == name } }
    }
    var fold = [Int](repeating: 0, count: rows.count)
    for (place, row) in order.enumerated() { fold[row] = place % count }
    var folders: [String] = []
    for number in 0..<count {
      let place = "\(folder)/\(seed)-\(number)"
      mkdir(place, 0o755)
      for (name, belongs) in [("train", false), ("test", true)] {
        let lines = rows.indices.filter { (fold[$0] == number) == belongs }.map { rows[$0] }
        let text = ([header[...]] + lines).joined(separator: "\n") + "\n"
        guard write(text, to: "\(place)/\(name).csv") else { return nil }
      }
      folders.append(place)
    }
    return folders
  }

  private func write(_ text: String, to path: String) -> Bool {
    (try? DiskFiles().write(Array(text.utf8), to: path)) != nil
  }
}

/// A file's text, packed or not.
private func unpacked(_ path: String) -> String? {
  guard let pipe = popen("gzip -dcf '\(path)'", "r") else { return nil }
  defer { pclose(pipe) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&block, 1, block.count, pipe), count > 0 {
    bytes += block[..<count]
  }
  return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
}
