// nns-bench [NAME ...]: measures what is named, or everything; `list` tells the names. What is not
// installed is left out and said so. NNS_PYTHON and NNS_LUA name other interpreters than `python3`
// and `lua5.4`, NNS_PEERS the folder of the peers' virtual environment.

import Glibc

let groups: [(name: String, members: [any Measurement])] = [
  // First, while we are small: a program's memory counts from what its parent holds.
  ("program", [Benchmark.threeEpochs, Benchmark.start, Benchmark.iris]),
  (
    "language",
    [
      Benchmark.countingLoop, Benchmark.fibonacci, Benchmark.primes, Benchmark.textBuilding,
      Benchmark.listArithmetic, Benchmark.tensorArithmetic,
    ]
  ),
  (
    "engine",
    [
      Benchmark.epoch(batch: 128), Benchmark.epoch(batch: 32), Benchmark.epoch(batch: 512),
      PeakShare(), ProductShapes(), Benchmark.neighbour, Benchmark.smallAdam, Benchmark.smallPlain,
      Allocations(),
      Benchmark.predictions(batch: 1000), Benchmark.predictions(batch: 1),
    ]
  ),
  ("pictures", Benchmark.pictureEpochs + Benchmark.picturePredictions),
  ("learning", [Defaults(), Tables()]),
  ("cancel", CancelDelay.Kind.allCases.map(CancelDelay.init)),
  ("equations", Benchmark.equations),
  (
    "growth",
    Growth.Axis.allCases.map(Growth.init) + GrowthOfTexts.Kind.allCases.map(GrowthOfTexts.init)
  ),
]

let chosen = Array(CommandLine.arguments.dropFirst())
let names = groups.flatMap { [$0.name] + $0.members.map(\.name) }
if chosen == ["list"] {
  for group in groups {
    print("\(group.name):")
    for member in group.members { print("  \(pad(member.name, 12))\(member.summary)") }
  }
  exit(0)
}
for name in chosen where !names.contains(name) {
  print("there is no benchmark \(name): \(names.joined(separator: ", "))")
  exit(2)
}
print("\(Surroundings.machine); median (least…greatest)")
var isRight = true
for group in groups {
  for member in group.members
  where chosen.isEmpty || chosen.contains(group.name) || chosen.contains(member.name) {
    if !member.measure() { isRight = false }
    fflush(nil)
  }
}
exit(isRight ? 0 : 1)
