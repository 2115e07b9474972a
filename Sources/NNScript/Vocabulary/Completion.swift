/// Something that may stand at a place of a script, for a menu.
public struct Completion: Sendable, Equatable {
  /// What it is.
  public enum Kind: String, Sendable {
    case command
    /// A reserved word.
    case form
    /// A kind of a family, a choice, a column: a word that stands for itself.
    case word
    case option, variable, function, field, model, file, topic
  }

  /// What to put in place of the word at the cursor: `epochs=`, `relu`, `sqrt(`.
  public var text: String
  /// What it is.
  public var kind: Kind
  /// One sentence, possibly empty.
  public var summary: String

  init(_ text: String, _ kind: Kind, _ summary: String = "") {
    self.text = text
    self.kind = kind
    self.summary = summary
  }
}

/// What may stand at the cursor, and what of the text it would replace.
public struct Completions: Sendable, Equatable {
  /// The bytes of the word at the cursor; empty between words.
  public var range: Range<Int>
  /// The likeliest first; all begin with that word, whatever the case.
  public var items: [Completion]
  /// What is expected here, as far as words cannot be offered: `a number above 0`.
  public var expected = ""
}

extension Session {
  /// What may stand at a byte of a text, from the vocabulary, the text before it and the names,
  /// models and data of the session. Runs nothing.
  ///
  /// - Parameter cursor: a byte of the text's UTF-8; its end unless given.
  public func complete(_ text: String, at cursor: Int? = nil) -> Completions {
    let bytes = Array(text.utf8)
    let before = String(decoding: bytes.prefix(max(0, cursor ?? bytes.count)), as: UTF8.self)
    let finder = PlaceFinder(before, vocabulary: vocabulary)
    let completer = Completer(vocabulary: vocabulary, text: finder, world: self)
    let word = finder.word.lowercased()
    var seen: Set<String> = []
    let offered =
      recordColumns(before, finder.range.lowerBound) ?? completer.items(at: finder.place)
    let items = offered.filter {
      // Before a letter is typed, dozens of functions would hide what is expected.
      (!$0.text.hasSuffix("(") || !word.isEmpty)
        && $0.text.lowercased().hasPrefix(word) && seen.insert($0.text).inserted
    }
    return Completions(
      range: finder.range, items: items,
      expected: word.isEmpty ? completer.expected(at: finder.place) : "")
  }
}

extension Session {
  /// In `predict {` the columns that the model reads.
  private func recordColumns(_ text: String, _ start: Int) -> [Completion]? {
    let line =
      String(decoding: text.utf8.prefix(start), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let trimmed = line.filter { $0 != " " }
    guard trimmed.hasPrefix("predict{"), !trimmed.contains("}"),
      trimmed.last == "{" || trimmed.last == ","
    else { return nil }
    let given = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    let names =
      workspace.model.preprocessing?.columnNames ?? workspace.data?.preprocessing.columnNames
    return names.map { $0.filter { !given.contains($0) }.map { Completion($0 + ":", .option) } }
  }
}

/// What completion asks of a session.
protocol CompletionWorld {
  /// The script's own top-level names with their values.
  var ownNames: [(name: String, value: Value)] { get }
  /// The names of its models.
  var modelNames: [String] { get }
  /// The columns of the data at hand.
  var columnNames: [String] { get }
  /// The columns of a file or set.
  func columnNames(of source: String) -> [String]
  /// The layers of the current model.
  var layerNames: [String] { get }
  /// The value of a name, `model` and `data` among them.
  func value(of name: String) -> Value?
  /// What a folder holds, where reading paths start; folders end in `/`.
  func entries(of folder: String) -> [String]
}

extension Session: CompletionWorld {
  var ownNames: [(name: String, value: Value)] {
    topLevelNames.compactMap { name in self[name].map { (name, $0) } }
  }

  var modelNames: [String] { workspace.modelNames }

  var columnNames: [String] { workspace.data?.columns.map(\.name) ?? [] }

  func columnNames(of source: String) -> [String] {
    if let set = loader.sets.first(where: { $0.name == source }) { return set.columns + set.target }
    return (try? loader.peek(readingPath(source)))?.columnNames ?? []
  }

  var layerNames: [String] {
    workspace.model.network?.nodes.map(\.name) ?? workspace.model.blueprint.names
  }

  func value(of name: String) -> Value? {
    if let value = self[name] { return value }
    guard name == "model" || name == "data" && workspace.data != nil || modelNames.contains(name)
    else { return nil }
    return try? liveValue(name)
  }

  func entries(of folder: String) -> [String] {
    let path = folder.isEmpty ? "." : folder
    return ((try? host.files.list(path)) ?? []).sorted().map { name in
      let kind = host.files.kind(of: folder + name)
      return kind == .folder ? name + "/" : name
    }
  }
}
