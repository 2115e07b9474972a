import NNEngine

// What values hold. Lists and records of a million items are gone through at every count: a value
// that one place alone holds, as most are, needs no look whether it was met before.

extension MemoryCount {
  /// Adds what a value holds, where it stands.
  mutating func add(_ place: UnsafeMutablePointer<Value>) {
    guard !place.pointee.isPlain, goesOn() else { return }
    // The reference of a value is its first word.
    let isSole = UnsafeMutableRawPointer(place).withMemoryRebound(to: AnyObject.self, capacity: 1) {
      isKnownUniquelyReferenced(&$0.pointee)
    }
    add(place.pointee, isSole: isSole)
  }

  /// Adds what a value holds.
  mutating func add(_ value: Value) { add(value, isSole: false) }

  private mutating func add(_ value: Value, isSole: Bool) {
    switch value {
    case .none, .truth, .number: return
    case .text(let box):
      if isNew(box, isSole, bytes: 48) { add(box.size) }
    case .list(let box):
      if isNew(box, isSole, bytes: 80) { box.addMemory(to: &self) }
    case .record(let box):
      if isNew(box, isSole, bytes: 64) { box.addMemory(to: &self) }
    case .tensor(let box):
      // Another box may share the numbers.
      if isNew(box, isSole, bytes: 48) { add(box.tensor) }
    case .function(let box):
      guard isNew(box, isSole, bytes: 64) else { return }
      for cell in box.captures { add(.cell(cell)) }
    case .object(let box): _ = isNew(box, isSole, bytes: 64)
    case .cell(let cell):
      if isNew(cell, isSole, bytes: 32) { add(cell.value) }
    }
  }

  private mutating func isNew(_ object: AnyObject, _ isSole: Bool, bytes: Int) -> Bool {
    guard isSole else { return goesOn() && add(object, bytes: bytes) }
    add(bytes)
    return true
  }
}
