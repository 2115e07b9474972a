import NNEngine
import Testing

@testable import NNScript

/// Every word of the engine that has a formula learns like its formula typed by hand.
struct TwinTests {
  /// Losses of 20 steps on a small set, as a script sees them.
  private func losses(
    _ lines: String, target: String = "[0.2, 0.9, 0.4, 0.7, 0.1]"
  ) throws -> [Double] {
    let session = Session()
    try session.run(
      """
      seed 5
      data [[0.1, -0.4], [0.8, 0.3], [-0.6, 0.9], [0.2, 0.7], [-0.9, -0.2]] target=\(target) normalize=none
      \(lines)
      let run = train epochs=20 batch=5 quiet
      let losses = run.history.loss
      """)
    return session["losses"]?.listItems?.compactMap(\.numberValue) ?? []
  }

  private func compare(
    _ name: String, _ built: String, _ typed: String,
    targets: (built: String, typed: String)? = nil
  ) {
    do {
      let (a, b) =
        if let targets {
          (try losses(built, target: targets.built), try losses(typed, target: targets.typed))
        } else {
          (try losses(built), try losses(typed))
        }
      #expect(a.count == 20 && b.count == 20, "\(name)")
      for (x, y) in zip(a, b) where !((x - y).magnitude <= 1e-5 * max(1, x.magnitude)) {
        Issue.record("\(name): \(x) built in, \(y) typed")
        return
      }
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  /// A word's formula has its name and its settings, in order and with their defaults.
  @Test func formulasSayWhatTheWordsTake() throws {
    let vocabulary = Vocabulary.standard
    func check<Product>(_ specs: [Spec<Product>], isComplete: Bool) throws {
      for spec in specs where spec.formula != nil {
        let equation = try #require(try vocabulary.definitions.equation(of: spec.name))
        #expect(equation.name == spec.name)
        let settings = equation.parameters.filter { $0.defaultValue != nil && $0.name != "lr" }
        for setting in settings {
          let option = spec.parameters.first { $0.name == setting.name }
          #expect(
            option?.defaultText.flatMap(Double.init) == setting.defaultValue,
            "\(spec.name) \(setting.name)")
        }
        if isComplete {
          #expect(settings.map(\.name) == spec.parameters.map(\.name), "\(spec.name)")
        }
      }
    }
    try check(vocabulary.catalog.activations, isComplete: true)
    try check(vocabulary.catalog.losses, isComplete: true)
    try check(vocabulary.catalog.optimizers, isComplete: false)
    try check(vocabulary.catalog.schedules, isComplete: false)
  }

  /// What an activation computes in the engine is what its definition in the language says, with its
  /// options as they are and with others; so is its derivative.
  @Test func activationsComputeWhatTheirDefinitionsSay() throws {
    let vocabulary = Vocabulary.standard
    let z = stride(from: -6.03, to: 6, by: 0.57).map { $0 }
    var compared = 0
    for spec in vocabulary.catalog.activations {
      let equation = try #require(try vocabulary.definitions.equation(of: spec.name))
      for values in [spec.parameters.map { _ in ParameterValue.none }]
        + (spec.parameters.isEmpty ? [] : [spec.parameters.map { _ in .number(0.7) }])
      {
        let activation = try spec.make(values)
        let said = equation.setting(activation.settings)
        func numbers(_ formula: Formula) throws -> [Double] {
          var slope = Formula([.init("z", .element)])
          let y = slope.bring(
            formula.results, of: formula, binding: formula.variables.map { _ in 0 })[0]
          let dy = slope.number(1)
          let total = slope.extent(y) == .element ? y : slope.reduce(.sum, y)
          let dx = try slope.derivatives(of: total, by: [0], seed: dy)[0]
          let all = slope.evaluate([z], width: z.count)
          return all[y] + all[dx]
        }
        let (own, right) = (try numbers(activation.formula), try numbers(said))
        #expect(own.count == right.count, "\(spec.name)")
        for (x, y) in zip(own, right) {
          #expect((x - y).magnitude <= 1e-12 * max(1, y.magnitude), "\(spec.name)")
        }
        compared += own.count
      }
    }
    #expect(compared > 100)
  }

  /// A schedule's formula gives its rates.
  @Test func schedules() throws {
    var compared = 0
    for spec in Catalog.standard.schedules {
      guard let formula = spec.formula else { continue }
      let given = spec.parameters.contains { $0.name == "epochs" && $0.isRequired }
      let end = given ? ", epochs=7" : ""
      let session = Session()
      try session.run(
        """
        \(twin(formula, spec.name))
        let built = [\(spec.name)(0.1, epoch=i\(end)) for i in 1..9]
        let typed = [typed(0.1, epoch=i\(end)) for i in 1..9]
        """)
      let (a, b) = (session["built"]?.listItems ?? [], session["typed"]?.listItems ?? [])
      #expect(a.count == 9 && b.count == 9)
      for (x, y) in zip(a, b) {
        let (x, y) = (x.numberValue ?? .nan, y.numberValue ?? .nan)
        #expect((x - y).magnitude <= 1e-12, "\(spec.name): \(x) built in, \(y) typed")
        compared += 1
      }
    }
    // Plateau looks at losses and has none.
    #expect(compared == 9 * (Catalog.standard.schedules.count - 1))
    #expect(compared >= 9 * 4)
  }

  /// A metric's formula, over all rows, gives what an evaluation reports.
  @Test(arguments: ["rmse", "r2", "accuracy", "log_loss"]) func metrics(_ name: String) throws {
    let spec = try #require(Catalog.standard.metrics.first { $0.name == name })
    let formula = try #require(spec.formula)
    let isForClasses = ["accuracy", "log_loss"].contains(name)
    let session = Session()
    try session.run(
      """
      \(twin(formula, name))
      seed 3
      let rows = [[0.1, -0.4], [0.8, 0.3], [-0.6, 0.9], [0.2, 0.7], [-0.9, -0.2]]
      let targets = \(isForClasses ? "[0, 1, 1, 0, 2]" : "[0.2, 0.9, 0.4, 0.7, 0.1]")
      data rows target=targets normalize=none
      layer dense \(isForClasses ? "3 softmax" : "1")
      loss \(isForClasses ? "crossentropy" : "mse")
      metric \(name)
      let built = evaluate(on=train).\(name)
      def shares(q) = [q[k] for k in keys(q)]
      def answer(r) = \(isForClasses ? "shares(predict(r).probabilities)" : "predict(r).value")
      let p = [answer(r) for r in rows]
      let typed = typed(\(isForClasses ? "onehot(targets, 3)" : "targets"), p)
      """)
    let (a, b) = (session["built"]?.numberValue ?? .nan, session["typed"]?.numberValue ?? .nan)
    #expect((a - b).magnitude <= 1e-5 * max(1, a.magnitude), "\(a) built in, \(b) typed")
  }

  /// The definition with another name.
  private func twin(_ formula: String, _ name: String) -> String {
    formula.replacing("def \(name)(", with: "def typed(", maxReplacements: 1)
  }

  @Test func activations() {
    var count = 0
    for spec in Catalog.standard.activations {
      guard let formula = spec.formula else { continue }
      let rest = "layer dense 1 init=glorot\nloss mse\noptimizer sgd lr=0.1"
      compare(
        spec.name, "layer dense 6 \(spec.name) init=glorot\n\(rest)",
        "\(twin(formula, spec.name))\nlayer dense 6 typed init=glorot\n\(rest)")
      count += 1
    }
    #expect(count == Catalog.standard.activations.count)
  }

  /// The output layer a loss is made for, and its targets where they are classes.
  private func ending(for loss: String) -> (String, (built: String, typed: String)?) {
    let classes = "[0, 1, 1, 0, 1]"
    return switch loss {
    case "crossentropy", "kl": ("2 softmax", (classes, classes))
    // The formula is written for -1 and 1; classes become these by themselves.
    case "hinge": ("1", (classes, "[-1, 1, 1, -1, 1]"))
    default: ("1 sigmoid", nil)
    }
  }

  @Test func losses() {
    var count = 0
    for spec in Catalog.standard.losses {
      guard let formula = spec.formula else { continue }
      let (last, targets) = ending(for: spec.name)
      let before = "layer dense 6 tanh\nlayer dense \(last)\noptimizer sgd lr=0.1"
      compare(
        spec.name, "\(before)\nloss \(spec.name)",
        "\(before)\n\(twin(formula, spec.name))\nloss typed", targets: targets)
      count += 1
    }
    #expect(count == Catalog.standard.losses.count)
  }

  @Test func optimizers() {
    var count = 0
    for spec in Catalog.standard.optimizers {
      guard let formula = spec.formula else { continue }
      let before = "layer dense 6 tanh\nlayer dense 1\nloss mse"
      compare(
        spec.name, "\(before)\noptimizer \(spec.name) lr=0.01",
        "\(before)\n\(twin(formula, spec.name))\noptimizer typed lr=0.01")
      count += 1
    }
    #expect(count == Catalog.standard.optimizers.count)
  }
}
