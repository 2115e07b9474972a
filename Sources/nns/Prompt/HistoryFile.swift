import Glibc

/// The prompt's entries of earlier sessions: a file with one entry a line, line ends inside of an
/// entry written as `\n`. Entries are only ever added, so sessions side by side keep each other's.
struct HistoryFile {
  let path: String
  /// No more is read at the start.
  private static let readLimit = 1 << 20

  /// The user's file: `NNS_HISTORY` (empty for none), else where state belongs.
  static var users: HistoryFile? {
    if let path = environment("NNS_HISTORY") {
      return path.isEmpty ? nil : HistoryFile(path: path)
    }
    guard let folder = userFolder("XDG_STATE_HOME", ".local/state") else { return nil }
    return HistoryFile(path: folder + "/nns/history")
  }

  /// The latest entries, oldest first.
  var entries: [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    let start = max(0, size - Self.readLimit)
    guard size > 0, lseek(descriptor, start, SEEK_SET) == start else { return [] }
    var bytes = [UInt8](repeating: 0, count: size - start)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    let lines = bytes.prefix(max(0, count)).split(separator: UInt8(ascii: "\n"))
    // The first line may have been cut.
    return (start > 0 ? lines.dropFirst() : lines[...]).map {
      Self.entry(String(decoding: $0, as: UTF8.self))
    }
  }

  /// Adds an entry. What cannot be written is not worth a word: the prompt works without.
  func append(_ entry: String) {
    makeFolders()
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    if isFile, status.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
    // In one piece, so that entries of two sessions never mix.
    let line = Array((Self.line(entry) + "\n").utf8)
    _ = Glibc.write(descriptor, line, line.count)
  }

  private func makeFolders() {
    var missing: [String] = []
    var folder = path.folder
    while access(folder, F_OK) != 0, folder != "/", folder != "." {
      missing.append(folder)
      folder = folder.folder
    }
    for folder in missing.reversed() { mkdir(folder, 0o700) }
  }

  static func line(_ entry: String) -> String {
    var line = ""
    for character in entry.unicodeScalars {
      switch character {
      case "\\": line += "\\\\"
      case "\n": line += "\\n"
      default: line.unicodeScalars.append(character)
      }
    }
    return line
  }

  static func entry(_ line: String) -> String {
    var entry = ""
    var isEscaped = false
    for character in line.unicodeScalars {
      if isEscaped {
        entry.unicodeScalars.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        entry.unicodeScalars.append(character)
      }
    }
    return entry
  }
}
