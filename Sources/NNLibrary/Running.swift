public import CNNScript
import NNEngine
import NNScript

// Running, checking and typing.

/// See `nns_run` in nnscript.h.
@c @implementation
public func nns_run(
  _ session: OpaquePointer!, _ text: UnsafePointer<CChar>!, _ length: Int
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    try $0.run(NNLibrary.text(text, length))
    return NNS_OK
  }
}

/// See `nns_run_file` in nnscript.h.
@c @implementation
public func nns_run_file(_ session: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    let path = try NNLibrary.text(path)
    let bytes = try handle.rooted.read(path)
    guard let script = String(validating: bytes, as: UTF8.self) else {
      throw Refusal(NNS_FAILED, "`\(path)` is no UTF-8")
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
    try $0.run(script, from: Session.Origin(name: path, folder: folder, isWhole: true))
    return NNS_OK
  }
}

/// See `nns_check` in nnscript.h.
@c @implementation
public func nns_check(
  _ session: OpaquePointer!, _ text: UnsafePointer<CChar>!, _ length: Int
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    let found = $0.check(try NNLibrary.text(text, length))
    handle.take(found)
    return found.contains { $0.severity == .error } ? NNS_FAILED : NNS_OK
  }
}

/// See `nns_load` in nnscript.h.
@c @implementation
public func nns_load(_ session: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> nns_status {
  run("load", session, path)
}

/// See `nns_save` in nnscript.h.
@c @implementation
public func nns_save(_ session: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> nns_status {
  run("save", session, path)
}

private func run(
  _ word: String, _ session: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    try $0.run("\(word) \(Session.literal(try text(path)))")
    return NNS_OK
  }
}

// MARK: What went wrong

/// See `nns_error` in nnscript.h.
@c @implementation
public func nns_error(_ session: OpaquePointer!) -> UnsafePointer<CChar>! {
  guard let handle = Handle.of(session) else { return nil }
  var text: UnsafePointer<CChar>?
  _ = handle.work { _ in
    text = handle.lend(handle.errorText)
    return NNS_OK
  }
  return text
}

/// See `nns_diagnostics` in nnscript.h.
@c @implementation
public func nns_diagnostics(
  _ session: OpaquePointer!, _ length: UnsafeMutablePointer<Int>!
) -> UnsafePointer<CChar>! {
  guard let handle = Handle.of(session) else { return nil }
  var text: UnsafePointer<CChar>?
  _ = handle.work { _ in
    let json = handle.diagnosticsJSON
    text = handle.lend(json)
    length?.pointee = json.utf8.count
    return NNS_OK
  }
  return text
}

// MARK: Typing

/// See `nns_is_complete` in nnscript.h.
@c @implementation
public func nns_is_complete(_ text: UnsafePointer<CChar>!, _ length: Int) -> Int32 {
  guard let text = try? NNLibrary.text(text, length) else { return -1 }
  switch isComplete(text) {
  case .complete: return 1
  case .incomplete: return 0
  case .wrong: return -1
  }
}

/// See `nns_complete` in nnscript.h.
@c @implementation
public func nns_complete(
  _ session: OpaquePointer!, _ text: UnsafePointer<CChar>!, _ length: Int, _ cursor: Int,
  _ json: UnsafeMutablePointer<UnsafePointer<CChar>?>!, _ jsonLength: UnsafeMutablePointer<Int>!
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.work { session in
    let text = try NNLibrary.text(text, length)
    let found = session.complete(text, at: cursor < 0 ? nil : min(cursor, text.utf8.count))
    let items = found.items.map { item -> JSONValue in
      [
        "text": .string(item.text), "kind": .string(item.kind.rawValue),
        "summary": .string(item.summary),
      ]
    }
    handle.give(
      [
        "start": .number(Double(found.range.lowerBound)),
        "end": .number(Double(found.range.upperBound)), "items": .array(items),
        "expected": .string(found.expected),
      ], json, jsonLength)
    return NNS_OK
  }
}

/// See `nns_help` in nnscript.h.
@c @implementation
public func nns_help(
  _ session: OpaquePointer!, _ topic: UnsafePointer<CChar>!,
  _ text: UnsafeMutablePointer<UnsafePointer<CChar>?>!, _ length: UnsafeMutablePointer<Int>!
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    switch $0.help(try NNLibrary.text(topic)) {
    case .success(let found):
      handle.give(found, text, length)
      return NNS_OK
    case .failure(let error):
      handle.take(error.diagnostics)
      return NNS_MISSING
    }
  }
}

extension Handle {
  /// Lends a text to the caller.
  func give(
    _ text: String, _ place: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ length: UnsafeMutablePointer<Int>?
  ) {
    place?.pointee = lend(text)
    length?.pointee = text.utf8.count
  }

  /// The same of data.
  func give(
    _ json: JSONValue, _ place: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ length: UnsafeMutablePointer<Int>?
  ) {
    give(json.text(), place, length)
  }
}
