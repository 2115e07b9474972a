import Glibc
import NNEngine

/// Something large that work needs until its end.
///
/// To drop a text of 300,000 lines as it was read, or a list of millions, takes a while. Where the work
/// was ended, whoever ended it waits: then it is dropped in a thread of its own.
final class Leftover<Content> {
  private var held: Content?

  init(_ content: Content) { held = content }

  /// What is needed.
  var content: Content {
    guard let held else { preconditionFailure("what is left over is gone") }
    return held
  }

  deinit {
    guard Allowance.isEnding else { return }
    // The thread alone holds it then.
    let last = Last(held)
    held = nil
    if !Leftovers.inThread({ last.held = nil }) { last.held = nil }
  }

  private final class Last {
    var held: Content?
    init(_ held: Content?) { self.held = held }
  }
}

/// Work that nobody waits for.
enum Leftovers {
  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  /// Does something in a thread of its own; false where there is none to be had.
  static func inThread(_ body: @escaping () -> Void) -> Bool {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      work.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}
