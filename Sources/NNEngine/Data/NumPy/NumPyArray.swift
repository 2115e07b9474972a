/// The header of a `.npy` file (NumPy Enhancement Proposal 1): a mark, a version, and a dictionary.
///
///     93 4e 55 4d 50 59   the mark, "\x93NUMPY"
///     01 00               version 1.0, 2.0 or 3.0
///     76 00               how long the dictionary is, little-endian; 4 bytes from version 2.0
///     {'descr': '<f8', 'fortran_order': False, 'shape': (150, 4), }
struct NumPyHeader {
  /// One element of a row of the array: only arrays of records have several, with names.
  struct Field: Equatable {
    var name: String
    var element: NumPyElement
    /// Where in a record it begins.
    var offset: Int
  }

  var shape: [Int]
  var isFortran: Bool
  var fields: [Field]
  /// Whether each element is a record of named fields.
  var isRecords: Bool
  /// How many bytes an element, or a record, takes.
  var stride: Int
  /// How many bytes the header takes.
  var length: Int

  static let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the beginning of a file; `nil` where more of it is needed.
  ///
  /// - Throws: `EngineError.badFile`.
  init?(_ start: [UInt8], path: String) throws {
    func bad(_ problem: String, _ help: String? = nil) -> EngineError {
      .badFile(path: path, problem: problem, help: help)
    }
    guard start.starts(with: Self.mark) else { throw bad("it is no NumPy array") }
    guard start.count >= 12 else { return nil }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw bad("its format is \(version).\(start[7]), 1.0 to 3.0 are read")
    }
    let own = version == 1 ? 2 : 4
    let size = (0..<own).reduce(0) { $0 | Int(start[8 + $1]) << (8 * $1) }
    length = 8 + own + size
    guard size <= 1 << 20 else { throw bad("its header claims \(size) bytes") }
    guard start.count >= length else { return nil }
    guard let header = PythonLiteral(start[8 + own..<length]), let kinds = header["descr"],
      case .truth(let isFortran)? = header["fortran_order"],
      case .list(let sizes)? = header["shape"]
    else { throw bad("its header is damaged") }
    self.isFortran = isFortran
    shape = try sizes.map {
      guard case .integer(let size) = $0, size >= 0 else { throw bad("its header is damaged") }
      return size
    }
    func element(_ kind: PythonLiteral) throws -> NumPyElement {
      guard case .text(let spelling) = kind else {
        throw bad("it holds records within records", "save plain columns")
      }
      if let element = NumPyElement(spelling) { return element }
      let (problem, help) = NumPyElement.refusal(spelling)
      throw bad(problem, help)
    }
    if case .list(let records) = kinds {
      isRecords = true
      var offset = 0
      var found: [Field] = []
      for record in records {
        guard case .list(let parts) = record, parts.count == 2, case .text(let name) = parts[0]
        else { throw bad("its records hold arrays", "save plain columns") }
        let kind = try element(parts[1])
        found.append(Field(name: name, element: kind, offset: offset))
        offset += kind.size
      }
      guard !found.isEmpty else { throw bad("its records have no fields") }
      (fields, stride) = (found, offset)
    } else {
      isRecords = false
      let kind = try element(kinds)
      (fields, stride) = ([Field(name: "", element: kind, offset: 0)], kind.size)
    }
    // An array without rows may still claim columns without end.
    guard let count = Shape.product(shape.map { max($0, 1) }), count <= 1 << 40 else {
      throw bad("its header claims \(Shape(shape)) values")
    }
  }

  var count: Int { Shape.product(shape) ?? 0 }
}

/// A NumPy array that has been read.
struct NumPyArray {
  /// Its name in an archive, or that of its file.
  let name: String
  let header: NumPyHeader
  private let content: [UInt8]
  private let path: String

  var shape: [Int] { header.shape }
  var rowCount: Int { shape.first ?? 1 }

  /// - Throws: `EngineError.badFile` where it is damaged or holds what is not read.
  init(_ content: [UInt8], name: String, path: String) throws {
    func bad(_ problem: String) -> EngineError { .badFile(path: path, problem: problem) }
    guard let header = try NumPyHeader(content, path: path) else {
      throw bad("it ends within its header")
    }
    let (needed, found) = (header.count * header.stride, content.count - header.length)
    guard found == needed else {
      throw bad(
        found < needed
          ? "it ends after \(found / max(header.stride, 1)) of \(header.count) values"
          : "it holds more than the \(Shape(header.shape)) values of its header")
    }
    guard !header.shape.isEmpty else { throw bad("it holds a single number, which is no row") }
    (self.name, self.header, self.content, self.path) = (name, header, content, path)
  }

  /// The place of the element that stands at `index` when the last axis runs fastest.
  private func place(_ index: Int) -> Int {
    guard header.isFortran else { return index }
    var (rest, step, place) = (index, header.count, 0)
    for size in shape.reversed() {
      step /= size
      place += rest % size * step
      rest /= size
    }
    return place
  }

  /// The numbers of a field, row after row, the last axis running fastest.
  ///
  /// - Throws: `EngineError.badFile` for a whole number that 64 bits would change.
  func numbers(_ field: Int = 0) throws -> [Double] {
    try Allowance.admit(8 * header.count, for: "the array in `\(path)`")
    let own = header.fields[field]
    return try content.withUnsafeBytes { bytes in
      let start = header.length + own.offset
      return try [Double](unsafeUninitializedCapacity: header.count) { result, filled in
        for index in 0..<header.count {
          if index & 0xffff == 0 { try Allowance.proceed() }
          do throws(NumPyElement.Inexact) {
            let number = try own.element.number(bytes, at: start + place(index) * header.stride)
            result.initializeElement(at: index, to: number)
          } catch {
            let row = index / max(header.count / max(rowCount, 1), 1)
            throw EngineError.badFile(
              path: path,
              problem: "row \(row + 1) has a whole number that 64-bit floating point does not hold",
              detail: error.text, help: "save it as text: `array.astype(str)`")
          }
        }
        filled = header.count
      }
    }
  }

  /// The numbers in the narrowest form that is exact.
  ///
  /// - Throws: `EngineError.badFile`.
  func inputs() throws -> Examples.Inputs {
    let element = header.fields[0].element
    if element.kind == .truth || element.kind == .unsigned && element.size == 1 {
      guard header.isFortran else { return .bytes(Array(content[header.length...])) }
      return .bytes((0..<header.count).map { content[header.length + place($0)] })
    }
    return .exact(try numbers())
  }

  /// The texts of a field, as codes and names.
  func texts(_ field: Int = 0) -> (codes: [Int32], names: [String]) {
    let own = header.fields[field]
    var known: [String: Int32] = [:]
    var names: [String] = []
    let codes = content.withUnsafeBytes { bytes in
      (0..<header.count).map { index in
        let text = own.element.text(
          bytes, at: header.length + own.offset + place(index) * header.stride)
        if let code = known[text] { return code }
        let code = Int32(names.count)
        known[text] = code
        names.append(text)
        return code
      }
    }
    return (codes, names)
  }
}
