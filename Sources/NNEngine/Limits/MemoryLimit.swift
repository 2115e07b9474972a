internal import CKernels
import Glibc

/// How much memory the process may take.
public struct MemoryLimit: Sendable, Equatable {
  /// The most bytes that may be in memory.
  public var bytes: Int
  /// The most bytes of addresses, which a limit on the process (`ulimit -v`) may set.
  private var addresses = Int.max

  /// A limit of so many bytes.
  public init(bytes: Int) {
    self.bytes = max(0, bytes)
    addresses = Self.addressLimit
  }

  /// Three quarters of what the machine has, or lets this process have.
  public static let machine: MemoryLimit = {
    let all = [
      sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), controlGroupLimit(),
      processLimit,
    ]
    return MemoryLimit(bytes: (all.min() ?? .max) / 4 * 3)
  }()

  /// A small rest of the addresses is left for what libraries take.
  private static let addressLimit = processLimit == .max ? .max : processLimit / 16 * 15

  /// What the process was given by `ulimit -v` or `-d`.
  private static let processLimit = min(resourceLimit(RLIMIT_AS), resourceLimit(RLIMIT_DATA))

  private static func resourceLimit(_ resource: __rlimit_resource) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0,
      limit.rlim_cur < UInt64(Int.max)
    else { return .max }
    return Int(limit.rlim_cur)
  }

  /// What the control group of the process may have, in the second version of the interface or the first.
  private static func controlGroupLimit() -> Int {
    let paths =
      ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
      + (ProcessMemory.text(of: "/proc/self/cgroup")?.split(separator: "\n") ?? []).compactMap {
        line in
        line.hasPrefix("0::/") ? "/sys/fs/cgroup" + line.dropFirst(3) + "/memory.max" : nil
      }
    return paths.compactMap { path -> Int? in
      ProcessMemory.text(of: path).flatMap { Int($0.split(separator: "\n").first ?? "") }
    }.min() ?? .max
  }

  /// Whether so many bytes more are to be had, once what can be done without is given back.
  ///
  /// - Throws: `EngineError.outOfMemory`.
  func check(
    _ bytes: Int, _ what: @autoclosure () -> String, _ makeRoom: () -> Bool
  ) throws(EngineError) {
    if fits(bytes) { return }
    // What was freed may still count as the process's own.
    repeat {
      nn_trim_memory()
      if fits(bytes) { return }
    } while makeRoom()
    throw .outOfMemory(
      what: what(), bytes: bytes, left: max(0, self.bytes - ProcessMemory.now.resident))
  }

  private func fits(_ more: Int) -> Bool {
    let now = ProcessMemory.now
    return more <= self.bytes - min(now.resident, self.bytes) && now.resident <= self.bytes
      && (addresses == .max || more <= addresses - min(now.addresses, addresses))
  }
}

/// What the process has of the machine's memory.
struct ProcessMemory {
  var resident = 0
  var addresses = 0

  static var now: ProcessMemory {
    guard let text = text(of: "/proc/self/statm") else { return ProcessMemory() }
    let numbers = text.split(separator: " ").prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else { return ProcessMemory() }
    let page = sysconf(Int32(_SC_PAGESIZE))
    return ProcessMemory(resident: numbers[1] * page, addresses: numbers[0] * page)
  }

  /// The text of a small file of the system.
  static func text(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      return count <= 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
