import Glibc

/// How well public tables of numbers, texts and gaps are learnt, beside scikit-learn's models behind
/// a column transformer, all on the same folds.
struct Tables: Measurement {
  let name = "tables"
  let summary =
    "22 tables, three folds and five seeds: accuracy or R² (spread over seeds), log-loss or rmse"

  private static let seeds = 1...5
  private static let folds = 3
  private static let contestants = [Contestant.bare, .ensemble]
  private static let names = contestants.map(\.name) + Contestant.peers
  private static let sets = [
    "pima", "soybean", "votes", "vehicle", "vowel", "glass", "ionosphere", "credit", "attrition",
    "churn", "cells", "titanic", "chile",
  ]
  private static let quantities = [
    "boston", "ozone", "concrete", "sacramento", "ames", "cars", "wages", "salaries", "diabetes",
  ]

  func measure() -> Bool {
    print("\(name): \(summary)")
    guard let folder = Surroundings.environment("NNS_TABLES"), Surroundings.peersPython != nil,
      access("\(folder)/pima.csv", R_OK) == 0
    else {
      print("  left out, `scripts/bench --peers` and `scripts/bench --tables` set it up")
      return true
    }
    var template = Array("/tmp/nns-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return false }
    let place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = runToTheEnd(["rm", "-r", place]) }
    print("  " + pad("", 11) + Tables.names.map { pad($0, 28) }.joined())
    var standings: [Standing] = []
    for (set, hasClasses) in Tables.sets.map({ ($0, true) })
      + Tables.quantities.map({ ($0, false) })
    {
      let path = set == "diabetes" ? "scripts/models/data/diabetes.csv" : "\(folder)/\(set).csv"
      guard let files = FoldFiles(path, hasClasses: hasClasses, folds: Tables.folds),
        let standing = compete(set, files, path, hasClasses, folder, place)
      else {
        print("  \(set): no answer")
        return false
      }
      print("  " + pad(set, 11) + standing.text)
      fflush(nil)
      standings.append(standing)
    }
    return sumUp(standings)
  }

  private func compete(
    _ set: String, _ files: FoldFiles, _ path: String, _ hasClasses: Bool, _ folder: String,
    _ place: String
  ) -> Standing? {
    var peers = PeersOfTables(table: path, keptIn: "\(folder)/\(set).peers")
    var seeds: [String: [Outcome]] = [:]
    for seed in Tables.seeds {
      guard let folds = files.write(to: place, seed: seed) else { return nil }
      guard
        peers.has(seed: seed, folds: folds.count)
          || peers.ask(seed: seed, folds: folds, hasClasses: hasClasses)
      else { return nil }
      for contestant in Tables.contestants {
        var outcomes: [Outcome] = []
        for (number, fold) in folds.enumerated() {
          do {
            let chance = seed * folds.count + number
            guard let outcome = try contestant.learn(fold, hasClasses: hasClasses, seed: chance)
            else { return nil }
            outcomes.append(outcome)
          } catch {
            print("  \(error)")
            return nil
          }
        }
        seeds[contestant.name, default: []].append(.mean(outcomes))
      }
      for name in Contestant.peers {
        seeds[name, default: []].append(.mean(peers.outcomes[name]?[seed] ?? []))
      }
    }
    return Standing(Tables.names.map { seeds[$0] ?? [] })
  }

  /// The mean ranks, and how far ours stay behind the best of the others.
  private func sumUp(_ standings: [Standing]) -> Bool {
    let tables = Double(standings.count)
    func ranks(_ ranks: (Standing) -> [Double]) -> [Double] {
      Tables.names.indices.map { index in standings.map { ranks($0)[index] }.reduce(0, +) / tables }
    }
    let (scores, losses) = (ranks(\.scoreRanks), ranks(\.lossRanks))
    let line = zip(scores, losses).map { pad("\(fixed($0, 2)) / \(fixed($1, 2))", 28) }.joined()
    print("  " + pad("mean rank", 11) + line)
    let own = Tables.contestants.count
    for index in 0..<own {
      let gaps = standings.map {
        ($0.means[own...].map(\.score).max() ?? 0) - $0.means[index].score
      }
      let behind = gaps.filter { $0 > 0.02 }.count
      print(
        "  \(Tables.names[index]): at most \(fixed(gaps.max() ?? 0, 3)) behind the best of the peers, "
          + "by more than 0.02 on \(behind) tables  "
          + verdict(scores[index] < scores[own], "rank before mlp's"))
    }
    return true
  }

  /// How the contestants did on one table.
  private struct Standing {
    /// By contestant, over all seeds.
    let means: [Outcome]
    let text: String

    init(_ seeds: [[Outcome]]) {
      means = seeds.map(Outcome.mean)
      text = seeds.map { outcomes in
        let (mean, spread) = (Outcome.mean(outcomes), range(outcomes.map(\.score)))
        let score =
          "\(fixed(mean.score, 3)) (\(fixed(spread.lowerBound, 3))…\(fixed(spread.upperBound, 3)))"
        return pad("\(score) \(trimmed(mean.loss, toDigits: 3))", 28)
      }.joined()
    }

    var scoreRanks: [Double] { ranks(means.map { -$0.score }) }
    var lossRanks: [Double] { ranks(means.map(\.loss)) }

    /// 1 for the least; equal ones share the mean of their places.
    private func ranks(_ numbers: [Double]) -> [Double] {
      numbers.map { number in
        let less = numbers.filter { $0 < number }.count
        let equal = numbers.filter { $0 == number }.count
        return Double(less) + Double(equal + 1) / 2
      }
    }
  }
}

/// A number of three digits or more, none of them needless.
private func trimmed(_ number: Double, toDigits digits: Int) -> String {
  fixed(number, number >= 100 ? 0 : number >= 10 ? 1 : digits)
}
