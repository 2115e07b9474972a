import Glibc
import NNEngine

/// The items of a list: numbers alone stand as bare doubles, anything else as values.
///
/// The storage is managed by hand: the machine reads and writes items without reference counts or
/// exclusivity checks. Changed in place only where one value alone holds the box.
public final class ListBox {
  /// How many items there are. Not public, as nothing here is: the compiler then knows all uses,
  /// and leaves out the checks for overlapping ones.
  private(set) var count: Int
  private var capacity: Int
  /// Values are nested no deeper: dropping one walks it on the native stack.
  static let depthLimit = 1000
  /// The items if all are numbers; else `nil`, and `values` holds them.
  private(set) var numbers: UnsafeMutablePointer<Double>?
  private(set) var values: UnsafeMutablePointer<Value>?
  /// How deep values are nested in it, itself included; never less than the truth.
  private(set) var depth = 1
  /// The weights of `values` together.
  private var heldWeight = 0

  /// How many values it holds, those of lists in it counted wherever these stand: what a walk through
  /// all of it would meet. A list that holds another twice is small, and twice as far to walk.
  @inline(__always) var weight: Int { numbers == nil ? heldWeight : count }

  /// An empty list with room for so many numbers.
  init(capacity: Int = 0) {
    count = 0
    self.capacity = max(capacity, 4)
    numbers = Self.room(self.capacity)
  }

  /// A list of numbers.
  convenience init(_ items: [Double]) {
    self.init(capacity: items.count)
    items.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { numbers!.initialize(from: start, count: source.count) }
    }
    count = items.count
  }

  /// A list of any values.
  convenience init(_ items: [Value]) {
    self.init(capacity: items.count)
    for item in items { append(item) }
  }

  /// A list of numbers that the closure writes, all of them.
  init(count: Int, numbers fill: (UnsafeMutablePointer<Double>) throws -> Void) rethrows {
    self.count = count
    capacity = max(count, 1)
    let storage: UnsafeMutablePointer<Double> = Self.room(capacity)
    numbers = storage
    do {
      try fill(storage)
    } catch {
      self.count = 0
      throw error
    }
  }

  /// A list of so many items, each made in turn, which may take a while.
  static func making(_ count: Int, _ item: (Int) throws -> Value) throws -> ListBox {
    try Operators.admit(items: count)
    let list = ListBox(capacity: count)
    for index in 0..<count {
      try Allowance.proceed()
      let item = try item(index)
      try list.makePlace(for: item)
      list.append(item)
    }
    return list
  }

  deinit {
    free(numbers)
    if let values {
      if depth > Dismantling.least { Dismantling.of(self) }
      // To drop millions of values takes a while, and whoever ended the work waits.
      if count > 1 << 16, Allowance.isEnding {
        let items = UnsafeMutableBufferPointer(start: values, count: count)
        let isGone = Leftovers.inThread {
          items.deinitialize()
          free(items.baseAddress)
        }
        if isGone { return }
      }
      values.deinitialize(count: count)
      free(values)
    }
  }

  /// Hands out the items that hold others.
  func dismantle(into waiting: inout Dismantling) {
    guard let values, depth > 1 else { return }
    for index in 0..<count { waiting.take(&values[index]) }
  }

  /// The items as values.
  public var items: [Value] { (0..<count).map { self[$0] } }

  /// The numbers, if the list holds nothing else.
  public var numberItems: [Double]? {
    numbers.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// The place a number means if it is a whole one in range, not counted from the end.
  @inline(__always) func place(_ number: Double) -> Int? {
    guard number >= 0, number < Double(count) else { return nil }
    let index = Int(number)
    return Double(index) == number ? index : nil
  }

  /// One item; the index must be in range.
  @inline(__always) subscript(index: Int) -> Value {
    if let numbers { .number(numbers[index]) } else { values![index] }
  }

  /// Adds an item at the end.
  @inline(__always) func append(_ item: Value) {
    if count == capacity { grow() }
    if case .number(let number) = item, let numbers {
      numbers[count] = number
    } else {
      if numbers != nil { toValues() }
      (values! + count).initialize(to: item)
      depth = max(depth, item.depth + 1)
      heldWeight = Value.together(heldWeight, item.weight)
    }
    count += 1
  }

  /// Replaces an item; the index must be in range.
  @inline(__always) func set(_ index: Int, _ item: Value) {
    if case .number(let number) = item, let numbers {
      numbers[index] = number
    } else {
      if numbers != nil { toValues() }
      let place = values! + index
      heldWeight -= place.pointee.weight
      place.pointee = item
      depth = max(depth, item.depth + 1)
      heldWeight = Value.together(heldWeight, item.weight)
    }
  }

  /// Lets a closure change one item where it stands, without a copy.
  func update<R>(_ index: Int, _ change: (inout Value) throws -> R) throws -> R {
    if let numbers {
      var item = Value.number(numbers[index])
      let result = try change(&item)
      try makePlace(for: item)
      set(index, item)
      return result
    }
    let place = values! + index
    heldWeight -= place.pointee.weight
    defer {
      depth = max(depth, place.pointee.depth + 1)
      heldWeight = Value.together(heldWeight, place.pointee.weight)
    }
    return try change(&place.pointee)
  }

  /// A list with the same items.
  ///
  /// - Throws: `EngineError.interrupted`.
  func copy(extraCapacity: Int = 0) throws -> ListBox {
    let copy = ListBox(capacity: count + extraCapacity)
    if values != nil {
      copy.toValues()
      copy.depth = depth
      copy.heldWeight = heldWeight
    }
    for start in stride(from: 0, to: count, by: Self.piece) {
      try Allowance.proceed()
      let end = min(start + Self.piece, count)
      if let numbers {
        (copy.numbers! + start).initialize(from: numbers + start, count: end - start)
      } else if let values {
        (copy.values! + start).initialize(from: values + start, count: end - start)
      }
      copy.count = end
    }
    return copy
  }

  /// Makes a place for an item that is perhaps no number, in a list that perhaps holds nothing else
  /// so far: to add or set it takes no time then.
  ///
  /// - Throws: `EngineError.interrupted`, `.outOfMemory`.
  @inline(__always) func makePlace(for item: Value) throws {
    if case .number = item { return }
    if numbers != nil, count > Self.piece { try toManyValues() }
  }

  /// Counts what it holds; its own place has been counted.
  func addMemory(to total: inout MemoryCount) {
    total.add(capacity * (numbers == nil ? MemoryLayout<Value>.stride : 8))
    guard let values else { return }
    for index in 0..<count { total.add(values + index) }
  }

  func isEqual(to other: ListBox) -> Bool {
    guard count == other.count else { return false }
    if let numbers, let others = other.numbers {
      return (0..<count).allSatisfy { numbers[$0] == others[$0] }
    }
    return (0..<count).allSatisfy { self[$0] == other[$0] }
  }

  @inline(never) private func grow() {
    capacity *= 2
    if let numbers {
      self.numbers = Self.room(capacity, insteadOf: numbers)
    } else {
      values = Self.room(capacity, insteadOf: values)
    }
  }

  /// Turns bare numbers into values, once something else is to stand among them.
  @inline(never) private func toValues() {
    let storage: UnsafeMutablePointer<Value> = Self.room(capacity)
    fill(storage, 0..<count)
    use(storage)
  }

  /// The same where there are so many that it takes a while.
  @inline(never) private func toManyValues() throws {
    try Allowance.admit(
      capacity * MemoryLayout<Value>.stride, for: "a list of \(count) items")
    let storage: UnsafeMutablePointer<Value> = Self.room(capacity)
    do {
      for start in stride(from: 0, to: count, by: Self.piece) {
        try Allowance.proceed()
        fill(storage, start..<min(start + Self.piece, count))
      }
    } catch {
      // Numbers need no dropping.
      free(storage)
      throw error
    }
    use(storage)
  }

  private func fill(_ storage: UnsafeMutablePointer<Value>, _ places: Range<Int>) {
    guard let numbers else { return }
    for index in places { (storage + index).initialize(to: .number(numbers[index])) }
  }

  private func use(_ storage: UnsafeMutablePointer<Value>) {
    guard let numbers else { return }
    free(numbers)
    self.numbers = nil
    values = storage
    heldWeight = count
  }

  /// How many items are copied at once.
  private static let piece = 1 << 16

  /// Memory for items. That of many is grown by moving pages, without a copy, so that a list of
  /// millions takes no longer to grow than others.
  private static func room<Item>(
    _ capacity: Int, insteadOf former: UnsafeMutablePointer<Item>? = nil
  ) -> UnsafeMutablePointer<Item> {
    guard let memory = realloc(former, capacity * MemoryLayout<Item>.stride) else {
      fatalError("no memory for a list")
    }
    return memory.bindMemory(to: Item.self, capacity: capacity)
  }
}
