import NNEngine

/// A text behind one reference, so that a `Value` stays two words.
///
/// A text that grows piece by piece keeps its last pieces in a small buffer: adding a few bytes to
/// a `String` costs as much as adding some hundred.
public final class TextBox {
  private var storage: String
  /// Bytes that belong behind `storage`; allocated by the first piece that is added.
  private var buffer: UnsafeMutablePointer<UInt8>?
  private var waiting = 0
  private static let capacity = 512

  init(_ text: String) { storage = text }

  deinit { buffer?.deallocate() }

  /// The text.
  public var text: String {
    flush()
    return storage
  }

  /// How many bytes of UTF-8 it has.
  var length: Int { storage.utf8.count + waiting }

  /// What it takes beside its own place, in bytes.
  var size: Int { MemoryCount.bytes(of: storage) + (buffer == nil ? 0 : Self.capacity) }

  /// Adds a text.
  func append(_ text: String) {
    flush()
    storage += text
  }

  /// Adds whole characters in UTF-8, so many that they fit the buffer: lets a closure write them
  /// and return how many bytes they took.
  @inline(__always)
  func append(atMost count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    if count > Self.capacity - waiting { flush() }
    let start: UnsafeMutablePointer<UInt8>
    if let buffer {
      start = buffer
    } else {
      start = .allocate(capacity: Self.capacity)
      buffer = start
    }
    waiting += write(start + waiting)
  }

  /// Whether so many bytes fit the buffer.
  static func fits(_ count: Int) -> Bool { count <= capacity }

  /// Goes back to an earlier length.
  func truncate(to length: Int) {
    flush()
    storage = String(decoding: storage.utf8.prefix(length), as: UTF8.self)
  }

  @inline(never) private func flush() {
    guard waiting > 0, let buffer else { return }
    storage += String(
      decoding: UnsafeBufferPointer(start: buffer, count: waiting), as: UTF8.self)
    waiting = 0
  }
}
