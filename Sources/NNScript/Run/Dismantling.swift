/// Takes nested values apart level by level, when the last holder lets go of them: dropping each
/// within the other would take a stack that a host's thread may not have.
struct Dismantling {
  /// Values nested no deeper are dropped as they are.
  static let least = 50

  private var lists: [ListBox] = []
  private var records: [RecordBox] = []

  static func of(_ list: ListBox) {
    var work = Dismantling()
    list.dismantle(into: &work)
    work.finish()
  }

  static func of(_ record: RecordBox) {
    var work = Dismantling()
    record.dismantle(into: &work)
    work.finish()
  }

  /// Takes a value that holds others out of its place.
  mutating func take(_ place: inout Value) {
    switch place {
    case .list(let list): lists.append(list)
    case .record(let record): records.append(record)
    default: return
    }
    place = .none
  }

  private mutating func finish() {
    while true {
      if var list = lists.popLast() {
        if isKnownUniquelyReferenced(&list) { list.dismantle(into: &self) }
      } else if var record = records.popLast() {
        if isKnownUniquelyReferenced(&record) { record.dismantle(into: &self) }
      } else {
        return
      }
    }
  }
}
