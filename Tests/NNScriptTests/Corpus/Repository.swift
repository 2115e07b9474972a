import Glibc

/// The files of this package that tests read.
enum Repository {
  /// The package's folder, found from where this file stands.
  static let folder: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(4)
    return "/" + parts.joined(separator: "/")
  }()

  struct Unreadable: Error { let path: String }

  /// The text of a file, its path from the package's folder.
  static func text(of path: String) throws -> String {
    guard let file = fopen(folder + "/" + path, "r") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// All scripts below a folder, sorted, but for those that others include (`_name.nn`).
  static func scripts(in path: String) -> [String] {
    guard let stream = opendir(folder + "/" + path) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") || name.hasPrefix("_") { continue }
      if entry.pointee.d_type == UInt8(DT_DIR) {
        found += scripts(in: path + "/" + name)
      } else if name.hasSuffix(".nn") {
        found.append(path + "/" + name)
      }
    }
    return found.sorted()
  }
}
