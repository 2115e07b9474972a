extension Benchmark {
  static var tensorArithmetic: Benchmark {
    Benchmark(
      name: "tensors", summary: "c = a * b + a - c / 2 over 1,000,000 32-bit numbers, 20 times",
      script: (
        """
        let a = ones(1000, 1000) * 3
        let b = ones(1000, 1000) * 2
        """,
        """
        let c = ones(1000, 1000)
        for k in 1..20 { c = a * b + a - c / 2 }
        let answer = c[0, 0]
        """
      ),
      python: """
        import numpy as np
        a = np.ones((1000, 1000), dtype=np.float32) * np.float32(3)
        b = np.ones((1000, 1000), dtype=np.float32) * np.float32(2)
        def run():
          c = np.ones((1000, 1000), dtype=np.float32)
          for k in range(20):
            c = a * b + a - c / np.float32(2)
          return float(c[0, 0])
        """,
      answer: 6, tolerance: 1e-4)
  }
}
