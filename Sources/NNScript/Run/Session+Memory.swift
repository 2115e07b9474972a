import NNEngine

// What a session holds, for the budget that a host gives it: values, models, data, texts, and what
// `undo` goes back to. What all of these share is counted once.

extension Session {
  func addMemory(to count: inout MemoryCount) {
    machine.addMemory(to: &count)
    count.add(lastShown)
    count.add(lastValue)
    add(lastVariables, to: &count)
    workspace.addMemory(to: &count)
    for data in foreseenData.values { count.add(data) }
    if count.addStorage(of: sources.texts) {
      // A text, what it is read as, and the code it becomes.
      for text in sources.texts { count.add(30 * text.bytes.count) }
    }
    for entry in journal.entries {
      count.add(64 + MemoryCount.bytes(of: entry.text))
      guard let before = entry.before else { continue }
      before.workspace.addMemory(to: &count)
      add(before.variables, to: &count)
      count.add(before.lastValue)
    }
  }

  private func add(_ values: [Value], to count: inout MemoryCount) {
    guard count.addStorage(of: values) else { return }
    for value in values { count.add(value) }
  }
}

extension Workspace {
  /// Counts models and data.
  func addMemory(to count: inout MemoryCount) {
    if let data { count.add(data) }
    for name in allNames { self[model: name]?.addMemory(to: &count) }
  }
}

extension Model {
  fileprivate func addMemory(to count: inout MemoryCount) {
    if let network { count.add(network) }
    count.add(state)
    for parts in [blueprint.parts, builtParts] where count.addStorage(of: parts) {
      // A line of the script, what it was read as, and the layer.
      count.add(600 * parts.count)
    }
    if count.addStorage(of: history) {
      for epoch in history { count.add(32 + 32 * epoch.figures.count) }
    }
    if let data = prepared?.result.data { count.add(data) }
  }
}
