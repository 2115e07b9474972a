import NNScript
import Testing

/// A line that a diagnosis recommends helps: typed behind the script that is ill, nothing is left to
/// find but that it was short.
@Suite struct RemedyTests {
  private static let ill = Repository.scripts(in: "Tests/Scripts/understanding").filter {
    $0.contains("/ill_")
  }

  @Test(arguments: ill) func theLineThatIsGivenHeals(_ path: String) throws {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    let session = Session(options: options)
    try session.run(try Repository.text(of: path) + "\nlet line = d.findings[0].line")
    let line = try #require(session["line"]?.textValue)
    try session.run(line)
    func left() throws -> [String] {
      try session.run("let left = [f.check for f in diagnose().findings]")
      return session["left"]?.listItems?.compactMap(\.textValue) ?? ["nothing was said"]
    }
    // The line trains for as long as the script did; where that was short, the next one says so.
    if try left() == ["too few steps"] {
      try session.run("let next = diagnose().findings[0].line")
      try session.run(try #require(session["next"]?.textValue))
    }
    #expect(try left().isEmpty, "\(line)")
  }

  @Test func thereAreEnoughOfThem() { #expect(Self.ill.count >= 7) }
}
