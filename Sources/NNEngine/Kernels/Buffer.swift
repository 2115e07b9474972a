import Glibc

/// A fixed block of numbers outside Swift's arrays: planned once, then read and written by
/// kernels on several threads without checks or reference counts.
final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let count: Int
  let start: UnsafeMutablePointer<Element>
  private let block: UnsafeMutableRawPointer

  /// Makes a block of zeros, on its own cache lines.
  init(count: Int) {
    self.count = count
    // Large blocks come as pages of zeros, which nobody need write.
    guard let block = calloc(max(count, 1) * MemoryLayout<Element>.stride + 64, 1) else {
      fatalError("no memory for \(count) numbers, which was to be asked for before")
    }
    self.block = block
    start = block.alignedUp(toMultipleOf: 64)
      .bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// Makes a block of these numbers.
  convenience init(_ values: [Element]) {
    self.init(count: values.count)
    load(values)
  }

  deinit { free(block) }

  var array: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }

  func load(_ values: [Element]) {
    precondition(values.count == count, "as many values as places")
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { start.update(from: base, count: count) }
    }
  }

  /// Copies into an array of the same length without making a new one.
  func store(into values: inout [Element]) {
    precondition(values.count == count, "as many values as places")
    values.withUnsafeMutableBufferPointer { target in
      if let base = target.baseAddress { base.update(from: start, count: count) }
    }
  }
}
