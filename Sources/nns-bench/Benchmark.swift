import Glibc

/// One thing to measure, chosen by its name.
protocol Measurement {
  var name: String { get }
  /// What is done, with its size.
  var summary: String { get }
  /// Measures and prints; false where an answer was wrong.
  func measure() -> Bool
}

/// The same work done by several: answers compared, then the times side by side.
struct Benchmark: Measurement {
  /// What makes an answer right.
  enum Answer {
    /// Known beforehand, and how far from it one may be: 0 for whole numbers.
    case known(Double, within: Double)
    /// In the end that of the first contender, up to chance: a share of it.
    case asFirst(within: Double)
  }

  let name: String
  let summary: String
  /// Ours first: the others' times are compared with it.
  var contenders: [Contender]
  var answer: Answer
  /// One more is run before, which warms caches.
  var rounds = 6
  /// How many pieces of work one sample holds, and what one is called: the time is told for one.
  var pieces = 1
  var piece = ""
  /// Whether the memory of programs is told.
  var showsMemory: Bool { contenders.contains { $0.memoryGoal != nil } }

  /// Threads of a library spin for up to 200 ms after their work; who comes next should not pay for
  /// that. In microseconds.
  private static let pause: UInt32 = 300_000

  /// Measures in rounds, one after the other in each, so that what slows the machine slows all.
  func measure() -> Bool {
    print("\(name): \(summary)")
    var entries: [Entry] = []
    for contender in contenders {
      if let sample = contender.open() {
        entries.append(Entry(contender, sample))
      } else {
        print("  \(contender.name): left out, \(contender.whenAbsent)")
        // Without ours there is nothing to compare with.
        if entries.isEmpty { return true }
      }
    }
    for round in 0...rounds {
      for index in entries.indices {
        if entries.count > 1 { usleep(Benchmark.pause) }
        guard let sample = entries[index].sample() else {
          print("  \(entries[index].contender.name) gave no answer")
          return false
        }
        entries[index].answer = sample.answer
        entries[index].peakMemory = sample.peakMemory
        // The first round warms caches.
        if round > 0 { entries[index].times.append(sample.seconds / Double(pieces)) }
      }
      if case .known = answer, !answersAreRight(entries) { return false }
    }
    guard answersAreRight(entries) else { return false }
    for entry in entries { print("  " + line(entry, comparedWith: entries[0])) }
    return true
  }

  /// One contender with what it has shown.
  private struct Entry {
    let contender: Contender
    let sample: () -> Sample?
    var answer = Double.nan
    var times: [Double] = []
    var peakMemory: Int?

    init(_ contender: Contender, _ sample: @escaping () -> Sample?) {
      self.contender = contender
      self.sample = sample
    }
  }

  private func answersAreRight(_ entries: [Entry]) -> Bool {
    for entry in entries {
      let (wanted, distance) =
        switch answer {
        case .known(let value, let distance): (value, distance)
        case .asFirst(let share): (entries[0].answer, share * entries[0].answer.magnitude)
        }
      // Written so that NaN is wrong.
      guard (entry.answer - wanted).magnitude <= distance else {
        print("  \(entry.contender.name) answers \(entry.answer), not \(wanted)")
        return false
      }
    }
    return true
  }

  /// Median and spread, and for others the ratio to ours, round by round, with its spread.
  private func line(_ entry: Entry, comparedWith first: Entry) -> String {
    let contender = entry.contender
    let (middle, spread) = (median(entry.times), range(entry.times))
    let unit = Unit(for: middle)
    var text = pad(contender.name, 13) + unit.text(middle, width: 8)
    text += " (\(unit.number(spread.lowerBound))…\(unit.number(spread.upperBound)))"
    if !piece.isEmpty { text += " a \(piece)" }
    if let memory = entry.peakMemory, showsMemory { text += ", \(memory >> 20) MB" }
    if let limit = contender.limit {
      text += "  " + verdict(middle <= limit, "≤ \(Unit(for: limit).text(limit, width: 0))")
    }
    guard contender.name != first.contender.name else { return text }
    let ratios = zip(entry.times, first.times).map { $0 / $1 }
    let (ratio, extremes) = (median(ratios), range(ratios))
    text = pad(text, 46) + "\(fixed(ratio, 2))× the time of \(first.contender.name)"
    text += " (\(fixed(extremes.lowerBound, 2))…\(fixed(extremes.upperBound, 2)))"
    if let goal = contender.goal { text += "  " + verdict(ratio >= goal, "≥ \(trimmed(goal))") }
    if let most = contender.most { text += "  " + verdict(ratio <= most, "≤ \(trimmed(most))") }
    if let goal = contender.memoryGoal, let own = first.peakMemory, let theirs = entry.peakMemory {
      let ratio = Double(theirs) / Double(own)
      text += ", \(fixed(ratio, 2))× the memory  " + verdict(ratio >= goal, "≥ \(trimmed(goal))")
    }
    return text
  }
}

extension Benchmark {
  /// One task in several languages.
  ///
  /// - Parameters:
  ///   - script: definitions, not timed, then a line that sets `answer`, timed.
  ///   - python: source that gives the answer in a function `run()`; `nil` leaves Python out.
  ///   - lua: source with a function `run()` that returns the answer.
  init(
    name: String, summary: String, script: (setUp: String, run: String), python: String? = nil,
    lua: String? = nil, answer: Double, tolerance: Double = 0
  ) {
    self.name = name
    self.summary = summary
    contenders = [.script("nns", setUp: script.setUp, run: script.run, clock: .processor)]
    if let python { contenders.append(.interpreter(.python, python)) }
    if let lua { contenders.append(.interpreter(.lua, lua)) }
    self.answer = .known(answer, within: tolerance)
  }
}
