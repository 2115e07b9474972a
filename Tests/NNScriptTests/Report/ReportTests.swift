import NNEngine
import Testing

@testable import NNScript

/// A report is one page that is well formed, complete, the same each time, and asks nobody for anything.
@Suite struct ReportTests {
  private static func options(threads: Int) -> Session.Options {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    options.threads = threads
    return options
  }

  private static func page(
    _ script: String, threads: Int = 1, files: [String: String] = [:]
  ) throws -> String {
    let host = ScratchHost(files)
    let session = Session(host: host, options: options(threads: threads))
    try session.run(script + "\nreport \"run.html\"")
    return String(decoding: try host.files.read("run.html"), as: UTF8.self)
  }

  /// The names of tags that are opened and not closed, or closed and not open.
  private static func strayTags(_ page: String) -> [String] {
    var open: [String] = []
    for part in page.split(separator: "<").dropFirst() {
      guard let end = part.firstIndex(of: ">") else { return ["<\(part)"] }
      let tag = part[..<end]
      let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
      if tag.hasPrefix("!") || tag.hasSuffix("/") || ["meta", "img"].contains(name) { continue }
      if !tag.hasPrefix("/") {
        open.append(name)
      } else if open.popLast() != name {
        return open + ["/" + name]
      }
    }
    return open
  }

  private static func titles(_ page: String) -> [String] {
    page.split(separator: "<h2>").dropFirst().map { String($0.prefix { $0 != "<" }) }
  }

  private static let kinds: [(script: String, titles: [String])] = [
    (
      "data iris test=20% validation=20%\nlayer dense 4 relu\ntrain epochs=3 lr=cosine(0.1) quiet",
      [
        "Results", "Training", "Classes", "Certainty", "Worst mistakes", "Model", "Data",
        "Diagnosis",
        "Script",
      ]
    ),
    (
      "data diabetes test=20%\nlayer dense 4 relu\ntrain epochs=3 quiet",
      [
        "Results", "Training", "Predictions", "Worst mistakes", "Model", "Data", "Diagnosis",
        "Script",
      ]
    ),
    (
      "data digits limit=90 test=30\nlayer dense 10\ntrain epochs=2 quiet",
      [
        "Results", "Training", "Classes", "Certainty", "Worst mistakes", "Model", "Data",
        "Diagnosis",
        "Script",
      ]
    ),
    (
      "data [[0, 0], [0, 1], [1, 0], [1, 1]] target=[[0, 1], [1, 1], [1, 0], [0, 0]]\nlayer dense 2\n"
        + "loss binary_crossentropy\ntrain epochs=2 quiet",
      ["Results", "Training", "Classes", "Worst mistakes", "Model", "Data", "Diagnosis", "Script"]
    ),
    (
      "data [[1], [2], [3]] target=[[2, 2], [4, 2], [6, 2]]\nlayer dense 2\ntrain epochs=2 quiet",
      [
        "Results", "Training", "Predictions", "Worst mistakes", "Model", "Data", "Diagnosis",
        "Script",
      ]
    ),
    (
      "data iris\nlayer dense 3\nloss hinge\ntrain epochs=1 quiet",
      ["Results", "Training", "Classes", "Worst mistakes", "Model", "Data", "Diagnosis", "Script"]
    ),
    ("input 2\nlayer dense 1 weights=[[1], [2]]", ["Model", "Script"]),
  ]

  @Test(arguments: kinds) func isWholeAndTheSame(_ script: String, _ titles: [String]) throws {
    let page = try Self.page(script)
    #expect(Self.strayTags(page).isEmpty)
    #expect(Self.titles(page) == titles)
    #expect(!page.contains("NaN") && !page.contains("nan") && !page.contains("inf\""))
    #expect(try Self.page(script, threads: 3) == page)
    // What a browser would fetch: nothing.
    let addresses = page.split(separator: "\"").filter {
      $0.hasPrefix("http") || $0.hasPrefix("//")
    }
    #expect(Set(addresses).subtracting(["http://www.w3.org/2000/svg"]).isEmpty)
    #expect(!page.contains("url(") && !page.contains("@import") && !page.contains("<script"))
  }

  @Test func picturesAreDrawn() throws {
    let page = try Self.page("data digits limit=90 test=30\nlayer dense 10\ntrain epochs=1 quiet")
    #expect(page.contains("src=\"data:image/png;base64,iVBORw0KGgo"))
  }

  @Test func whateverFilesSayDoesNothing() throws {
    let evil = "<script>alert(1)</script>"
    let rows = (0..<40).map { "\($0),\($0 % 2 == 0 ? evil : "a&b \"q\" 'p'")" }
    let table = "\(evil)x,kind\n" + rows.joined(separator: "\n") + "\n"
    let page = try Self.page(
      "# \(evil) \u{202E}turned\ndata \"t.csv\" target=kind\nlayer dense 2\ntrain epochs=1 quiet",
      files: ["t.csv": table])
    #expect(Self.strayTags(page).isEmpty)
    #expect(!page.contains(evil) && !page.contains("\u{202E}"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("a&amp;b &quot;q&quot; &#39;p&#39;"))
  }

  @Test func moreThanAPageTakesIsCut() throws {
    let rows = (0..<400).map { "\($0 % 17),c\($0 % 40)" }
    let page = try Self.page(
      "data \"t.csv\" target=kind\nlayer dense 40\ntrain epochs=1 quiet",
      files: ["t.csv": "x,kind\n" + rows.joined(separator: "\n") + "\n"])
    #expect(page.contains("What is confused most often") && !page.contains("class=\"matrix\""))
    #expect(page.utf8.count < 200_000)
  }

  @Test(arguments: [0, 1, 2, 3, 4, 30]) func base64IsThatOfTheStandard(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 251 * $0 + 77) }
    let text = HTML.base64(bytes)
    #expect(text.utf8.count == (count + 2) / 3 * 4)
    let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var bits: [Int] = []
    for sign in text where sign != "=" {
      let value = signs.firstIndex(of: sign) ?? 0
      bits += (0..<6).reversed().map { value >> $0 & 1 }
    }
    let back = (0..<count).map { place in
      UInt8(bits[8 * place..<8 * place + 8].reduce(0) { 2 * $0 + $1 })
    }
    #expect(back == bytes)
  }
}
