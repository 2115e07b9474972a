import Testing

@testable import NNScript

/// What a statement at the prompt leaves behind when it fails.
@Suite struct FailureTests {
  private static let prompt = Session.Origin(name: "<prompt>", isPrompt: true)

  private static func session() throws -> Session {
    let session = Words.session()
    try session.run(
      """
      seed 7
      data iris test=20%
      layer dense 4 relu
      layer dense 3 softmax
      train epochs=2 quiet
      let xs = [1, 2, 3]
      let r = {a: 1}
      let n = 1
      def f(x) = x + n
      model other { layer dense 2 tanh }
      use ""
      """)
    return session
  }

  /// Everything that can be seen of a session, as text.
  private static func appearance(_ session: Session) throws -> String {
    var lines = session.variables.map { "\\($0.name) = \\($0.value)" }
    lines += session.topLevelNames
    lines.append("\\(session.workspace.model.state.epoch) \\(session.workspace.modelNames)")
    lines.append("\\(session.workspace.currentName) \\(session.workspace.seed)")
    lines.append("\\(session.workspace.chance)")
    lines.append("\\(session.workspace.data?.train.count ?? -1)")
    for node in session.workspace.model.network?.nodes ?? [] {
      for slot in node.parameters {
        let values = try session.workspace.model.network?.tensor(
          layer: node.name, parameter: slot.name)
        lines.append("\\(node.name).\\(slot.name) \\(values?.elements.map(\\.bitPattern) ?? [])")
      }
    }
    lines.append("\\(session.lastValue)")
    return lines.joined(separator: "\\n")
  }
}
