import NNEngine
import Testing

@testable import NNScript

/// What holds for every script that the language takes, whatever data, layers, end and loss were
/// drawn; and a script that it does not take is told what to type.
@Suite struct RandomScriptTests {
  /// How far an answer in 32 bits may be from the way `explain` shows in 64.
  private static let tolerance = (absolute: 1e-4, relative: 1e-4)

  private func isNear(_ x: Double, _ y: Double) -> Bool {
    abs(x - y) <= Self.tolerance.absolute + Self.tolerance.relative * abs(y)
  }

  private func numbers(_ value: Value?) -> [Double]? { value?.numbers }

  private func field(_ name: String, of value: Value?) -> Value? {
    value?.recordFields?.first { $0.name == name }?.value
  }

  /// Predictions are numbers, probabilities such, the loss of classes not below 0; `predict` is the
  /// forward pass that `explain` shows; a model that was saved and loaded gives the same bits.
  @Test(arguments: 0..<8) func whatTrainsAnswersRightly(_ part: Int) throws {
    var (taken, classes) = (0, 0)
    for seed in UInt64(part * 25 + 1)...UInt64(part * 25 + 25) {
      let script = RandomScript(seed)
      let host = ScratchHost()
      let session = Words.session(host: host)
      do {
        try session.run(
          """
          \(script.text)
          train epochs=2 quiet
          let measured = evaluate(on=train)
          let answer = predict(\(script.row))
          let answers = predict(rows)
          let way = explain \(script.row) target=\(script.target)
          save "m.safetensors"
          model other { }
          load "m.safetensors"
          let again = predict(rows)
          """)
      } catch {
        try expectAHint(error, script)
        continue
      }
      taken += 1
      let (answer, way) = (session["answer"], session["way"])
      let outputs = try #require(numbers(field("outputs", of: way)), "\(script.text)")
      #expect(outputs.allSatisfy { $0.isFinite }, "\(script.text)")
      if case .record(let shares)? = field("probabilities", of: answer) {
        classes += 1
        let shares = shares.fields.map { $0.value.numberValue ?? .nan }
        #expect(shares.allSatisfy { (0...1).contains($0) }, "\(shares) of\n\(script.text)")
        #expect(abs(shares.reduce(0, +) - 1) <= 1e-6, "\(shares) of\n\(script.text)")
        let greatest = shares.max() ?? .nan
        #expect(field("probability", of: answer)?.numberValue == greatest, "\(script.text)")
        // What speaks for each class by itself is divided by the sum over all.
        let whole = outputs.reduce(0, +)
        let shown =
          outputs.count == 1 ? [1 - outputs[0], outputs[0]] : outputs.map { $0 / whole }
        #expect(
          shown.count == shares.count && zip(shares, shown).allSatisfy(isNear),
          "\(shares) and \(shown) of\n\(script.text)")
        if script.text.contains("crossentropy") || !script.text.contains("loss ") {
          let loss = field("loss", of: session["measured"])?.numberValue ?? .nan
          #expect(loss >= 0, "\(script.text)")
        }
      }
      let all = session["answers"]?.listItems ?? []
      #expect(all.count == script.rows && all.first == answer, "\(script.text)")
      #expect(session["answers"] == session["again"], "\(script.text)")
    }
    #expect(taken >= 3, "\(taken) of 25 were taken, \(classes) with classes")
  }

  /// A script that is refused says where and what to type.
  private func expectAHint(_ error: any Error, _ script: RandomScript) throws {
    let diagnostics = try #require((error as? ScriptError)?.diagnostics, "\(error)")
    let last = try #require(diagnostics.last)
    #expect(last.primary != nil && !last.help.isEmpty, "\(last.message)\n\(script.text)")
  }

  /// A step of the whole set lowers the loss it is made for, for some small rate.
  @Test func aStepOfTheWholeSetLowersTheLoss() throws {
    var taken = 0
    for seed in 301...400 as ClosedRange<UInt64> {
      let script = RandomScript(seed)
      // Layers that look at the batch or drop numbers learn another loss than is reported.
      guard !script.text.contains("batchnorm"), !script.text.contains("dropout") else { continue }
      var losses: [Double] = []
      var isFlat = false
      for rate in ["0.01", "0.0003", "0.00001"] {
        let session = Words.session()
        guard
          (try? session.run(
            """
            \(script.text)
            optimizer gd
            train epochs=1 lr=1e-30 quiet
            let before = evaluate(on=train).loss
            train epochs=1 lr=\(rate) quiet
            let after = evaluate(on=train).loss
            """)) != nil
        else { break }
        let before = session["before"]?.numberValue ?? .nan
        let after = session["after"]?.numberValue ?? .nan
        isFlat = before == after
        losses = [before, after]
        if after < before { break }
      }
      guard losses.count == 2 else { continue }
      taken += 1
      // Dead units and saturated ends have no gradient.
      #expect(losses[1] < losses[0] || isFlat, "\(losses) of\n\(script.text)")
    }
    #expect(taken >= 20)
  }
}
