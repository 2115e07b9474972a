import Glibc
import NNScript

/// How well defaults learn: one hidden layer and a `train` without options, beside scikit-learn's
/// defaults on the same rows, inputs scaled by the training rows of each fold.
struct Defaults: Measurement {
  let name = "defaults"
  let summary =
    "`layer dense 100 relu` and `train`, ten folds and five seeds: mean (spread over seeds), a training"

  private let seeds = 1...5
  private let folder = "scripts/models/data/"
  private let sets = [
    (name: "iris", file: "iris.csv", hasClasses: true),
    (name: "wine", file: "wine.csv", hasClasses: true),
    (name: "breast cancer", file: "breast_cancer.csv", hasClasses: true),
    (name: "sonar", file: "sonar.csv", hasClasses: true),
    (name: "digits", file: "digits.csv.gz", hasClasses: true),
    (name: "diabetes", file: "diabetes.csv", hasClasses: false),
  ]

  func measure() -> Bool {
    print("\(name): \(summary)")
    var template = Array("/tmp/nns-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return false }
    let place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = runToTheEnd(["rm", "-r", place]) }
    for set in sets {
      guard let files = FoldFiles(folder + set.file, hasClasses: set.hasClasses),
        let line = line(set.name, files, set.hasClasses, place)
      else {
        print("  \(set.name): no answer")
        return false
      }
      print("  " + line)
      fflush(nil)
    }
    return true
  }

  private func line(
    _ name: String, _ files: FoldFiles, _ hasClasses: Bool, _ place: String
  ) -> String? {
    let python = Surroundings.peersPython
    var (ours, theirs) = (Scores(), Scores())
    for seed in seeds {
      guard let folds = files.write(to: place, seed: seed) else { return nil }
      ours.begin()
      theirs.begin()
      for (number, fold) in folds.enumerated() {
        let chance = seed * files.count + number
        guard let sample = train(fold, files.target, hasClasses, seed: chance) else { return nil }
        ours.add(sample)
      }
      guard let python else { continue }
      let command = [
        python, Surroundings.peers + "defaults_sklearn.py", hasClasses ? "classes" : "numbers",
        "\(seed * files.count)",
      ]
      let isFirst = seed == seeds.lowerBound && name == sets[0].name
      guard let peer = ResidentProgram(command + folds, isTold: isFirst) else { continue }
      for _ in folds {
        guard let sample = peer.sample() else { return nil }
        theirs.add(sample)
      }
    }
    let text = "\(pad(name, 14)) nns \(ours.text)"
    guard theirs.isComplete(folds: files.count) else {
      return text + "  scikit-learn left out, `scripts/bench --peers` sets it up"
    }
    return text + "   scikit-learn \(theirs.text)  " + verdict(ours.mean >= theirs.mean, "≥")
  }

  private func train(
    _ fold: String, _ target: String, _ hasClasses: Bool, seed: Int
  ) -> Sample? {
    let session = Session()
    do {
      try session.run(
        """
        seed \(seed)
        data "\(fold)/train.csv" target=\(target) test="\(fold)/test.csv"
        layer dense 100 relu
        loss \(hasClasses ? "crossentropy" : "mse")
        let seconds = time { train quiet }
        let result = evaluate(on=test)
        let answer = result.\(hasClasses ? "accuracy" : "r2")
        """)
    } catch {
      print("  \(error)")
      return nil
    }
    guard case .number(let seconds)? = session["seconds"],
      case .number(let answer)? = session["answer"]
    else { return nil }
    return Sample(seconds: seconds, answer: answer)
  }

  /// What came out of all folds and seeds.
  private struct Scores {
    private var seeds: [[Double]] = []
    private var seconds: [Double] = []

    mutating func begin() { seeds.append([]) }

    mutating func add(_ sample: Sample) {
      seeds[seeds.count - 1].append(sample.answer)
      seconds.append(sample.seconds)
    }

    func isComplete(folds: Int) -> Bool { seeds.allSatisfy { $0.count == folds } }
    private var means: [Double] { seeds.map { $0.reduce(0, +) / Double($0.count) } }
    var mean: Double { means.reduce(0, +) / Double(means.count) }

    var text: String {
      let spread = range(means)
      let middle = median(seconds)
      return "\(fixed(mean, 4)) (\(fixed(spread.lowerBound, 4))…\(fixed(spread.upperBound, 4))) "
        + Unit(for: middle).text(middle, width: 4)
    }
  }
}
