import Foundation
import Testing

@testable import NNScript

/// The files for shells and editors say what the vocabulary says.
@Suite struct EditorFilesTests {
  /// `NNS_WRITE_GRAMMAR=1` writes them anew.
  @Test func filesAreUpToDate() throws {
    for (path, text) in EditorFiles(.standard).all {
      if ProcessInfo.processInfo.environment["NNS_WRITE_GRAMMAR"] != nil {
        try text.write(
          toFile: Repository.folder + "/" + path, atomically: true, encoding: .utf8)
      }
      #expect(try Repository.text(of: path) == text, "\(path): `scripts/grammar` writes it anew")
    }
  }

  @Test func theTextMateGrammarIsJSON() throws {
    let text = try #require(EditorFiles(.standard).all.first { $0.path.hasSuffix(".json") }?.text)
    let grammar = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let patterns = try #require(grammar["patterns"] as? [[String: Any]])
    for pattern in patterns {
      if let match = pattern["match"] as? String { _ = try NSRegularExpression(pattern: match) }
    }
    let scopes = patterns.compactMap { $0["name"] as? String }
    #expect(scopes.contains("keyword.other.nnscript"))
  }

  @Test func everyOptionOfTheProgramIsThere() throws {
    let usage = try Repository.text(of: "Sources/nns/Program.swift")
    for option in EditorFiles.options {
      #expect(usage.contains(option.name), "\(option.name)")
    }
    for verb in EditorFiles.verbs { #expect(usage.contains("nns \(verb.name)")) }
  }
}
