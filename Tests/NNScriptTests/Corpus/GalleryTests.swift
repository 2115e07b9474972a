import NNScript
import Testing

/// Every script of the gallery does what its comments say, within 25 lines.
@Suite struct GalleryTests {
  /// Pictures take their time, and 60,000 of them come with a system package.
  private static let shortened: [String: [(name: String, value: String)]] = [
    "scripts/models/fashion.nn": [("epochs", "1"), ("limit", "2000")],
    "scripts/models/fashion_table.nn": [("epochs", "1"), ("limit", "2000")],
    "scripts/models/autoencoder.nn": [("epochs", "1")],
  ]

  @Test(arguments: Repository.scripts(in: "scripts/models"))
  func doesWhatItsCommentsSay(_ path: String) throws {
    let text = try Repository.text(of: path)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 26)
    let expected = Expectations(of: text)
    #expect(!expected.isEmpty)
    let origin = Session.Origin(name: path, folder: Repository.folder + "/scripts/models")
    let parameters = Self.shortened[path] ?? []
    let outcome = CollectingHost.run(text, from: origin, parameters: parameters)
    if parameters.isEmpty {
      let differences = outcome.differences(from: expected)
      #expect(differences.isEmpty, "\(path):\n\(differences.joined(separator: "\n"))")
    } else {
      // Shortened, it reaches other figures; that it runs to its end is what counts.
      #expect(outcome.problems.isEmpty)
      #expect(!outcome.prints.isEmpty)
    }
  }

  @Test func theGalleryIsComplete() {
    let names = Repository.scripts(in: "scripts/models").map { $0.split(separator: "/").last }
    for name in [
      "xor", "iris", "digits", "wine", "fashion", "diabetes", "spirals", "tour", "textbook",
      "sonar", "fashion_table", "penguins", "iris_folds", "wine_folds", "breast_cancer",
      "diabetes_folds", "titanic", "table", "autoencoder",
    ] {
      #expect(names.contains { $0 == name + ".nn" })
    }
  }
}
