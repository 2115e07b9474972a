// nns-bench [NAME ...]: measures the named benchmarks, or all. Interpreters that are not installed
// are left out. NNS_PYTHON and NNS_LUA name other ones than `python3` and `lua5.4`.

import Glibc

let benchmarks: [Benchmark] = [
  .countingLoop, .fibonacci, .primes, .textBuilding, .listArithmetic, .tensorArithmetic,
]

let chosen = CommandLine.arguments.dropFirst()
for name in chosen where !benchmarks.contains(where: { $0.name == name }) {
  print("there is no benchmark \(name): \(benchmarks.map(\.name).joined(separator: ", "))")
  exit(2)
}
var isRight = true
for benchmark in benchmarks where chosen.isEmpty || chosen.contains(benchmark.name) {
  if !benchmark.measure() { isRight = false }
}
exit(isRight ? 0 : 1)
