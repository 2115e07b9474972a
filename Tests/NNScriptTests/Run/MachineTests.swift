import NNEngine
import Testing

@testable import NNScript

@Suite struct MachineTests {
  /// `def fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2)`
  static func fibonacci(_ fib: Variable) -> FunctionTemplate {
    function("fib", ["n"]) { _, parameters in
      let n = get(parameters[0])
      return [
        .return(
          choose(
            compare(n, .less, number(2)), n,
            binary(
              call(get(fib), binary(n, .subtract, number(1))), .add,
              call(get(fib), binary(n, .subtract, number(2))))))
      ]
    }
  }

  @Test func recursiveFunctionCounts() throws {
    let bench = Bench()
    let fib = global(0, "fib")
    try bench.run([
      .define(fib, Self.fibonacci(fib)),
      .assign(global(1), call(get(fib), number(20))),
    ])
    #expect(bench.machine.global(1) == .number(6765))
  }

  @Test func whileLoopCounts() throws {
    let bench = Bench()
    let (s, i) = (global(0, "s"), global(1, "i"))
    try bench.run([
      .assign(s, number(0)), .assign(i, number(0)),
      .whileLoop(
        condition: compare(get(i), .less, number(1000)),
        body: [
          .assign(s, binary(get(s), .add, binary(get(i), .multiply, number(2)))),
          .assign(i, binary(get(i), .add, number(1))),
        ]),
    ])
    #expect(bench.machine.global(0) == .number(999_000))
  }
}
