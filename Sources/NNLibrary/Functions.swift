public import CNNScript
import NNEngine
import NNScript

// Functions of the host.

/// A function of C that scripts call.
final class HostFunction {
  let call:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int, OpaquePointer?
    ) -> Void
  let context: UnsafeMutableRawPointer?

  init(
    _ call:
      @escaping @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int, OpaquePointer?
      ) -> Void,
    _ context: UnsafeMutableRawPointer?
  ) {
    (self.call, self.context) = (call, context)
  }

  /// - Throws: `EngineError.invalid` with the host's own message.
  func result(of arguments: [Value?]) throws -> Value {
    let json = JSONValue.array(arguments.map { $0.map { JSONValue($0) } ?? .null })
    var text = json.text()
    let reply = Reply()
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        call(
          context, $0.baseAddress, $0.count,
          OpaquePointer(Unmanaged.passUnretained(reply).toOpaque()))
      }
    }
    return try withExtendedLifetime(reply) { try reply.result.get() }
  }
}

/// What a function of the host hands over.
final class Reply {
  var result: Result<Value, EngineError> = .success(.none)

  static func of(_ reply: OpaquePointer?) -> Reply? {
    reply.map { Unmanaged<Reply>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }
}

/// See `nns_define` in nnscript.h.
@c @implementation
public func nns_define(
  _ session: OpaquePointer!, _ signature: UnsafePointer<CChar>!, _ summary: UnsafePointer<CChar>!,
  _ function: (
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int, OpaquePointer?) -> Void
  )!,
  _ context: UnsafeMutableRawPointer!
) -> nns_status {
  guard let handle = Handle.of(session) else { return nns_status(NNS_MISUSE) }
  return handle.run {
    let signature = try text(signature)
    guard let function, let open = signature.firstIndex(of: "("), signature.last == ")" else {
      throw Refusal(NNS_MISUSE, "a signature is such as \"area(width, height=1)\"")
    }
    let inside = signature[signature.index(after: open)...].dropLast()
    let parameters = inside.split(separator: ",").map { part in
      FunctionEntry.Parameter(stringLiteral: part.filter { !$0.isWhitespace })
    }
    let host = HostFunction(function, context)
    let name = String(signature[..<open])
    try $0.define(
      FunctionEntry(name, text(summary), parameters, example: signature) { arguments in
        try host.result(of: arguments)
      })
    return NNS_OK
  }
}

/// See `nns_reply_json` in nnscript.h.
@c @implementation
public func nns_reply_json(
  _ reply: OpaquePointer!, _ json: UnsafePointer<CChar>!, _ length: Int
) {
  guard let reply = Reply.of(reply) else { return }
  do {
    reply.result = .success(try value(ofJSON: json, length))
  } catch {
    reply.result = .failure(.invalid("the host's answer cannot be read"))
  }
}

/// See `nns_reply_error` in nnscript.h.
@c @implementation
public func nns_reply_error(
  _ reply: OpaquePointer!, _ message: UnsafePointer<CChar>!, _ hint: UnsafePointer<CChar>!
) {
  guard let reply = Reply.of(reply) else { return }
  reply.result = .failure(
    .invalid((try? text(message)) ?? "the host's function failed", help: try? text(hint)))
}
