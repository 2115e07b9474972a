internal import CZlib

/// Writes pictures as PNG files (ISO/IEC 15948): 8 bits for each of red, green and blue.
///
///     signature │ IHDR size, form │ IDAT packed rows │ IEND
public enum PNG {
  /// The bytes of a file.
  ///
  /// - Parameter rgb: red, green and blue of each point, row after row: `3 * width * height` bytes.
  public static func encoded(width: Int, height: Int, rgb: [UInt8]) -> [UInt8] {
    precondition(rgb.count == 3 * width * height && width > 0 && height > 0, "three bytes a point")
    var rows: [UInt8] = []
    rows.reserveCapacity((3 * width + 1) * height)
    for row in 0..<height {
      rows.append(0)  // no filter
      rows += rgb[3 * width * row..<3 * width * (row + 1)]
    }
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Eight bits, red, green and blue, and the only packing, filters and order there are.
    bytes += chunk("IHDR", number(width) + number(height) + [8, 2, 0, 0, 0])
    bytes += chunk("IDAT", packed(rows))
    return bytes + chunk("IEND", [])
  }

  private static func packed(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(count))
    let status = compress2(&result, &count, bytes, uLong(bytes.count), 9)
    precondition(status == Z_OK, "there is room for whatever zlib makes of it")
    return Array(result[..<Int(count)])
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let bytes = Array(name.utf8) + content
    let sum = crc32(0, bytes, UInt32(bytes.count))
    return number(content.count) + bytes + number(Int(sum))
  }

  /// Four bytes, the highest first.
  private static func number(_ value: Int) -> [UInt8] {
    (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
