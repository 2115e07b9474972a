extension Benchmark {
  static var fibonacci: Benchmark {
    Benchmark(
      name: "fib", summary: "recursive fib(27), 832,040 calls",
      script: (
        "def fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2)", "let answer = fib(27)"
      ),
      python: """
        def fib(n):
          return n if n < 2 else fib(n - 1) + fib(n - 2)
        def run():
          return fib(27)
        """,
      lua: """
        local function fib(n)
          if n < 2 then return n end
          return fib(n - 1) + fib(n - 2)
        end
        function run() return fib(27) end
        """,
      answer: 196_418)
  }
}
