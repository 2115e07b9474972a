extension Benchmark {
  static var primes: Benchmark {
    Benchmark(
      name: "primes", summary: "primes to 200,000 by a sieve over a list",
      script: (
        """
        def primes(n) {
          let composite = zeros(n + 1)
          let count = 0
          for i in 2..n {
            if composite[i] == 0 {
              count += 1
              for j in i * i..n by i { composite[j] = 1 }
            }
          }
          return count
        }
        """, "let answer = primes(200_000)"
      ),
      python: """
        def run():
          n = 200_000
          composite = [0] * (n + 1)
          count = 0
          for i in range(2, n + 1):
            if composite[i] == 0:
              count += 1
              for j in range(i * i, n + 1, i):
                composite[j] = 1
          return count
        """,
      lua: """
        function run()
          local n = 200000
          local composite = {}
          for i = 1, n do composite[i] = 0 end
          local count = 0
          for i = 2, n do
            if composite[i] == 0 then
              count = count + 1
              for j = i * i, n, i do composite[j] = 1 end
            end
          end
          return count
        end
        """,
      answer: 17_984)
  }
}
