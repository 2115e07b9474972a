internal import CZlib

/// Writes NumPy arrays and archives of them.
public enum NumPyWriter {
  /// The elements of an array, the last axis running fastest.
  public enum Elements: Sendable {
    /// 64-bit numbers, `<f8`.
    case numbers([Double])
    /// 32-bit numbers, `<f4`.
    case floats([Float])
    /// Texts, each filled up to the longest: `<U12`.
    case texts([String])
  }

  /// The bytes of a `.npy` file.
  ///
  /// - Throws: `EngineError.outOfMemory`: each text takes as much as the longest; `.interrupted`.
  public static func array(_ elements: Elements, shape: [Int]) throws -> [UInt8] {
    var kind: String
    var body: [UInt8]
    switch elements {
    case .numbers(let numbers):
      kind = "<f8"
      body = numbers.withUnsafeBytes { Array($0) }
    case .floats(let numbers):
      kind = "<f4"
      body = numbers.withUnsafeBytes { Array($0) }
    case .texts(let texts):
      var width = 1
      for text in texts {
        try Allowance.proceed()
        width = max(width, text.unicodeScalars.count)
      }
      guard let room = Shape.product([8, width, max(1, texts.count)]) else {
        throw EngineError.tooLarge(what: "the array of texts", count: .max)
      }
      try Allowance.admit(room, for: "the array of texts, each as long as the longest,")
      kind = "<U\(width)"
      body = []
      body.reserveCapacity(4 * width * texts.count)
      for text in texts {
        try Allowance.proceed()
        let scalars = text.unicodeScalars.map(\.value)
        for place in 0..<width {
          body += littleEndian(place < scalars.count ? scalars[place] : 0)
        }
      }
    }
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(kind)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The data begin at a multiple of 64.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    return NumPyHeader.mark + [1, 0] + littleEndian(UInt16(header.utf8.count)) + header.utf8 + body
  }

  /// The bytes of a `.npz` file: `.npy` files by name, one behind the other, not packed.
  ///
  /// - Throws: `EngineError.tooLarge` beyond 4 GB.
  public static func archive(_ arrays: [(name: String, content: [UInt8])]) throws -> [UInt8] {
    let size = arrays.reduce(0) { $0 + $1.content.count + 2 * $1.name.utf8.count + 128 }
    guard size < Int(UInt32.max), arrays.count < 65_535 else {
      throw EngineError.tooLarge(what: "the archive", count: size)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    var directory: [UInt8] = []
    for (name, content) in arrays {
      let file = Array((name + ".npy").utf8)
      let checksum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      // Version 2.0, UTF-8 names, stored; midnight of 1 January 1980, so that equal arrays give equal
      // bytes.
      let facts =
        littleEndian(UInt16(20)) + littleEndian(UInt16(0x800)) + littleEndian(UInt16(0))
        + littleEndian(UInt16(0)) + littleEndian(UInt16(0x21)) + littleEndian(UInt32(checksum))
        + littleEndian(UInt32(content.count)) + littleEndian(UInt32(content.count))
        + littleEndian(UInt16(file.count)) + littleEndian(UInt16(0))
      directory += [0x50, 0x4b, 1, 2] + littleEndian(UInt16(20)) + facts
      directory += [UInt8](repeating: 0, count: 10) + littleEndian(UInt32(bytes.count)) + file
      bytes += [0x50, 0x4b, 3, 4] + facts + file + content
    }
    let count = littleEndian(UInt16(arrays.count))
    let end =
      [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + count + count + littleEndian(UInt32(directory.count))
      + littleEndian(UInt32(bytes.count)) + [0, 0]
    return bytes + directory + end
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
