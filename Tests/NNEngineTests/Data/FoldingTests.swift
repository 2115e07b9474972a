import Testing

@testable import NNEngine

/// Data cut into folds.
struct FoldingTests {
  /// 103 rows whose first input is the row's number, the second 7; three classes of 60, 33 and 10.
  static func rows(_ normalize: DataOptions.Normalization = .standard) throws -> Dataset {
    var options = DataOptions()
    options.normalize = normalize
    return try Dataset(
      inputs: Numbers(
        shape: [103, 2], elements: (0..<103).flatMap { [Double($0), 7] }),
      targets: .texts((0..<103).map { $0 < 60 ? "a" : $0 < 93 ? "b" : "c" }), options: options)
  }

  private func numbers(_ examples: Examples?) -> [Int] {
    guard let values = examples?.inputs.numbers else { return [] }
    return stride(from: 0, to: values.count, by: 2).map { Int(values[$0]) }
  }

  private func counts(_ examples: Examples?) -> [Int] {
    guard let examples, case .classes(let codes) = examples.targets else { return [] }
    return (0..<3).map { code in codes.count { $0 == Int32(code) } }
  }

  @Test func everyRowIsInOneTestPartAndInNoTrainingPartBesideIt() throws {
    let folds = try Self.rows().folds(4, seed: 9)
    #expect(folds.flatMap { numbers($0.test) }.sorted() == Array(0..<103))
    for fold in folds {
      #expect((numbers(fold.test) + numbers(fold.train)).sorted() == Array(0..<103))
    }
    #expect(folds.map { $0.test?.count }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [25, 26, 26, 26])
  }

  @Test func classesAreDealtOutEvenly() throws {
    let folds = try Self.rows().folds(4, seed: 9).map { counts($0.test) }
    for (code, total) in [60, 33, 10].enumerated() {
      #expect(folds.allSatisfy { [total / 4, (total + 3) / 4].contains($0[code]) }, "\(folds)")
    }
    // By chance, not in the order of the rows.
    #expect(
      numbers(try Self.rows().folds(4, seed: 9)[0].test) != Array(stride(from: 0, to: 103, by: 4)))
  }

  @Test func theSeedDecides() throws {
    func first(_ seed: UInt64) throws -> [Int] {
      numbers(try Self.rows().folds(4, seed: seed)[0].test)
    }
    #expect(try first(9) == first(9))
    #expect(try first(9) != first(10))
  }

  @Test func scalingKnowsTheTrainingPartAlone() throws {
    for fold in try Self.rows().folds(3, seed: 1) {
      let values = numbers(fold.train).map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      let deviation = (squares / Double(values.count)).squareRoot()
      let scaling = try #require(fold.preprocessing.inputScaling)
      #expect(abs(Double(scaling.scale[0]) - 1 / deviation) < 1e-7)
      #expect(abs(Double(scaling.shift[0]) + mean / deviation) < 1e-5)
    }
    #expect(try Self.rows(.none).folds(3, seed: 1)[0].preprocessing.inputScaling == nil)
  }

  @Test func aValidationPartKeepsItsShare() throws {
    var options = DataOptions()
    options.validation = .share(0.2)
    options.test = .rows(13)
    let data = try Dataset(
      inputs: Numbers(shape: [103, 2], elements: (0..<103).flatMap { [Double($0), 7] }),
      targets: .numbers(Numbers(shape: [103], elements: (0..<103).map { Double($0) + 0.5 })),
      options: options)
    let left = Set(numbers(data.train) + numbers(data.validation))
    for fold in try data.folds(3, seed: 2) {
      #expect(fold.test?.count == 30 && fold.validation?.count == 14 && fold.train.count == 46)
      let all = numbers(fold.test) + numbers(fold.validation) + numbers(fold.train)
      #expect(all.count == 90 && Set(all) == left)
    }
  }

  @Test func moreFoldsThanRowsAreRefused() throws {
    #expect(throws: EngineError.self) { try Self.rows().folds(104, seed: 0) }
    #expect(try Self.rows().folds(103, seed: 0).count == 103)
  }
}
