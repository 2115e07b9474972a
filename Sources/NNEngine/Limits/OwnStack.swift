internal import CKernels

/// Work that goes deep, wherever it is called.
///
/// Parsing, checking, showing and dropping nested things call themselves, up to the language's
/// limits of depth. Those fit the stack of a main thread; a host may call from a thread with less.
public enum OwnStack {
  /// What the limits of depth need, in a build without optimisation.
  static let needed = 6 << 20
  /// Pages that are not used cost nothing.
  private static let size = 32 << 20

  /// Calls with enough of a stack: the thread's, or one of its own on the same thread.
  public static func run<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard nn_stack_left() < needed else { return try body() }
    var result: Swift.Result<Result, Failure>?
    let isDone = withoutActuallyEscaping(body) { body in
      var work = {
        do throws(Failure) {
          result = .success(try body())
        } catch {
          result = .failure(error)
        }
      }
      return withUnsafeMutablePointer(to: &work) { work in
        nn_call_on_stack(
          size, { $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, work)
      }
    }
    guard isDone, let result else { return try body() }
    return try result.get()
  }
}
