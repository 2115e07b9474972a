import NNEngine

extension CommandEntry {
  static var gradcheck: CommandEntry {
    CommandEntry(
      Spec(
        "gradcheck", "Compares the gradient of every parameter with finite differences.",
        .integer("rows", 1...1024, default: 8, option: true, "The number of training rows to use."),
        example: "gradcheck rows=4"
      ) { rows in
        { context in
          let learner = try Learner(context, "has nothing to check with")
          let check = try GradientCheck(learner, rows: rows, context.session)
          try context.refuseIfWrong(check)
          context.printed = check.text(on: context.screen)
          return check.value
        }
      },
      fields: [
        Field("worst", "the greatest error, as a share of the gradient"),
        Field("place", "where that is: `dense1.weights[0, 3]`"),
        Field("analytic", "the gradient there"),
        Field("numeric", "what differences of the loss give there"),
        Field("bits", "64, or 32 where a word of the network has no plain form"),
        Field("excused", "how many numbers were left out, standing on a kink"),
        Field("tensors", "a record for each parameter"),
      ],
      foresee: { forecast, call in
        try forecast.foreseeNetwork(call, without: "nothing to check with")
      })
  }
}

extension CommandContext {
  fileprivate func refuseIfWrong(_ check: GradientCheck) throws {
    guard let part = check.worst else {
      throw Diagnostic(
        .noModel, "`gradcheck` needs a parameter that is learnt", at: site.word.range,
        "nothing to check", help: ["add a layer: `layer dense 8 relu`, or leave out `frozen`"])
    }
    guard !check.isRight else { return }
    let wrong = check.parts.filter { $0.worst.error > check.tolerance }
    throw Diagnostic(
      .assertion,
      "the gradient by `\(part.place)` is \(short(part.worst.analytic)), differences of the loss "
        + "give \(short(part.worst.numeric))", at: site.word.range, "a gradient is wrong",
      notes: [
        "wrong in \(count(wrong.count, "parameter")) of \(check.parts.count): "
          + wrong.map { "\($0.layer).\($0.parameter)" }.joined(separator: ", "),
        "an activation, loss or layer of the host's own has a wrong derivative",
      ])
  }
}

private func short(_ value: Double) -> String { Formatting.printf("%.6g", value) }

extension GradientCheck {
  fileprivate func text(on screen: Screen) -> String {
    let table = parts.map { part in
      [
        part.place, "\(part.checked) of \(part.shape.count)", short(part.worst.analytic),
        short(part.worst.numeric), Formatting.printf("%.1e", part.worst.error),
      ]
    }
    return TextTable(header: ["worst", "checked", "gradient", "differences", "error"], table)
      .text(on: screen)
      + "\nevery gradient agrees with differences in \(bits) bits over \(count(rows, "row"))"
      + (excused == 0
        ? ""
        : "\n\(count(excused, "number")) left out: each stands on a kink, where no slope is the only "
          + "right one")
  }

  fileprivate var value: NNScript.Value {
    func record(_ part: Part) -> [(name: String, value: NNScript.Value)] {
      [
        ("place", .text(part.place)), ("analytic", .number(part.worst.analytic)),
        ("numeric", .number(part.worst.numeric)), ("error", .number(part.worst.error)),
      ]
    }
    return .record(
      [("worst", .number(worst?.worst.error ?? 0))] + (worst.map(record) ?? []).prefix(3)
        + [
          ("bits", .number(Double(bits))), ("excused", .number(Double(excused))),
          ("tensors", .list(parts.map { .record(record($0)) })),
        ])
  }
}
