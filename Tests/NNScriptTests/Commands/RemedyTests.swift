import NNScript
import Testing

/// A line that a diagnosis recommends helps: typed behind the script that is ill, nothing is left to
/// find.
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
    try session.run("let left = [f.check for f in diagnose().findings]")
    #expect(session["left"]?.listItems?.isEmpty == true, "\(line)")
  }

  @Test func thereAreEnoughOfThem() { #expect(Self.ill.count >= 7) }
}
