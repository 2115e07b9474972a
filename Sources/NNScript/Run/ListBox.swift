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
    numbers = .allocate(capacity: self.capacity)
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
    let storage = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
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
      list.append(try item(index))
    }
    return list
  }

  deinit {
    numbers?.deallocate()
    if let values {
      if depth > Dismantling.least { Dismantling.of(self) }
      // To drop millions of values takes a while, and whoever ended the work waits.
      if count > 1 << 16, Allowance.isEnding, dropElsewhere(values) { return }
      values.deinitialize(count: count)
      values.deallocate()
    }
  }

  /// Drops the items in a thread of its own; false where there is none to be had.
  private func dropElsewhere(_ values: UnsafeMutablePointer<Value>) -> Bool {
    let items = UnsafeMutablePointer<UnsafeMutableBufferPointer<Value>>.allocate(capacity: 1)
    items.initialize(to: UnsafeMutableBufferPointer(start: values, count: count))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let items = context?.assumingMemoryBound(to: UnsafeMutableBufferPointer<Value>.self)
        else { return nil }
        items.pointee.deinitialize()
        items.pointee.deallocate()
        items.deallocate()
        return nil
      }, items)
    guard status == 0 else {
      items.deallocate()
      return false
    }
    pthread_detach(thread)
    return true
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
      toValues()
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
      toValues()
      let place = values! + index
      heldWeight -= place.pointee.weight
      place.pointee = item
      depth = max(depth, item.depth + 1)
      heldWeight = Value.together(heldWeight, item.weight)
    }
  }

  /// Lets a closure change one item where it stands, without a copy.
  func update<R>(_ index: Int, _ change: (inout Value) throws -> R) rethrows -> R {
    if let numbers {
      var item = Value.number(numbers[index])
      defer { set(index, item) }
      return try change(&item)
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
  func copy(extraCapacity: Int = 0) -> ListBox {
    let copy = ListBox(capacity: count + extraCapacity)
    if let numbers {
      copy.numbers!.initialize(from: numbers, count: count)
    } else if let values {
      copy.toValues()
      copy.values!.initialize(from: values, count: count)
      copy.depth = depth
      copy.heldWeight = heldWeight
    }
    copy.count = count
    return copy
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
    let larger = max(capacity * 2, 4)
    if let numbers {
      let storage = UnsafeMutablePointer<Double>.allocate(capacity: larger)
      storage.initialize(from: numbers, count: count)
      numbers.deallocate()
      self.numbers = storage
    } else if let values {
      let storage = UnsafeMutablePointer<Value>.allocate(capacity: larger)
      storage.moveInitialize(from: values, count: count)
      values.deallocate()
      self.values = storage
    }
    capacity = larger
  }

  /// Turns bare numbers into values, once something else is to stand among them.
  @inline(never) private func toValues() {
    guard let numbers else { return }
    let storage = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
    for index in 0..<count { (storage + index).initialize(to: .number(numbers[index])) }
    numbers.deallocate()
    self.numbers = nil
    values = storage
    heldWeight = count
  }
}
