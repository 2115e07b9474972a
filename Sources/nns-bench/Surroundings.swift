import Glibc

/// What stands around the benchmarks.
enum Surroundings {
  /// The peers' programs; `scripts/bench` starts us at the root of the package.
  static let peers = "Sources/nns-bench/Peers/"

  /// The peers' Python, where `scripts/bench --peers` has set it up.
  static var peersPython: String? {
    guard let folder = environment("NNS_PEERS") else { return nil }
    let path = folder + "/bin/python"
    return access(path, X_OK) == 0 ? path : nil
  }

  /// The program as built beside us.
  static var nns: String? {
    let own = CommandLine.arguments[0]
    let folder = own.lastIndex(of: "/").map { String(own[...$0]) } ?? ""
    let path = folder + "nns"
    return access(path, X_OK) == 0 ? path : nil
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The processor's name and what counts about it.
  static var machine: String {
    let lines = (try? readLines("/proc/cpuinfo")) ?? []
    func field(_ name: String) -> String? {
      lines.first { $0.hasPrefix(name) }?.split(separator: ":", maxSplits: 1).last.map {
        String($0.drop { $0 == " " })
      }
    }
    let flags = (field("flags") ?? "").split(separator: " ")
    let widest = ["avx512f", "avx2", "avx", "sse2"].first { flags.contains(Substring($0)) }
    return "\(field("model name") ?? "unknown processor"), \(widest ?? "no vectors known of"), "
      + "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors"
  }

  private static func readLines(_ path: String) throws -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      let text = String(decoding: bytes, as: UTF8.self)
      lines.append(text)
      if text.hasPrefix("flags") { break }
    }
    return lines
  }
}
