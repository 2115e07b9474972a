/// The different texts of a column, numbered in the order in which they appear.
///
/// A table of open addresses over the bytes themselves: making a `String` of each cell to look it up
/// took most of the time of reading a table of texts.
struct CellTexts {
  private struct Entry {
    var start: Int
    var count: Int32
    var hash: UInt32
  }

  private var entries: [Entry] = []
  /// The number of an entry and 1, or 0; as many as a power of 2.
  private var slots: [Int32] = []
  /// The bytes of all texts, one behind the other.
  private var bytes: [UInt8] = []

  /// How many different texts there are.
  var count: Int { entries.count }

  /// The number of a text, a new one where it has none.
  mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = Self.hash(text)
    if 2 * entries.count >= slots.count { grow() }
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let found = Int(slots[slot] - 1)
      if entries[found].hash == hash, matches(entries[found], text) { return found }
      slot = (slot + 1) & (slots.count - 1)
    }
    entries.append(Entry(start: bytes.count, count: Int32(text.count), hash: hash))
    bytes.append(contentsOf: text)
    slots[slot] = Int32(entries.count)
    return entries.count - 1
  }

  mutating func code(of text: [UInt8]) -> Int {
    text.withUnsafeBufferPointer { code(of: $0) }
  }

  /// The numbers that the texts of another column part get here.
  mutating func codes(of other: CellTexts) -> [Double] {
    other.bytes.withUnsafeBufferPointer { bytes in
      other.entries.map { entry in
        Double(
          code(
            of: UnsafeBufferPointer(
              rebasing: bytes[entry.start..<entry.start + Int(entry.count)])))
      }
    }
  }

  /// The texts by their numbers.
  var texts: [String] {
    bytes.withUnsafeBufferPointer { bytes in
      entries.map { entry in
        String(
          decoding: UnsafeBufferPointer(
            rebasing: bytes[entry.start..<entry.start + Int(entry.count)]), as: UTF8.self)
      }
    }
  }

  @inline(__always)
  private func matches(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard Int(entry.count) == text.count else { return false }
    return bytes.withUnsafeBufferPointer { bytes in
      var place = 0
      while place + 8 <= text.count {
        if Self.word(bytes, entry.start + place) != Self.word(text, place) { return false }
        place += 8
      }
      while place < text.count {
        if bytes[entry.start + place] != text[place] { return false }
        place += 1
      }
      return true
    }
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: max(16, 2 * slots.count))
    for (number, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number + 1)
    }
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt64 {
    UnsafeRawPointer(bytes.baseAddress! + place).loadUnaligned(as: UInt64.self)
  }

  /// Another one in each run, so that no file can be made whose texts all have one hash.
  private static let seed = UInt64.random(in: .min ... .max)

  /// Eight bytes at a time, each product of 128 bits folded into 64.
  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
      let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      return product.high ^ product.low
    }
    var state = seed &+ UInt64(truncatingIfNeeded: text.count)
    var place = 0
    while place + 8 <= text.count {
      state = mixed(state, word(text, place))
      place += 8
    }
    var rest: UInt64 = 0
    while place < text.count {
      rest = rest << 8 | UInt64(text[place])
      place += 1
    }
    state = mixed(state, rest)
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }
}
