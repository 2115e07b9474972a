extension Benchmark {
  static var textBuilding: Benchmark {
    Benchmark(
      name: "text", summary: "a text of 300,000 numbers with commas, built piece by piece",
      script: (
        """
        def build(n) {
          let s = ""
          for i in 1..n { s = s + "{i}," }
          return len(s)
        }
        """, "let answer = build(300_000)"
      ),
      python: """
        def run():
          s = ""
          for i in range(1, 300_001):
            s = s + f"{i},"
          return len(s)
        """,
      lua: """
        function run()
          local parts = {}
          for i = 1, 300000 do parts[#parts + 1] = i .. "," end
          return #table.concat(parts)
        end
        """,
      answer: 1_988_895)
  }
}
