extension Benchmark {
  static var countingLoop: Benchmark {
    Benchmark(
      name: "loop", summary: "3,000,000 rounds of s = s + i * 2; i = i + 1",
      script: (
        "",
        """
        let s = 0
        let i = 0
        while i < 3_000_000 {
          s = s + i * 2
          i = i + 1
        }
        let answer = s
        """
      ),
      python: """
        def run():
          s = 0
          i = 0
          while i < 3_000_000:
            s = s + i * 2
            i = i + 1
          return s
        """,
      lua: """
        function run()
          local s = 0
          local i = 0
          while i < 3000000 do
            s = s + i * 2
            i = i + 1
          end
          return s
        end
        """,
      answer: 8_999_997_000_000)
  }
}
