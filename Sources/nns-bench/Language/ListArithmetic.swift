extension Benchmark {
  static var listArithmetic: Benchmark {
    Benchmark(
      name: "lists", summary: "sum(xs * 2 + ys) over lists of 100,000 numbers, 20 times",
      script: (
        """
        def total(n) {
          let xs = range(n)
          let ys = range(n)
          let sum_of_all = 0
          for k in 1..20 { sum_of_all += sum(xs * 2 + ys) }
          return sum_of_all
        }
        """, "let answer = total(100_000)"
      ),
      python: """
        def run():
          xs = list(range(100_000))
          ys = list(range(100_000))
          total = 0
          for k in range(20):
            total += sum([x * 2 + y for x, y in zip(xs, ys)])
          return total
        """,
      answer: 299_997_000_000)
  }
}
