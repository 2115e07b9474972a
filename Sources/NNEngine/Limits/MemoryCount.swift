/// Counts the bytes that things hold, each thing once however many hold it.
///
/// A process can be measured by asking the system. What one of several sessions in it holds can
/// not: that is counted, by going through it. Sizes are those of the large parts; what surrounds
/// them is estimated.
public struct MemoryCount {
  /// The bytes so far.
  public private(set) var bytes = 0
  private var seen: Set<UInt> = []
  private var left = 0
  private let isCancelled: () -> Bool
  /// Whether there is no time to count to the end.
  public private(set) var isGivenUp = false

  /// Begins a count; `isCancelled` is asked every few thousand things.
  public init(isCancelled: @escaping () -> Bool = { false }) { self.isCancelled = isCancelled }

  /// Adds bytes that nothing else holds.
  public mutating func add(_ bytes: Int) { self.bytes &+= bytes }

  /// Adds what an object itself takes, the first time it is met.
  ///
  /// - Returns: whether it is the first time, so that what it refers to is to be counted.
  public mutating func add(_ object: AnyObject, bytes: Int) -> Bool {
    guard isNew(UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque())) else { return false }
    self.bytes &+= bytes
    return true
  }

  /// Adds the storage of an array; what its elements refer to is left to the caller, where this is
  /// the first time.
  @discardableResult
  public mutating func addStorage<Element>(of array: [Element]) -> Bool {
    let address = array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    guard address != 0, array.capacity > 0, isNew(address) else { return false }
    bytes &+= 32 &+ array.capacity &* MemoryLayout<Element>.stride
    return true
  }

  /// Adds texts.
  public mutating func add(_ texts: [String]) {
    guard addStorage(of: texts) else { return }
    for text in texts { bytes &+= Self.bytes(of: text) }
  }

  /// What a text takes besides its own 16 bytes.
  public static func bytes(of text: String) -> Int {
    let count = text.utf8.count
    return count < 16 ? 0 : 32 + count
  }

  private mutating func isNew(_ address: UInt) -> Bool { seen.insert(address).inserted }

  /// Asks now and then whether to go on; false where the count is to end.
  public mutating func goesOn() -> Bool {
    left -= 1
    if left < 0 {
      left = 4_096
      if isCancelled() { isGivenUp = true }
    }
    return !isGivenUp
  }
}
