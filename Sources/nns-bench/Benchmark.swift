import Glibc
import NNScript

/// One task in several languages: the same answer from each, then the times side by side.
struct Benchmark {
  let name: String
  /// What is done, with its size.
  let summary: String
  /// Definitions, not timed, then a line that sets `answer`, timed.
  let script: (setUp: String, run: String)
  /// Python source that sets `answer` in a function `run()`; `nil` leaves Python out.
  var python: String?
  /// Lua source with a function `run()` that returns the answer.
  var lua: String?
  let answer: Double
  /// How far from the answer one may be: 0 for whole numbers.
  var tolerance = 0.0

  private static let rounds = 7

  /// Measures in rounds, one after the other in each, so that what slows the machine slows all.
  func measure() -> Bool {
    var rivals: [(name: String, times: [Double], measure: () -> (seconds: Double, answer: Double)?)]
    rivals = [("nns", [], runScript)]
    if let python { rivals.append(("python", [], { Peer.python.run(python) })) }
    if let lua { rivals.append(("lua", [], { Peer.lua.run(lua) })) }
    print("\(name): \(summary)")
    for round in 0..<Self.rounds {
      for index in rivals.indices {
        guard let (seconds, found) = rivals[index].measure() else { continue }
        guard (found - answer).magnitude <= tolerance else {
          print("  \(rivals[index].name) answers \(found), not \(answer)")
          return false
        }
        // The first round warms caches.
        if round > 0 { rivals[index].times.append(seconds) }
      }
    }
    let own = median(rivals[0].times)
    for (name, times, _) in rivals where !times.isEmpty {
      let middle = median(times)
      let spread = ((times.max() ?? 0) - (times.min() ?? 0)) / middle * 100
      let ratio = name == "nns" ? "" : "  \(fixed(middle / own, 2)) times the time of nns"
      print(
        "  \(pad(name, 8))\(pad(fixed(middle * 1000, 2), -9)) ms  ±\(fixed(spread / 2, 0)) %\(ratio)"
      )
    }
    return true
  }

  private func runScript() -> (seconds: Double, answer: Double)? {
    let session = Session()
    do {
      try session.run(script.setUp)
      let start = processorTime()
      try session.run(script.run)
      let seconds = processorTime() - start
      guard case .number(let answer)? = session["answer"] else { return nil }
      return (seconds, answer)
    } catch {
      print("  \(error)")
      return nil
    }
  }
}

/// Seconds this process has used the processor: other work on the machine does not count.
private func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private func median(_ times: [Double]) -> Double {
  let sorted = times.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// A number with so many digits behind the point.
func fixed(_ number: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((number * scale).rounded())
  guard digits > 0 else { return String(whole) }
  let text = String(whole)
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return padded.dropLast(digits) + "." + padded.suffix(digits)
}

/// Fills up to a width, at the left for a negative one.
func pad(_ text: String, _ width: Int) -> String {
  let filling = String(repeating: " ", count: max(0, abs(width) - text.count))
  return width < 0 ? filling + text : text + filling
}
