/// All that a statement can change, to go back to.
struct SessionState {
  fileprivate(set) var workspace: Workspace
  /// The script's variables by slot.
  fileprivate(set) var variables: [Value] = []
  fileprivate(set) var lastValue: Value
}

extension Session {
  /// What the session holds, as a value.
  var state: SessionState {
    get {
      var state = SessionState(workspace: workspace, lastValue: lastValue)
      update(&state)
      return state
    }
    set {
      workspace = newValue.workspace
      machine.setGlobals(from: newValue.variables)
      lastValue = newValue.lastValue
    }
  }

  /// Brings an earlier state up to date, at less cost than a new one.
  private func update(_ state: inout SessionState) {
    state.workspace = workspace
    machine.copyGlobals(to: &state.variables)
    state.lastValue = lastValue
  }

  /// Runs the statements of a prompt's text one by one: one that fails changes nothing, and what the
  /// ones before it did stays. Work that the user breaks off stays too, as far as it got.
  func runEach(_ program: Program, introducing names: GlobalNames) throws {
    let known = globals
    globals = names
    var done: [Step] = []
    var before = state
    for step in program.steps {
      update(&before)
      do {
        try machine.run(Program(steps: [step], globalCount: program.globalCount))
      } catch {
        let isEndedByUser = error is Quit || diagnostic(of: error).code == .interrupted
        let hasLearnt = workspace.model.state.epoch > before.workspace.model.state.epoch
        if !isEndedByUser, !(step.keepsChangesOnFailure && hasLearnt) { state = before }
        globals.symbols = known.symbols.merging(names.introduced(by: done)) { $1 }
        throw error
      }
      done.append(step)
    }
  }
}

extension GlobalNames {
  /// The names that statements give a value.
  fileprivate func introduced(by steps: [Step]) -> [String: Symbol] {
    var set: Set<String> = []
    for step in steps {
      switch step {
      case .assign(let variable, _), .define(let variable, _): set.insert(variable.name)
      default: break
      }
    }
    return symbols.filter { set.contains($0.key) }
  }
}

extension Step {
  /// Whether the statement is a command that keeps what it did before it failed: a `train` its
  /// good epochs. Inside a block it goes back with the rest.
  fileprivate var keepsChangesOnFailure: Bool {
    switch self {
    case .evaluate(let node), .show(let node), .assign(_, let node):
      if case .command(let site) = node.form { site.entry.keepsChangesOnFailure } else { false }
    default: false
    }
  }
}
