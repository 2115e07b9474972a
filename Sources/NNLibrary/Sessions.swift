public import CNNScript
import Glibc
import NNEngine
import NNScript

// Version, opening and closing.

nonisolated(unsafe) private let version = UnsafePointer<CChar>(strdup(Release.version))

/// See `nns_version` in nnscript.h.
@c @implementation
public func nns_version() -> UnsafePointer<CChar>! { version }

/// See `nns_abi` in nnscript.h.
@c @implementation
public func nns_abi() -> Int32 { Int32(NNS_ABI) }

/// See `nns_open` in nnscript.h.
@c @implementation
public func nns_open(
  _ config: UnsafePointer<nns_config>!, _ session: UnsafeMutablePointer<OpaquePointer?>!
) -> nns_status {
  guard let session else { return nns_status(NNS_MISUSE) }
  session.pointee = nil
  var own = nns_config()
  if let config {
    // A program built before fields were added knows fewer of them.
    let size = min(config.pointee.size, MemoryLayout<nns_config>.size)
    guard size >= MemoryLayout<Int>.size else { return nns_status(NNS_MISUSE) }
    withUnsafeMutableBytes(of: &own) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: config, count: size))
    }
  }
  do {
    let handle = try Handle(own)
    session.pointee = OpaquePointer(Unmanaged.passRetained(handle).toOpaque())
    return nns_status(NNS_OK)
  } catch {
    return nns_status(NNS_MISUSE)
  }
}

/// See `nns_close` in nnscript.h.
@c @implementation
public func nns_close(_ session: OpaquePointer!) {
  guard let session else { return }
  Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(session)).takeRetainedValue().close()
}

/// See `nns_cancel` in nnscript.h.
@c @implementation
public func nns_cancel(_ session: OpaquePointer!) {
  guard let session else { return }
  Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(session))._withUnsafeGuaranteedRef { $0.cancel() }
}
