/// All that a statement can change, to go back to. Everything in it is a value, so that it stays
/// what it was.
struct SessionState {
  var workspace: Workspace
  /// The script's names, with what the checker knows of them.
  var names: GlobalNames
  /// What they hold, slot by slot.
  var variables: [Value]
  var lastValue: Value

  /// Whether a script could tell the two apart. A network that was only built, by looking at it or
  /// measuring it, is what its layers, data and seed make it: that is no change.
  func differs(from other: SessionState) -> Bool {
    names.symbols.count != other.names.symbols.count || variables != other.variables
      || !workspace.isSame(as: other.workspace)
  }
}

extension Workspace {
  fileprivate func isSame(as other: Workspace) -> Bool {
    dataVersion == other.dataVersion && currentName == other.currentName && seed == other.seed
      && chance == other.chance && allNames.count == other.allNames.count
      && allNames.allSatisfy { name in
        guard let own = self[model: name], let theirs = other[model: name] else { return false }
        return own.isSame(as: theirs)
      }
  }
}

extension Model {
  fileprivate func isSame(as other: Model) -> Bool {
    func built(_ model: Model) -> [Float]? {
      model.network.flatMap { $0.values.count == network?.values.count ? $0.values : nil }
    }
    return text(withLayersOf: other) && lossLine?.text == other.lossLine?.text
      && rule?.line.text == other.rule?.line.text
      && blueprint.metrics?.map(\.name) == other.blueprint.metrics?.map(\.name)
      && blueprint.metricSettings.isSame(as: other.blueprint.metricSettings)
      && blueprint.augmentation == other.blueprint.augmentation
      && history.count == other.history.count && hasLearnt == other.hasLearnt
      && state.epoch == other.state.epoch && state.step == other.state.step
      && (built(other) == nil || built(other) == network?.values)
  }

  /// Whether both were written with the same layers, built or not.
  private func text(withLayersOf other: Model) -> Bool {
    blueprint.parts.map(\.line.text) == other.blueprint.parts.map(\.line.text)
      && blueprint.input == other.blueprint.input
  }
}

extension Session {
  /// What the session holds, as a value.
  var state: SessionState {
    get {
      machine.copyGlobals(to: &lastVariables)
      return SessionState(
        workspace: workspace, names: globals, variables: lastVariables, lastValue: lastValue)
    }
    set {
      workspace = newValue.workspace
      machine.setGlobals(from: newValue.variables)
      lastValue = newValue.lastValue
      // Slots that were given out stay given out: compiled functions know them by number.
      let count = globals.count
      globals = newValue.names
      globals.count = count
    }
  }
}
