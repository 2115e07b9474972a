public import CNNScript
import NNEngine
import NNScript

// Values in and out, by name.

/// See `nns_set_number` in nnscript.h.
@c @implementation
public func nns_set_number(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: Double
) -> nns_status {
  set(session, name) { .number(value) }
}

/// See `nns_set_text` in nnscript.h.
@c @implementation
public func nns_set_text(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ text: UnsafePointer<CChar>!,
  _ length: Int
) -> nns_status {
  set(session, name) { .text(try NNLibrary.text(text, length)) }
}

/// See `nns_set_array` in nnscript.h.
@c @implementation
public func nns_set_array(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ values: UnsafePointer<Double>!,
  _ shape: UnsafePointer<Int64>!, _ rank: Int
) -> nns_status {
  set(session, name) {
    try array(values, shape, rank) { UnsafeBufferPointer(start: $0, count: $1).map(Float.init) }
  }
}

/// See `nns_set_array_f32` in nnscript.h.
@c @implementation
public func nns_set_array_f32(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ values: UnsafePointer<Float>!,
  _ shape: UnsafePointer<Int64>!, _ rank: Int
) -> nns_status {
  set(session, name) {
    try array(values, shape, rank) { Array(UnsafeBufferPointer(start: $0, count: $1)) }
  }
}

/// See `nns_set_json` in nnscript.h.
@c @implementation
public func nns_set_json(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ json: UnsafePointer<CChar>!,
  _ length: Int
) -> nns_status {
  set(session, name) { try value(ofJSON: json, length) }
}

private func set(
  _ session: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: () throws -> Value
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    try $0.set(text(name), to: value())
    return NNS_OK
  }
}

/// A value from JSON of the caller's.
///
/// - Throws: `Refusal` where it is none.
func value(ofJSON json: UnsafePointer<CChar>?, _ length: Int) throws -> Value {
  let text = try text(json, length)
  do {
    return Value(try JSONValue(parsing: text))
  } catch {
    throw Refusal(NNS_MISUSE, "the text is no JSON: \(error)")
  }
}

private func array<Number>(
  _ values: UnsafePointer<Number>?, _ shape: UnsafePointer<Int64>?, _ rank: Int,
  _ copy: (UnsafePointer<Number>, Int) -> [Float]
) throws -> Value {
  guard rank >= 0, rank <= 8, let shape else {
    throw Refusal(NNS_MISUSE, "an array has up to 8 axes and their sizes")
  }
  let sizes = (0..<rank).map { Int(shape[$0]) }
  guard sizes.allSatisfy({ $0 >= 1 }) else { throw Refusal(NNS_MISUSE, "an axis is empty") }
  let checked = try Shape(checking: sizes, for: "the array")
  guard let values else { throw Refusal(NNS_MISUSE, "the values are NULL") }
  return .tensor(Tensor(shape: checked, elements: copy(values, checked.count)))
}

// MARK: Out

/// See `nns_get_number` in nnscript.h.
@c @implementation
public func nns_get_number(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<Double>!
) -> nns_status {
  get(session, name) { _, found in
    guard let number = found.numberValue ?? found.truthValue.map({ $0 ? 1 : 0 }) else {
      throw Refusal(NNS_KIND, "it is \(found.kindName), no number")
    }
    value?.pointee = number
    return NNS_OK
  }
}

/// See `nns_get_array` in nnscript.h.
@c @implementation
public func nns_get_array(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ values: UnsafeMutablePointer<Double>!,
  _ capacity: Int, _ count: UnsafeMutablePointer<Int>!, _ shape: UnsafeMutablePointer<Int64>!,
  _ maxRank: Int, _ rank: UnsafeMutablePointer<Int>!
) -> nns_status {
  get(session, name) { _, found in
    guard let numbers = found.asNumbers else {
      throw Refusal(NNS_KIND, "it is \(found.kindName), no array of numbers")
    }
    let sizes = numbers.shape.sizes
    rank?.pointee = sizes.count
    count?.pointee = numbers.elements.count
    for (place, size) in sizes.prefix(max(0, maxRank)).enumerated() {
      shape?[place] = Int64(size)
    }
    if shape != nil, sizes.count > maxRank { return NNS_ROOM }
    guard let values else { return NNS_OK }
    guard numbers.elements.count <= capacity else { return NNS_ROOM }
    for (place, number) in numbers.elements.enumerated() { values[place] = number }
    return NNS_OK
  }
}

/// See `nns_get_json` in nnscript.h.
@c @implementation
public func nns_get_json(
  _ session: OpaquePointer!, _ name: UnsafePointer<CChar>!,
  _ json: UnsafeMutablePointer<UnsafePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> nns_status {
  guard name != nil else {
    guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
    return handle.run {
      handle.give(.array($0.names.map { .string($0) }), json, length)
      return NNS_OK
    }
  }
  return get(session, name) { handle, found in
    handle.give(JSONValue(found), json, length)
    return NNS_OK
  }
}

private func get(
  _ session: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ body: (Handle, Value) throws -> Int
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    let name = try text(name)
    guard let found = try $0.value(ofPath: name) else {
      throw Refusal(NNS_MISSING, "there is no `\(name)`")
    }
    return try body(handle, found)
  }
}
