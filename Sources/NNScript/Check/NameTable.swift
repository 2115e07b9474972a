/// What names stand for, cheap to keep copies of: a session remembers its names before each of many
/// statements, and ten thousand names must not be copied ten thousand times.
///
///     settled  a b c d e …   shared by all copies
///     recent   x, y, -b      what changed since: about the square root of all
struct NameTable<Content> {
  private var settled: [String: Content] = [:]
  /// `nil` for a name that was taken out.
  private var recent: [String: Content?] = [:]
  /// How many names there are.
  private(set) var count = 0

  subscript(name: String) -> Content? {
    get {
      if let change = recent[name] { return change }
      return settled.isEmpty ? nil : settled[name]
    }
    set {
      count += (newValue == nil ? 0 : 1) - (self[name] == nil ? 0 : 1)
      recent.updateValue(newValue, forKey: name)
      if recent.count > 64, recent.count * recent.count > settled.count { settle() }
    }
  }

  private mutating func settle() {
    for (name, change) in recent { settled[name] = change }
    recent = [:]
  }

  /// All names with what they stand for, in no order.
  var all: [(name: String, content: Content)] {
    settled.lazy.filter { recent[$0.key] == nil }.map { ($0.key, $0.value) }
      + recent.compactMap { name, change in change.map { (name, $0) } }
  }

  /// All names, in no order.
  var names: [String] { all.map(\.name) }
}
