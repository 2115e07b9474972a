import Glibc
import NNScript

/// A script's text and where it came from.
struct ScriptFile {
  var text: String
  var origin: Session.Origin

  /// The lines of `-e`, checked and run as one script.
  init(lines: [String]) {
    text = lines.joined(separator: "\n")
    origin = Session.Origin(name: "<-e>", isWhole: true)
  }

  /// Reads a file; `-` is standard input.
  init(path: String) throws(UsageError) {
    if path == "-" {
      text = String(decoding: try readAll(STDIN_FILENO, name: "standard input"), as: UTF8.self)
      origin = Session.Origin(name: "<stdin>", isWhole: true)
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw cannotOpen(path, errno) }
    defer { close(descriptor) }
    text = String(decoding: try readAll(descriptor, name: "`\(path)`"), as: UTF8.self)
    origin = Session.Origin(name: path, folder: path.folder, isWhole: true)
  }
}

/// No script is larger; what goes on for ever is none.
private let mostBytes = 64 << 20

private func readAll(_ descriptor: Int32, name: String) throws(UsageError) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 {
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= mostBytes else {
        throw UsageError("\(name) is no script: it holds more than \(mostBytes >> 20) MB")
      }
    } else if count == 0 {
      return bytes
    } else if errno == EISDIR {
      throw UsageError("\(name) is a folder, not a script")
    } else if errno != EINTR {
      throw UsageError("cannot read \(name): \(String(cString: strerror(errno)).lowercasedFirst)")
    }
  }
}

/// Says why, and what was probably meant: another file of the folder, or one of the verbs.
private func cannotOpen(_ path: String, _ code: Int32) -> UsageError {
  guard code == ENOENT else {
    return UsageError("cannot open `\(path)`: \(String(cString: strerror(code)).lowercasedFirst)")
  }
  let isPlainWord = !path.contains("/") && !path.contains(".")
  if isPlainWord, let verb = Suggestion.nearest(to: path, among: Program.verbs) {
    return UsageError(
      "there is no command and no file `\(path)`", help: "did you mean `nns \(verb)`?")
  }
  var error = UsageError("cannot open `\(path)`: there is no such file")
  let scripts = fileNames(in: path.folder).filter { $0.hasSuffix(".nn") }
  let folder = path.contains("/") ? path.folder + "/" : ""
  if let near = Suggestion.nearest(to: path.fileName, among: scripts) {
    error.help = ["did you mean `\(folder)\(near)`?"]
  } else if isPlainWord, scripts.contains(path + ".nn") {
    error.help = ["did you mean `\(path).nn`?"]
  } else if isPlainWord {
    error.help = ["`nns --help` lists the commands; a line of script runs with `nns -e 'LINE'`"]
  }
  return error
}

private func fileNames(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    names.append(
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      })
  }
  return names.sorted()
}

extension String {
  /// For sentences that go on after a colon.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
