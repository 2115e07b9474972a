/// A file of named tensors with a few texts beside them, in the safetensors format.
///
///     8 bytes   length of the header, little-endian
///     header    {"__metadata__":{…},"dense1.bias":{"data_offsets":[0,256],"dtype":"F32","shape":[64]},…}
///     data      the numbers, little-endian, tensor after tensor, no gaps
///
/// The same content gives the same bytes: keys are sorted, the header is padded with blanks so
/// that the data begin at a multiple of 8.
public struct Safetensors: Sendable, Equatable {
  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// Texts that travel with them.
  public var metadata: [String: String]

  /// Makes the content of a file.
  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// A header longer than this is a lie; the format's own readers use the same bound.
  static let longestHeader = 100_000_000

  /// The bytes of the file.
  public func encoded() -> [UInt8] {
    let (head, tensors) = head
    var bytes = head
    bytes.reserveCapacity(head.count + 4 * tensors.reduce(0) { $0 + $1.elements.count })
    for tensor in tensors {
      tensor.elements.withUnsafeBytes { bytes += $0 }
    }
    return bytes
  }

  /// The bytes before the numbers, and the tensors in the order in which theirs follow.
  private var head: (bytes: [UInt8], tensors: [Tensor]) {
    let names = tensors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      members.append(
        .init("__metadata__", .object(metadata.map { .init($0.key, .string($0.value)) })))
    }
    var offset = 0
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let end = offset + tensor.elements.count * 4
      members.append(
        .init(
          name,
          [
            "dtype": "F32", "shape": .array(tensor.shape.sizes.map { .number(Double($0)) }),
            "data_offsets": [.number(Double(offset)), .number(Double(end))],
          ]))
      offset = end
    }
    var header = Array(JSONValue.object(members).text(sortedKeys: true).utf8)
    while header.count % 8 != 0 { header.append(0x20) }

    var bytes: [UInt8] = []
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    return (bytes + header, names.compactMap { tensors[$0] })
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Parameter key: the text that holds the sum over all bytes, see `FileCheck`; without one the
  ///   file has no sum.
  /// - Throws: `EngineError.unreadableFile`, `.interrupted`.
  public func write(
    to path: String, files: some FileAccess = DiskFiles(), sealedBy key: String? = nil
  ) throws {
    let writer = try files.writer(to: path)
    try forEachBlock(sealedBy: key) { try writer.write($0) }
    try writer.finish()
  }

  /// The bytes of the file, block after block.
  ///
  /// - Parameter key: as of `write`.
  /// - Throws: what the body throws, and `EngineError.interrupted`.
  public func forEachBlock(sealedBy key: String?, _ body: ([UInt8]) throws -> Void) throws {
    var (head, tensors) = head
    if let key {
      var check = FileCheck()
      try check.add(head)
      for tensor in tensors {
        try tensor.elements.withUnsafeBytes { try check.add($0) }
      }
      check.seal(&head, key: key)
    }
    try body(head)
    // Every machine this runs on keeps its numbers little-endian.
    for tensor in tensors {
      try tensor.elements.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: Self.block) {
          try Allowance.proceed()
          try body(Array(bytes[start..<min(start + Self.block, bytes.count)]))
        }
      }
    }
  }

  private static let block = 4 << 20

  /// Reads a file.
  ///
  /// - Throws: `EngineError.fileNotFound`, `.unreadableFile`, `.badFile`.
  public init(reading path: String, files: some FileAccess = DiskFiles()) throws {
    try self.init(decoding: files.read(path), path: path)
  }

  /// Understands the bytes of a file; `path` is for the error.
  ///
  /// - Throws: `EngineError.badFile`.
  public init(decoding bytes: [UInt8], path: String) throws {
    func bad(_ problem: String, _ detail: String? = nil) -> EngineError {
      .badFile(path: path, problem: problem, detail: detail)
    }
    guard bytes.count >= 8 else { throw bad("it is too short for a safetensors file") }
    let claimed = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard claimed <= UInt64(Self.longestHeader), Int(claimed) <= bytes.count - 8 else {
      if let foreign = ForeignContainer.refusal(bytes, path: path) { throw foreign }
      throw bad(
        "not a safetensors file: its header claims \(claimed) bytes, the file has \(bytes.count)"
      )
    }
    let dataStart = 8 + Int(claimed)
    let header: JSONValue
    do {
      header = try JSONValue(parsing: Array(bytes[8..<dataStart]))
    } catch let error as JSONError {
      throw bad("its header is not JSON: \(error.problem) at byte \(error.offset)")
    }
    guard let members = header.object else { throw bad("its header is no JSON object") }

    self.init()
    var ranges: [(range: Range<Int>, name: String)] = []
    for member in members {
      if member.key == "__metadata__" {
        for entry in member.value.object ?? [] {
          guard let text = entry.value.string else {
            throw bad("its metadata `\(entry.key)` is no text")
          }
          metadata[entry.key] = text
        }
        continue
      }
      let entry = try TensorEntry(member, available: bytes.count - dataStart, bad: bad)
      ranges.append((entry.range, member.key))
      tensors[member.key] = Tensor(
        shape: entry.shape,
        elements: try entry.type.floats(
          bytes, at: dataStart + entry.range.lowerBound, count: entry.shape.count))
    }
    try Self.checkCover(ranges, bytes: bytes.count - dataStart, bad: bad)
  }

  /// Tensors neither share bytes nor leave any unused: either would hide something in the file.
  private static func checkCover(
    _ ranges: [(range: Range<Int>, name: String)], bytes: Int,
    bad: (String, String?) -> EngineError
  ) throws {
    var end = 0
    var last = ""
    let ordered = ranges.sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.name)
        < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    for (range, name) in ordered {
      if range.lowerBound < end {
        throw bad("its tensors `\(last)` and `\(name)` overlap", nil)
      }
      if range.lowerBound > end {
        throw bad("\(range.lowerBound - end) bytes before `\(name)` belong to no tensor", nil)
      }
      (end, last) = (range.upperBound, name)
    }
    if end != bytes { throw bad("\(bytes - end) bytes at its end belong to no tensor", nil) }
  }
}

/// How the numbers of a tensor lie in the file.
private enum ElementType: String, CaseIterable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case u8 = "U8"

  var size: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16: 2
    case .u8: 1
    }
  }

  /// The numbers as 32-bit ones; the caller has checked that they lie within `bytes`.
  ///
  /// - Throws: `EngineError.interrupted`.
  func floats(_ bytes: [UInt8], at start: Int, count: Int) throws -> [Float] {
    try bytes.withUnsafeBytes { buffer in
      try [Float](unsafeUninitializedCapacity: count) { result, filled in
        try Allowance.piecewise(count) { places in
          let piece = UnsafeRawBufferPointer(
            rebasing: buffer[start + places.lowerBound * size..<start + places.upperBound * size])
          if self == .f32 {
            UnsafeMutableRawBufferPointer(
              rebasing: UnsafeMutableRawBufferPointer(result)[
                4 * places.lowerBound..<4 * places.upperBound]
            ).copyMemory(from: piece)
          } else {
            for index in 0..<places.count {
              result[places.lowerBound + index] = float(piece, at: index * size)
            }
          }
        }
        filled = count
      }
    }
  }

  private func float(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Float {
    switch self {
    case .f64: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Double.self))
    case .f32: bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
    case .f16: Float(halfPattern: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    case .bf16:
      Float(
        bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16)
    case .i64: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    case .i32: Float(bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    case .u8: Float(bytes[offset])
    }
  }
}

extension Float {
  /// The value of an IEEE half; `Float16` is not there on every platform.
  fileprivate init(halfPattern half: UInt16) {
    let magnitude = UInt32(half & 0x7fff)
    let sign = UInt32(half & 0x8000) << 16
    switch magnitude {
    case 0..<0x400:  // zero and subnormals: whole multiples of 2^-24
      self = Float(magnitude) * 0x1p-24
      if sign != 0 { self = -self }
    case 0x7c00...: self = Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13)
    default: self = Float(bitPattern: sign | (magnitude << 13 + 112 << 23))
    }
  }
}

/// What the header says about one tensor, checked.
private struct TensorEntry {
  var type: ElementType
  var shape: Shape
  var range: Range<Int>

  init(
    _ member: JSONValue.Member, available: Int, bad: (String, String?) -> EngineError
  ) throws {
    let name = member.key
    let typeName = member.value["dtype"]?.string ?? "none"
    guard let type = ElementType(rawValue: typeName) else {
      throw bad(
        "its tensor `\(name)` has the type \(typeName)",
        "types read here: " + ElementType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let axes = (member.value["shape"]?.array ?? []).map(\.integer)
    let sizes = axes.compactMap(\.self)
    guard member.value["shape"]?.array != nil, sizes.count == axes.count,
      sizes.allSatisfy({ $0 >= 0 })
    else { throw bad("its tensor `\(name)` has no proper shape", nil) }
    let offsets = (member.value["data_offsets"]?.array ?? []).compactMap(\.integer)
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= available
    else { throw bad("its tensor `\(name)` lies outside the file", nil) }

    guard let needed = Shape.product(sizes + [type.size]) else {
      throw bad("its tensor `\(name)` claims an impossible size", nil)
    }
    guard needed == offsets[1] - offsets[0] else {
      throw bad(
        "its tensor `\(name)` needs \(needed) bytes and has \(offsets[1] - offsets[0])", nil)
    }
    self.type = type
    shape = Shape(sizes)
    range = offsets[0]..<offsets[1]
  }
}
