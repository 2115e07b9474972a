import Testing

@testable import NNEngine

/// When a network counts as no better than always giving the same answer, worked out a second time
/// by the definition, for answers made by chance.
struct ConstantAnswerTests {
  private var random = TestRandom(state: 31)

  private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  private mutating func number() -> Double { Double(below(2001) - 1000) / 250 }

  private func error(_ share: Double, _ count: Double) -> Double {
    (share * (1 - share) / count).squareRoot()
  }

  private func compare(
    _ learnt: Examples.Targets, _ measured: Examples.Targets, _ form: AnswerForm, rows: Int,
    confusion: [[Int]]? = nil, outputs: [Float]? = nil, atLeast least: Int = 1
  ) -> ConstantAnswer? {
    let outputs = outputs ?? [Float](repeating: 0, count: rows * form.width)
    func examples(_ targets: Examples.Targets, _ count: Int) -> Examples {
      Examples(
        count: count, inputShape: [1], inputs: .floats([Float](repeating: 0, count: count)),
        targets: targets)
    }
    let learntRows =
      switch learnt {
      case .classes(let codes): codes.count
      case .values(let values, let width): values.count / width
      case .none: 0
      }
    return ConstantAnswer(
      learntFrom: examples(learnt, learntRows), measuredOn: examples(measured, rows),
      Evaluation(
        loss: 0, figures: [], form: form, count: rows, confusion: confusion,
        outputs: Tensor(shape: [rows, form.width], elements: outputs)), atLeast: least)
  }

  /// Whether classes are found no more often than by guessing: the mean of their recalls against
  /// 1/k, and the standard error of that mean if each row is right by chance.
  private func guesses(_ found: [(rows: Int, right: Int)]) -> Bool {
    let classes = found.filter { $0.rows > 0 }
    let share = 1 / Double(classes.count)
    let mean = classes.map { share * Double($0.right) / Double($0.rows) }.reduce(0, +)
    let variance = classes.map { share * (1 - share) / Double($0.rows) }.reduce(0, +)
    return mean <= share + variance.squareRoot() * share + 1e-9
  }

  @Test mutating func classesAreComparedWithTheMostFrequentOne() throws {
    var enough = 0
    for _ in 0..<1_000 {
      let (classes, rows) = (2 + below(4), 8 + below(60))
      let learnt = (0..<20).map { _ in Int32(min(below(classes), below(classes))) }
      let labels = (0..<rows).map { _ in min(below(classes), below(classes)) }
      let skill = below(100)
      let decided = labels.map { below(100) < skill ? $0 : below(classes) }
      var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
      for (label, said) in zip(labels, decided) { confusion[label][said] += 1 }
      let found = compare(
        .classes(learnt), .classes(labels.map { Int32($0) }), AnswerForm(.classes, width: classes),
        rows: rows, confusion: confusion)
      if Set(labels).count == 1 {
        #expect(found == nil)
        continue
      }
      let often = (0..<classes).map { one in learnt.count { Int($0) == one } }
      let answer = try #require(often.firstIndex(of: often.max() ?? 0))
      let constant = Double(labels.count { $0 == answer }) / Double(rows)
      let network = Double(zip(labels, decided).count { $0 == $1 }) / Double(rows)
      let isEnough =
        network <= constant + error(constant, Double(rows))
        && guesses(
          (0..<classes).map { one in
            (
              labels.count { $0 == one },
              zip(labels, decided).count { $0 == one && $1 == one }
            )
          })
      #expect(found?.answer == .named(answer))
      #expect(found?.constant == constant && found?.network == network)
      #expect(found?.isEnough == isEnough && found?.isNoWorse == (isEnough && network <= constant))
      if isEnough { enough += 1 }
    }
    #expect(enough > 100 && enough < 900)
  }

  @Test mutating func labelsAreComparedEachWithItsMoreFrequentValue() throws {
    var enough = 0
    for _ in 0..<1_000 {
      let (width, rows) = (1 + below(3), 8 + below(40))
      func value(_ share: Int, _ chance: Int) -> Double { chance < share ? 1 : 0 }
      let shares = (0..<width).map { _ in 10 + below(80) }
      let learnt = (0..<20 * width).map { value(shares[$0 % width], below(100)) }
      let values = (0..<rows * width).map { value(shares[$0 % width], below(100)) }
      let skill = below(100)
      let outputs = values.map { Float(below(100) < skill ? $0 : value(50, below(100))) }
      let found = compare(
        .values(learnt, width: width), .values(values, width: width),
        AnswerForm(.labels, width: width), rows: rows, outputs: outputs)
      var (known, guessed, constantRight) = (0, 0, 0)
      for label in 0..<width {
        let before = (0..<20).count { learnt[$0 * width + label] == 1 }
        let has = (0..<rows).map { values[$0 * width + label] }
        let says = (0..<rows).map { Double(outputs[$0 * width + label]) }
        constantRight += has.count { $0 == (before > 10 ? 1 : 0) }
        let counts = [0.0, 1].map { one in
          (has.count { $0 == one }, zip(has, says).count { $0 == one && $1 == one })
        }
        guard counts.allSatisfy({ $0.0 > 0 }) else { continue }
        known += 1
        if guesses(counts) { guessed += 1 }
      }
      if known == 0 {
        #expect(found == nil)
        continue
      }
      let all = Double(rows * width)
      let constant = Double(constantRight) / all
      let network = Double(zip(values, outputs).count { $0 == Double($1) }) / all
      let isEnough = network <= constant + error(constant, all) && guessed == known
      #expect(found?.answer == .labels)
      #expect(found?.constant == constant && found?.network == network)
      #expect(found?.isEnough == isEnough)
      if isEnough { enough += 1 }
    }
    #expect(enough > 100 && enough < 900)
  }

  @Test mutating func numbersAreComparedWithTheirMeanBySquaresAndDistances() throws {
    var enough = 0
    for _ in 0..<1_000 {
      let (width, rows) = (1 + below(3), 3 + below(20))
      let learnt = (0..<12 * width).map { _ in number() }
      var values = (0..<rows * width).map { _ in number() }
      // Now and then a column does not vary and says nothing.
      if below(4) == 0 { for row in 0..<rows { values[row * width] = 1.5 } }
      let noise = Double(below(30)) / 10
      let outputs = values.map { Float($0 + noise * number() / 2) }
      let found = compare(
        .values(learnt, width: width), .values(values, width: width),
        AnswerForm(.numbers, width: width), rows: rows, outputs: outputs)
      let means = (0..<width).map { column in
        (0..<12).map { learnt[$0 * width + column] }.reduce(0, +) / 12
      }
      var columns: [(own: Double, constant: Double)] = []
      var worse = 0
      for column in 0..<width {
        let targets = (0..<rows).map { values[$0 * width + column] }
        guard Set(targets).count > 1 else { continue }
        let own = (0..<rows).map { abs(Double(outputs[$0 * width + column]) - targets[$0]) }
        let constant = targets.map { abs(means[column] - $0) }
        func squares(_ numbers: [Double]) -> Double { numbers.map { $0 * $0 }.reduce(0, +) }
        if squares(own) >= squares(constant), own.reduce(0, +) >= constant.reduce(0, +) {
          worse += 1
        }
        columns.append(
          (own.reduce(0, +) / Double(rows), constant.reduce(0, +) / Double(rows)))
      }
      if columns.isEmpty {
        #expect(found == nil)
        continue
      }
      let count = Double(columns.count)
      let result = try #require(found)
      #expect(result.answer == .means(means))
      #expect(abs(result.constant - columns.map(\.constant).reduce(0, +) / count) < 1e-9)
      #expect(abs(result.network - columns.map(\.own).reduce(0, +) / count) < 1e-9)
      #expect(result.isEnough == (worse == columns.count))
      #expect(result.isNoWorse == result.isEnough)
      if result.isEnough { enough += 1 }
    }
    #expect(enough > 100 && enough < 900)
  }

  @Test func fewRowsAreNotCompared() {
    let codes = Examples.Targets.classes([0, 1, 1, 0])
    let form = AnswerForm(.classes, width: 2)
    let confusion = [[1, 1], [1, 1]]
    #expect(compare(codes, codes, form, rows: 4, confusion: confusion, atLeast: 4) != nil)
    #expect(compare(codes, codes, form, rows: 4, confusion: confusion, atLeast: 5) == nil)
    #expect(
      compare(codes, .values([1, 2], width: 1), form, rows: 2) == nil)
    #expect(
      compare(
        .values([1, 2], width: 1), .values([1, 2, 3, 4], width: 2),
        AnswerForm(.numbers, width: 2), rows: 2, outputs: [1, 2, 3, 4]) == nil)
  }
}
