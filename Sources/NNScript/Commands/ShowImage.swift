import NNEngine

extension Spec where Product == Showing {
  static var image: Self {
    Spec(
      "image", "A picture of the data, with its label and what the model takes it for.",
      Parameter<Int>.integer("row", 0...1_000_000_000, "Which picture, counted from 0."),
      Parameter<String>.choice(
        "on", ["test", "validation", "train"], default: "test if there is one", option: true,
        "The part of the data."),
      .optional(
        "of", .names(of: "layer"), whenAbsent: "the picture itself",
        "A layer: shows its output for the picture, channel by channel."
      ).example(
        "data digits test=20%\nmodel pictures { layer conv 4 relu }\nshow image 3 of=conv1"),
      Parameter<Bool>.truth(
        "augmented", default: false,
        "As it is learnt from in the next epoch, changed by `augment`; of the training part."
      ).example("data digits\naugment rotate=15\nshow image 3 augmented"),
      example: "data digits test=20%\nshow image 3"
    ) { row, wanted, layer, isAugmented in
      { context in
        var data = try context.needData("has nothing to show yet")
        data = context.session.workspace.dataAsDecided(context.catalog) ?? data
        let (part, examples) = try context.choose(
          isAugmented && !context.isGiven("on") ? "train" : wanted, data)
        guard row < examples.count else {
          throw Diagnostic(
            .indexOutOfRange,
            "the \(part) part has \(count(examples.count, "row")), counted from 0",
            at: context.range(of: "row"), "there is no row \(row)")
        }
        if let layer { return try context.picturesMade(of: examples, row: row, by: layer) }
        let shown = isAugmented ? try context.augmented(examples, row) : examples.one(row)
        guard let picture = shown.picture(0) else {
          throw Diagnostic(
            .unsupported, "a row of the data is \(examples.inputShape) numbers, not a picture",
            at: context.range(of: "row"), "no picture",
            help: ["say how the numbers lie: `data … shape=8x8`"])
        }
        if let answer = try context.answer(row, examples) {
          let pictures = [(picture, "given"), (answer, "given back")]
          return (Picture.row(pictures, on: context.screen) + ["\(part) row \(row)"])
            .joined(separator: "\n")
        }
        let caption = try context.caption(row, part, examples)
        return (picture.lines(on: context.screen) + [caption]).joined(separator: "\n")
      }
    }
  }
}

extension CommandContext {
  /// A row as it is learnt from in the next epoch.
  fileprivate func augmented(_ examples: Examples, _ row: Int) throws -> Examples {
    let model = session.workspace.model
    guard !model.blueprint.augmentation.isNone else {
      throw Diagnostic(
        .missingValue, "nothing changes the pictures of \(model.title)",
        at: range(of: "augmented"), "there is no `augment`",
        help: ["write `augment flip shift=10%` above"])
    }
    let numbers = try model.blueprint.augmentation.applied(
      to: examples, row: row, epoch: model.state.epoch + 1,
      seed: model.network?.seed ?? session.workspace.seed)
    var inputs = Examples.Inputs.floats(numbers)
    if case .bytes = examples.inputs { inputs = .bytes(numbers.map { UInt8($0.rounded()) }) }
    return Examples(count: 1, inputShape: examples.inputShape, inputs: inputs, targets: .none)
  }

  /// `test row 3: cat, taken for dog (0.62)`.
  fileprivate func caption(_ row: Int, _ part: String, _ examples: Examples) throws -> String {
    var text = "\(part) row \(row)"
    if examples.names.indices.contains(row) { text += ", \(examples.names[row])" }
    let classes = session.workspace.dataAsDecided(catalog)?.preprocessing.classNames ?? []
    func name(_ code: Int) -> String {
      classes.indices.contains(code) ? classes[code] : String(code)
    }
    switch examples.targets {
    case .none: break
    case .classes(let codes): text += ": \(name(Int(codes[row])))"
    case .values(let values, let width):
      let numbers = values[row * width..<(row + 1) * width].map {
        Formatting.number($0)
      }
      text += ": " + numbers.joined(separator: ", ")
    }
    // What layers that have not learnt take it for would be chance.
    guard session.workspace.model.hasLearnt, let network = session.workspace.model.network,
      let preprocessing = session.workspace.model.preprocessing,
      network.inputShape.count == examples.inputShape.count
    else { return text }
    let output = try network.predict(
      examples.one(row), preprocessing: preprocessing, workers: session.workers
    ).elements.map(Double.init)
    guard case .classes(let codes) = examples.targets else {
      return text + ", predicted "
        + output.map { Formatting.figure($0) }.joined(separator: ", ")
    }
    let shares = preprocessing.chances(output) ?? output
    let best = try decided(output.map { Float($0) }, preprocessing)
    guard shares.indices.contains(best) else { return text }
    let verdict = best == Int(codes[row]) ? "recognised" : "taken for \(name(best))"
    return text + ", \(verdict) (\(Formatting.figure(shares[best])))"
  }
}

extension CommandContext {
  /// The class that a row of outputs is put into, as `evaluate` judges it.
  private func decided(_ outputs: [Float], _ preprocessing: Preprocessing) throws -> Int {
    let prepared = try prepare("has nothing to show yet")
    let form = AnswerForm(
      hasClasses: true, loss: prepared.loss, answer: preprocessing.answer, width: outputs.count,
      judging: try metrics(for: prepared, ofNumbers: []).judging)
    return outputs.withUnsafeBufferPointer { $0.baseAddress.map(form.decided) ?? 0 }
  }
}

extension Examples {
  /// One row alone.
  func one(_ row: Int) -> Examples {
    let width = inputShape.count
    let range = row * width..<(row + 1) * width
    let inputs: Inputs =
      switch inputs {
      case .floats(let values): .floats(Array(values[range]))
      case .bytes(let bytes): .bytes(Array(bytes[range]))
      case .doubles(let values): .doubles(Array(values[range]))
      }
    return Examples(count: 1, inputShape: inputShape, inputs: inputs, targets: .none)
  }

  /// A row as a picture: grey for one value a point, coloured for three; `nil` for rows of another
  /// form.
  func picture(_ row: Int) -> Picture? {
    let sizes = inputShape.sizes
    let depth = sizes.count == 3 ? sizes[2] : 1
    guard sizes.count == 2 || sizes.count == 3, depth == 1 || depth == 3, sizes[0] > 1, sizes[1] > 1
    else { return nil }
    let width = inputShape.count
    let levels: [Double]
    switch inputs {
    case .bytes(let bytes):
      levels = bytes[row * width..<(row + 1) * width].map { Double($0) / 255 }
    case .floats, .doubles:
      // What stands for white is not known: the brightest point of this picture does.
      let numbers = inputs.numbers(row * width..<(row + 1) * width)
      let range = Axis(numbers.filter(\.isFinite) + [0])
      levels = numbers.map { $0.isFinite ? range.share($0) : 0 }
    }
    return Picture(sizes: sizes, levels: levels)
  }
}

extension Picture {
  /// Brightnesses from 0 to 1 as a picture `[height, width]`, with a last axis in grey or in colour.
  init(sizes: [Int], levels: [Double]) {
    guard sizes.count == 3, sizes[2] == 3 else {
      self.init(width: sizes[1], height: sizes[0], levels: levels)
      return
    }
    let bytes = levels.map { Int((min(1, max(0, $0)) * 255).rounded()) }
    self.init(
      width: sizes[1], height: sizes[0],
      pixels: (0..<sizes[0] * sizes[1]).map {
        Palette.Color(red: bytes[3 * $0], green: bytes[3 * $0 + 1], blue: bytes[3 * $0 + 2])
      })
  }
}
