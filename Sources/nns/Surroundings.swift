import Glibc

/// A variable of the environment.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// A folder of the user's as the XDG base directories are laid out, `nil` without a home.
func userFolder(_ variable: String, _ fallback: String) -> String? {
  // The convention says to pass over what is no absolute path.
  if let folder = environment(variable), folder.hasPrefix("/") { return folder }
  return environment("HOME").map { $0 + "/" + fallback }
}

/// Where sets that come along (`data iris`) are looked for: beside an installed program, and in
/// the gallery when the program runs from its own build folder.
func dataFolders() -> [String] {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
  guard length > 0 else { return [] }
  let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  var folder = path.folder
  var candidates = [folder + "/../share/nnscript/data"]
  // <checkout>/.build/<platform>/<configuration>/nns
  for _ in 0..<4 {
    folder = folder.folder
    candidates.append(folder + "/scripts/models/data")
  }
  return candidates.filter { access($0, R_OK) == 0 }
}

extension String {
  /// The path up to the last slash; `.` where there is none.
  var folder: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// The path behind the last slash.
  var fileName: String {
    lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
  }
}
