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

  /// Opens the file, if it is a regular one of the user's own. What a link leads to is somebody
  /// else's matter, and a pipe would make the prompt wait.
  private func openOwn(_ flags: Int32) -> Int32? {
    let descriptor = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid()
    {
      return descriptor
    }
    close(descriptor)
    return nil
  }

  /// Why there is no history although something stands at its path; `nil` where all is well.
  var complaint: String? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT != S_IFREG { return "`\(path)` is no regular file" }
    return status.st_uid == geteuid() ? nil : "`\(path)` belongs to somebody else"
  }

  /// The latest entries, oldest first.
  var entries: [String] {
    guard let descriptor = openOwn(O_RDONLY) else { return [] }
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
    guard let descriptor = openOwn(O_WRONLY | O_APPEND | O_CREAT) else { return }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & 0o077 != 0 { fchmod(descriptor, 0o600) }
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
