import Glibc
import NNScript
import Testing

/// The language's limits of depth hold on the small stack of a host's thread.
@Suite struct SmallStackTests {
  /// Runs a text on a thread with a stack of so many bytes.
  private func run(_ text: String, stack: Int = 256 << 10) -> String {
    final class Job {
      let text: String
      var result = "no answer"
      init(_ text: String) { self.text = text }
    }
    let job = Job(text)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stack)
    var thread = pthread_t()
    pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
        let session = Session()
        _ = session.check(job.text)
        do {
          try session.run(job.text)
          job.result = "done"
        } catch let error as ScriptError {
          job.result = error.diagnostics.first?.message ?? ""
        } catch {
          job.result = "\(error)"
        }
        return nil
      }, Unmanaged.passUnretained(job).toOpaque())
    pthread_join(thread, nil)
    pthread_attr_destroy(&attributes)
    return job.result
  }

  private func nested(_ open: String, _ count: Int, _ inner: String, _ close: String) -> String {
    String(repeating: open, count: count) + inner + String(repeating: close, count: count)
  }

  @Test func blocksWithinEachOther() {
    #expect(run(nested("if true {\n", 190, "print 1\n", "}\n")) == "done")
    #expect(run(nested("if true {\n", 5_000, "print 1\n", "}\n")).contains("nest"))
  }

  @Test func expressionsWithinEachOther() {
    #expect(run("let x = " + nested("(", 190, "1", ")")) == "done")
    #expect(run("let x = " + nested("[", 190, "1", "]") + "\nprint x == x \"{x}\"") != "no answer")
    #expect(run("let x = 1" + String(repeating: " + 1", count: 900)) == "done")
  }

  @Test func valuesWithinEachOther() {
    #expect(run("let x = [1]\nfor i in 1..990 { x = [x] }\nprint x == x\nprint -x") == "done")
    #expect(run("let x = {a: 1}\nfor i in 1..990 { x = {a: x} }\nprint x == x") == "done")
    #expect(
      run("let x = [1]\nwhile true { x = [x] }").contains("nested too deep"))
  }

  @Test func callsWithinEachOther() {
    #expect(run("def f(n) = if n < 1 then 0 else f(n - 1)\nprint f(9000)") == "done")
    #expect(
      run("def f(n) = if n < 1 then [0] else map(f, [n - 1])\nprint f(90)") == "done")
    #expect(run("def f(n) = f(n + 1)\nprint f(1)").contains("too deep"))
  }

  @Test func equationsWithinEachOther() {
    let chain = (1...400).map { _ in "  t = sin(t)\n" }.joined()
    let text =
      "def f(x) {\n  let t = x\n\(chain)  return t\n}\nlet d = derivative(f)\nprint d(1) text(d)"
    #expect(run(text) == "done")
  }
}
