public import CNNScript
import NNEngine
import NNScript

// Predicting into buffers of the caller's, and files in memory.

/// See `nns_sizes` in nnscript.h.
@c @implementation
public func nns_sizes(
  _ session: OpaquePointer!, _ inputs: UnsafeMutablePointer<Int>!,
  _ outputs: UnsafeMutablePointer<Int>!
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.work {
    let sizes = try handle.sizes($0)
    inputs?.pointee = sizes.inputs
    outputs?.pointee = sizes.answers
    return NNS_OK
  }
}

/// See `nns_predict` in nnscript.h.
@c @implementation
public func nns_predict(
  _ session: OpaquePointer!, _ inputs: UnsafePointer<Double>!, _ rows: Int, _ columns: Int,
  _ answers: UnsafeMutablePointer<Double>!, _ capacity: Int
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.work {
    try handle.checkRoom(handle.sizes($0), rows, columns, capacity)
    guard rows > 0 else { return NNS_OK }
    guard let inputs, let answers else { throw Refusal(NNS_MISUSE, "a buffer is NULL") }
    try $0.predict(inputs, rows: rows, into: answers)
    return NNS_OK
  }
}

/// See `nns_predict_f32` in nnscript.h.
@c @implementation
public func nns_predict_f32(
  _ session: OpaquePointer!, _ inputs: UnsafePointer<Float>!, _ rows: Int, _ columns: Int,
  _ answers: UnsafeMutablePointer<Float>!, _ capacity: Int
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.work {
    let sizes = try handle.sizes($0)
    try handle.checkRoom(sizes, rows, columns, capacity)
    guard rows > 0 else { return NNS_OK }
    guard let inputs, let answers else { throw Refusal(NNS_MISUSE, "a buffer is NULL") }
    let wide = UnsafeBufferPointer(start: inputs, count: rows * columns).map(Double.init)
    var found = [Double](repeating: 0, count: rows * sizes.answers)
    try $0.predict(wide, rows: rows, into: &found)
    for (place, number) in found.enumerated() { answers[place] = Float(number) }
    return NNS_OK
  }
}

extension Handle {
  /// - Throws: `Refusal` where there is no network, or one whose rows are no plain numbers.
  fileprivate func sizes(_ session: Session) throws -> (inputs: Int, answers: Int) {
    guard let sizes = try session.rowSizes() else {
      throw Refusal(NNS_MISSING, "there is no network yet: `train` or `load` makes one")
    }
    guard sizes.arePlain else {
      throw Refusal(
        NNS_KIND, "the model takes texts, dates or gaps beside numbers: predict records in a script"
      )
    }
    return (sizes.inputs, sizes.answers)
  }

  fileprivate func checkRoom(
    _ sizes: (inputs: Int, answers: Int), _ rows: Int, _ columns: Int, _ capacity: Int
  ) throws {
    guard rows >= 0, columns == sizes.inputs else {
      throw Refusal(
        NNS_MISUSE, "rows of \(columns) numbers were given, the model takes \(sizes.inputs)")
    }
    let (needed, isTooLarge) = rows.multipliedReportingOverflow(by: sizes.answers)
    guard !isTooLarge, needed <= capacity else {
      throw Refusal(
        NNS_ROOM, "the answers are \(sizes.answers) numbers a row, there is room for \(capacity)")
    }
  }
}

// MARK: Files in memory

/// See `nns_put_file` in nnscript.h.
@c @implementation
public func nns_put_file(
  _ session: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ bytes: UnsafeRawPointer!,
  _ length: Int
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.work { _ in
    let path = try memoryPath(path)
    handle.rooted.memory[path] = bytes.map {
      Array(UnsafeRawBufferPointer(start: $0, count: max(0, length)))
    }
    return NNS_OK
  }
}

/// See `nns_get_file` in nnscript.h.
@c @implementation
public func nns_get_file(
  _ session: OpaquePointer!, _ path: UnsafePointer<CChar>!,
  _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>!, _ length: UnsafeMutablePointer<Int>!
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.work { _ in
    let path = try memoryPath(path)
    guard let found = handle.rooted.memory[path] else {
      throw Refusal(NNS_MISSING, "there is no `\(path)`")
    }
    bytes?.pointee = UnsafeRawPointer(handle.lend(found))
    length?.pointee = found.count
    return NNS_OK
  }
}

private func memoryPath(_ path: UnsafePointer<CChar>?) throws -> String {
  let path = try text(path)
  guard MemoryFiles.has(path) else {
    throw Refusal(NNS_MISUSE, "files in memory have names such as `memory:table.csv`")
  }
  return path
}
