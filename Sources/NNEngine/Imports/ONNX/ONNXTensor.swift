/// A tensor of an ONNX file: its shape, and where its numbers stand.
struct ONNXTensor {
  /// Where numbers stand.
  private enum Numbers {
    /// Side by side as bytes, in the file or in one beside it.
    case raw([UInt8], Range<Int>)
    case singles([Float])
    case doubles([Double])
    case integers([Int])
  }

  /// Its name; empty for one of an attribute.
  private(set) var name = ""
  /// Its sizes.
  private(set) var sizes: [Int] = []
  /// What an element is, by the number that `TensorProto.DataType` gives it.
  private(set) var type = 0
  private var numbers = Numbers.integers([])
  /// Where its numbers stand in a file beside: `location`, `offset`, `length`.
  private var external: [String: String] = [:]

  /// More numbers than this are no tensor of a network.
  private static let mostNumbers = 1 << 33

  /// How many numbers it has.
  let count: Int

  /// Numbers that a graph works out.
  init(_ values: [Float], _ sizes: [Int]) {
    (self.sizes, count, numbers, type) = (sizes, values.count, .singles(values), 1)
  }

  /// Whole numbers that a graph works out.
  init(integers: [Int], _ sizes: [Int]) {
    (self.sizes, count, numbers, type) = (sizes, integers.count, .integers(integers), 7)
  }

  /// Reads a `TensorProto`.
  ///
  /// - Parameter beside: the bytes of a file beside this one.
  /// - Throws: `ProtobufReader.Damage`, and what `beside` throws.
  init(
    _ bytes: [UInt8], _ range: Range<Int>, beside: (String) throws -> [UInt8]
  ) throws {
    var reader = ProtobufReader(bytes, range)
    var (name, sizes, type) = ("", [Int](), 0)
    var (singles, doubles, integers) = ([Float](), [Double](), [Int]())
    var raw: Range<Int>?
    var isExternal = false
    while let (field, content) = try reader.next() {
      switch (field, content) {
      case (1, .number(let size)): sizes.append(Int(truncatingIfNeeded: size))
      case (1, .bytes(let range)): sizes += try Self.integers(bytes, range)
      case (2, _): type = content.integer ?? 0
      case (4, .fixed(let place)) where place.count == 4:
        singles.append(bytes.single(at: place.lowerBound))
      case (4, .bytes(let range)):
        singles += stride(from: range.lowerBound, to: range.upperBound - 3, by: 4).map(bytes.single)
      case (5, .number(let number)), (7, .number(let number)):
        integers.append(Int(truncatingIfNeeded: number))
      case (5, .bytes(let range)), (7, .bytes(let range)):
        integers += try Self.integers(bytes, range)
      case (8, .bytes(let range)): name = bytes.text(range)
      case (9, .bytes(let range)): raw = range
      case (10, .fixed(let place)) where place.count == 8:
        doubles.append(bytes.double(at: place.lowerBound))
      case (10, .bytes(let range)):
        doubles += stride(from: range.lowerBound, to: range.upperBound - 7, by: 8).map(bytes.double)
      case (13, .bytes(let range)):
        let (key, value) = try ONNXModel.pair(bytes, range)
        external[key] = value
      case (14, _): isExternal = content.integer == 1
      default: break
      }
    }
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.count <= 8, let count = Shape.product(sizes),
      count <= Self.mostNumbers
    else { throw ProtobufReader.Damage(problem: "the sizes of `\(name)` are none") }
    (self.name, self.sizes, self.type, self.count) = (name, sizes, type, count)
    if isExternal {
      let (file, part) = try Self.part(external, of: name, beside: beside)
      numbers = .raw(file, part)
    } else if let raw {
      numbers = .raw(bytes, raw)
    } else if !singles.isEmpty {
      numbers = .singles(singles)
    } else if !doubles.isEmpty {
      numbers = .doubles(doubles)
    } else {
      numbers = .integers(integers)
    }
    let found =
      switch numbers {
      case .raw(_, let range):
        Self.width(type).map { range.count == count * $0 ? count : -1 } ?? count
      case .singles(let list): list.count
      case .doubles(let list): list.count
      case .integers(let list): list.count
      }
    guard found == count || Self.width(type) == nil else {
      throw ProtobufReader.Damage(
        problem: "`\(name)` has the sizes \(Shape(sizes)) and other than \(count) numbers")
    }
  }

  /// Where numbers stand that are kept in a file beside.
  private static func part(
    _ external: [String: String], of name: String, beside: (String) throws -> [UInt8]
  ) throws -> (bytes: [UInt8], range: Range<Int>) {
    guard let location = external["location"], !location.isEmpty, !location.hasPrefix("/"),
      !location.contains("/"), !location.contains("\\"), location != ".."
    else {
      throw ProtobufReader.Damage(
        problem: "the numbers of `\(name)` are in a file that does not stand beside this one")
    }
    let bytes = try beside(location)
    let offset = external["offset"].map { Int($0) ?? -1 } ?? 0
    guard offset >= 0, offset <= bytes.count else {
      throw ProtobufReader.Damage(problem: "`\(location)` ends before the numbers of `\(name)`")
    }
    let length = external["length"].map { Int($0) ?? -1 } ?? bytes.count - offset
    guard length >= 0, length <= bytes.count - offset else {
      throw ProtobufReader.Damage(problem: "`\(location)` ends within the numbers of `\(name)`")
    }
    return (bytes, offset..<offset + length)
  }

  private static func integers(
    _ bytes: [UInt8], _ range: Range<Int>
  ) throws(ProtobufReader.Damage) -> [Int] {
    var list = ProtobufReader(bytes, range)
    var integers: [Int] = []
    while list.hasMore { integers.append(Int(truncatingIfNeeded: try list.varint())) }
    return integers
  }

  /// How many bytes an element has; `nil` for what is no number.
  private static func width(_ type: Int) -> Int? {
    switch type {
    case 2, 3, 9: 1
    case 4, 5, 10, 16: 2
    case 1, 6, 12: 4
    case 7, 11, 13: 8
    default: nil
    }
  }

  /// What an element is called; `nil` where it is a number with fractions of a width known here.
  var otherType: String? {
    switch type {
    case 1, 10, 11, 16: nil
    case 2: "uint8"
    case 3: "int8"
    case 4: "uint16"
    case 5: "int16"
    case 6: "int32"
    case 7: "int64"
    case 8: "string"
    case 9: "bool"
    case 12: "uint32"
    case 13: "uint64"
    case 14, 15: "complex"
    default: "type \(type)"
    }
  }

  /// Its numbers in 32 bits; `nil` where they are of another type.
  var floats: [Float]? {
    guard otherType == nil else { return nil }
    switch numbers {
    case .singles(let list): return list
    case .doubles(let list): return list.map { Float($0) }
    case .integers(let list):
      // Numbers of 16 bits as whole ones.
      return type == 10 || type == 16 ? list.map { half(UInt16(truncatingIfNeeded: $0)) } : nil
    case .raw(let bytes, let range) where type == 1:
      // Files are little-endian, as are all machines that this runs on.
      return bytes[range].withUnsafeBytes { raw in
        (0..<count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    case .raw(let bytes, let range):
      return (0..<count).map { index in
        switch type {
        case 11: return Float(bytes.double(at: range.lowerBound + 8 * index))
        default:
          let place = range.lowerBound + 2 * index
          return half(UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
        }
      }
    }
  }

  /// A number of 16 bits: with 8 bits of exponent (`bfloat16`) or with 5 (`float16`).
  private func half(_ bits: UInt16) -> Float {
    if type == 16 { return Float(bitPattern: UInt32(bits) << 16) }
    let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Float(bits & 0x3FF))
    let size: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
      }
    return bits >> 15 == 1 ? -size : size
  }

  /// Its whole numbers; `nil` where they are of another type.
  var integers: [Int]? {
    guard [6, 7, 9, 2, 3].contains(type) else { return nil }
    switch numbers {
    case .integers(let list): return list
    case .raw(let bytes, let range):
      let width = Self.width(type) ?? 1
      return (0..<count).map { index in
        let place = range.lowerBound + width * index
        let bits = (0..<width).reduce(UInt64(0)) {
          $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1)
        }
        switch type {
        case 3: return Int(Int8(truncatingIfNeeded: bits))
        case 6: return Int(Int32(truncatingIfNeeded: bits))
        default: return Int(truncatingIfNeeded: bits)
        }
      }
    default: return nil
    }
  }
}
