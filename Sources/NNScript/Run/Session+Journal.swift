import NNEngine

// At the prompt a text is run statement by statement: each can be taken back, and after a mistake
// the session is what it was before the statement that made it.

extension Session {
  /// Texts of more statements are run whole, as one step that can be taken back: what is pasted by
  /// the thousand is not gone through one by one.
  private static let mostSteps = 1000

  /// Runs a checked text; `names` are those there are behind it.
  func execute(
    _ program: Program, from origin: Origin, introducing names: GlobalNames
  ) throws {
    let known = globals
    globals = names
    let looksBack = program.parts.contains(where: \.statement.looksBack)
    let isJournaled = origin.isPrompt || keepsJournal || looksBack
    guard isJournaled || isTimed else { return try machine.run(program) }
    guard program.parts.count <= Self.mostSteps else {
      guard isJournaled else { return try machine.run(program) }
      let text = String(decoding: sources.texts[program.source].bytes, as: UTF8.self)
      return try journaled(Journal.Entry(text: text.trimmedLines), state(with: known)) {
        try machine.run(program)
      }
    }
    for part in program.parts {
      let step = Program(
        steps: Array(program.steps[part.steps]), parts: [], source: program.source,
        globalCount: program.globalCount)
      let before =
        isJournaled ? state(with: globals.before(part.statement.range, known, program)) : nil
      try timed(part.statement) {
        guard let before else { return try machine.run(step) }
        let training = part.training(in: program)
        try journaled(entry(of: part, in: program), before, training: training) {
          try machine.run(step)
        }
      }
    }
  }

  // MARK: Keeping what was done

  /// Runs something that is kept if it succeeds and taken back if it does not. A training keeps
  /// its whole epochs in any case, and is kept as what leads there; what the user stopped stays
  /// as far as it came.
  private func journaled(
    _ entry: Journal.Entry, _ before: SessionState, training: Command? = nil,
    _ body: () throws -> Void
  ) throws {
    isLeftOut = false
    pendingUndos = 0
    let shown = shownCount
    do {
      try body()
    } catch let quit as Quit {
      throw quit
    } catch {
      let isInterrupted = diagnostic(of: error).code == .interrupted
      let line = training.flatMap {
        partialTraining($0, since: before, isInterrupted: isInterrupted)
      }
      if let line {
        keep(Journal.Entry(text: line), before)
      } else if isInterrupted, training == nil {
        // What was stopped before it changed anything need not be told.
        if state.differs(from: before) {
          keep(Journal.Entry(isUnfinished: true, text: entry.text), before)
        }
      } else {
        state = before
      }
      // What it would have introduced, and what comes behind it in the text, holds nothing.
      globals.symbols = before.names.symbols
      throw error
    }
    if pendingUndos > 0 {
      for _ in 0..<pendingUndos { journal.takeBack().map { state = $0 } }
    } else if !isLeftOut {
      var entry = entry
      entry.setsLastValue = shownCount > shown
      keep(entry, before)
    }
  }

  private func keep(_ entry: Journal.Entry, _ before: SessionState) {
    var entry = entry
    if state.differs(from: before) { entry.before = before }
    journal.add(entry)
  }

  /// The session as it is, but for the names.
  private func state(with names: GlobalNames) -> SessionState {
    var state = state
    state.names = names
    return state
  }

  // MARK: What a statement becomes in a script

  private func entry(of part: Program.Part, in program: Program) -> Journal.Entry {
    var entry = Journal.Entry(text: textWithPaths(of: part.statement))
    if case .expression(let expression, _) = part.statement.form {
      switch expression.form {
      case .command(let command):
        if let line = part.settingAsGiven(command, in: program) { entry.text = line }
      // A word alone may be a command, or a function that is run.
      case .name: entry.isBareValue = !part.runs(in: program)
      default: entry.isBareValue = true
      }
    }
    return entry
  }

  /// A statement as it was typed, its paths as they are found from the working directory: the
  /// script that is written of a session does not stand where a script stood that was run.
  private func textWithPaths(of statement: Statement) -> String {
    let source = sources.texts[statement.range.source]
    var text = source.text(statement.range.bytes)
    guard folder != nil else { return text }
    // From the last on, so that the places of those before it stay.
    for argument in [statement].commands.filter(readsFiles).flatMap(\.arguments).reversed() {
      guard case .text(let parts) = argument.value.form, parts.count == 1,
        case .literal(let path)? = parts.first
      else { continue }
      let found = readingPath(path)
      if found == path || host.files.kind(of: found) == .missing { continue }
      let range = argument.value.range
      var bytes = Array(text.utf8)
      let literal = Expression(.text([.literal(found)]), range)
      bytes.replaceSubrange(
        range.start - statement.range.start..<range.end - statement.range.start,
        with: Array(Printer.print(literal).utf8))
      text = String(decoding: bytes, as: UTF8.self)
    }
    return text
  }

  /// Whether a text given to a command may be a file that is read.
  private func readsFiles(_ command: Command) -> Bool {
    vocabulary.command(command.word.text)?.parameters.contains { parameter in
      switch parameter.kind {
      case .inputPath, .part: true
      case .either(let kinds): kinds.contains(.inputPath)
      default: false
      }
    } ?? false
  }

  /// The line that does what was done of a training that did not come to its end; `nil` where that
  /// is nothing.
  private func partialTraining(
    _ command: Command, since before: SessionState, isInterrupted: Bool
  ) -> String? {
    let past = before.workspace.model.history.last?.number ?? before.workspace.model.state.epoch
    guard let last = workspace.model.history.last?.number, last > past else { return nil }
    var command = command
    func isGiven(_ name: String) -> Bool { command.arguments.contains { $0.name?.text == name } }
    // The epochs that a checkpoint had are among those of the line.
    command.arguments.removeAll {
      ["checkpoint", "checkpoint_every", "resume"].contains($0.name?.text)
    }
    // What went wrong left the last good epoch, also where `patience` would go back to the best.
    if !isInterrupted { command.arguments.removeAll { $0.name?.text == "patience" } }
    let range = command.word.range
    func number(_ value: Int) -> Expression { Expression(.number(Double(value)), range) }
    let rate = command.arguments.first { $0.name?.text == "lr" }?.value.form
    let isSteady = if case .number? = rate { true } else { rate == nil }
    if isSteady, !isGiven("until"), !isGiven("patience") {
      command.arguments.removeAll { argument in
        if case .name("quiet") = argument.value.form { return false }
        return argument.name == nil || argument.name?.text == "epochs"
      }
      let epochs = Argument(name: Name("epochs", range), value: number(last - past))
      command.arguments.insert(epochs, at: 0)
      // Without a number of epochs it had a penalty of its own.
      if let penalty = workspace.model.lastTraining?.ownPenalty {
        command.arguments.append(
          Argument(name: Name("l2", range), value: Expression(.number(penalty), range)))
      }
    } else {
      // A step size that follows the epochs needs to know how many there were to be.
      let epoch = Expression(.name("epoch"), range)
      var end = Expression(
        .comparison(epoch, [ComparisonStep(.greaterOrEqual, number(last))]), range)
      if let own = command.arguments.firstIndex(where: { $0.name?.text == "until" }) {
        end = Expression(.logical(isAnd: false, command.arguments[own].value, end), range)
        command.arguments.remove(at: own)
      }
      command.arguments.append(Argument(name: Name("until", range), value: end))
    }
    return Printer.print(Expression(.command(command), range))
  }

  // MARK: Time

  /// Tells how long a statement took, while `timer` is on.
  private func timed(_ statement: Statement, _ body: () throws -> Void) throws {
    let start = ContinuousClock.now
    samples = 0
    defer {
      if isTimed, !statement.looksBack {
        let seconds = (ContinuousClock.now - start).seconds
        var text = "took " + Formatting.seconds(seconds)
        if samples > 0, seconds > 0 {
          text += ", \(Int((Double(samples) / seconds).rounded())) samples/s"
        }
        host.receive(.note(text, command: "timer"))
      }
    }
    try body()
  }
}

extension GlobalNames {
  /// The names as they were before a statement, out of those known when its text began.
  fileprivate func before(
    _ statement: SourceRange, _ known: GlobalNames, _ program: Program
  ) -> GlobalNames {
    var result = self
    for name in program.introduced {
      guard let range = symbols[name]?.range, range.source == statement.source,
        range.start >= statement.start
      else { continue }
      result.symbols[name] = known.symbols[name]
    }
    return result
  }
}

extension Program.Part {
  /// A `param` with the value it got from outside, where that is another than its default.
  fileprivate func settingAsGiven(_ command: Command, in program: Program) -> String? {
    guard command.word.text == "param", case .assign(_, let node)? = program.steps[steps].first,
      case .constant(let value) = node.form,
      let place = command.arguments.firstIndex(where: { $0.name != nil })
    else { return nil }
    let form: Expression.Form
    switch value {
    case .number(let number): form = .number(number)
    case .truth(let truth): form = .truth(truth)
    case .text(let box): form = .text([.literal(box.text)])
    default: return nil
    }
    var command = command
    let literal = Expression(form, command.arguments[place].value.range)
    guard Printer.print(literal) != Printer.print(command.arguments[place].value) else {
      return nil
    }
    command.arguments[place].value = literal
    return Printer.print(Expression(.command(command), command.word.range))
  }

  /// Whether the statement runs a command or function, rather than being a value.
  fileprivate func runs(in program: Program) -> Bool {
    program.steps[steps].contains { step in
      guard case .show(let node) = step else { return true }
      switch node.form {
      case .command, .call: return true
      default: return false
      }
    }
  }

  /// The `train` the statement is, alone or with its result given a name.
  fileprivate func training(in program: Program) -> Command? {
    let isTraining = program.steps[steps].contains { step in
      switch step {
      case .show(let node), .evaluate(let node), .assign(_, let node):
        if case .command(let site) = node.form { site.entry.keepsChangesOnFailure } else { false }
      default: false
      }
    }
    guard isTraining else { return nil }
    switch statement.form {
    case .expression(let value, _), .let(_, let value), .assign(_, _, let value):
      if case .command(let command) = value.form { return command }
      if case .name(let name) = value.form {
        return Command(word: Name(name, value.range), arguments: [], blocks: [])
      }
    default: break
    }
    return nil
  }
}

extension Statement {
  /// Whether it is about statements one by one: a file that has such a one is run like a prompt.
  fileprivate var looksBack: Bool {
    guard case .expression(let expression, _) = form else { return false }
    switch expression.form {
    case .name(let word): return ["undo", "history", "timer"].contains(word)
    case .command(let command):
      if command.word.text == "timer" { return true }
      guard command.word.text == "save", case .name(let what)? = command.arguments.first?.value.form
      else { return false }
      return what == "session"
    default: return false
    }
  }
}

extension String {
  /// Without empty lines at its ends.
  fileprivate var trimmedLines: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
