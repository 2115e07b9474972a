import NNEngine

/// The vocabulary as tables in Markdown, generated into `Grammar.md` between markers:
///
///     <!-- begin commands -->
///     …
///     <!-- end commands -->
public struct GrammarTables {
  private let vocabulary: Vocabulary

  /// The tables of a vocabulary.
  public init(_ vocabulary: Vocabulary = .standard) { self.vocabulary = vocabulary }

  /// The names of the tables with their text, in the order of `Grammar.md`.
  public var all: [(name: String, text: String)] {
    let catalog = vocabulary.catalog
    return [
      ("reserved", reserved), ("operators", operators), ("commands", commands),
      ("parameters", parameters),
    ]
      + vocabulary.commands.filter { $0.members != nil }.map { ($0.name, members($0)) }
      + [
        ("activations", words(catalog.activations)),
        ("initializers", words(catalog.initializers)),
        ("metrics", words(catalog.metrics)), ("schedules", words(catalog.schedules)),
        ("sets", sets),
        ("formats", formats),
        ("functions", functions), ("constants", constants), ("live", live), ("codes", codes),
      ]
  }

  /// A document with every table in it brought up to date; what stands outside of the markers
  /// stays as it is.
  ///
  /// - Throws: `Mismatch` where a table has no markers, or markers have no table.
  public func refreshed(_ document: String) throws(Mismatch) -> String {
    var result: [Substring] = []
    var open: String?
    var seen: Set<String> = []
    for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
      if let name = open {
        guard line == "<!-- end \(name) -->" else { continue }
        open = nil
      } else if line.hasPrefix("<!-- begin "), line.hasSuffix(" -->") {
        let name = String(line.dropFirst("<!-- begin ".count).dropLast(" -->".count))
        guard let table = all.first(where: { $0.name == name }) else {
          throw Mismatch(description: "there is no table named `\(name)`")
        }
        guard seen.insert(name).inserted else {
          throw Mismatch(description: "the table `\(name)` stands there twice")
        }
        open = name
        result += [line, "", Substring(table.text), ""]
        continue
      }
      result.append(line)
    }
    if let open { throw Mismatch(description: "the table `\(open)` has no end marker") }
    if let missing = all.first(where: { !seen.contains($0.name) }) {
      throw Mismatch(description: "the table `\(missing.name)` has no markers")
    }
    return result.joined(separator: "\n")
  }

  /// Why a document cannot take the tables.
  public struct Mismatch: Error, CustomStringConvertible {
    /// What is wrong with its markers.
    public var description: String
  }

  // MARK: The language

  private var reserved: String {
    table(
      ["word", "written as", "what it does"],
      SyntaxForm.all.map { form in
        let ways = form.usage.split(separator: "\n").map { "`\($0)`" }.joined(separator: " · ")
        return ["`\(form.word)`", ways, form.summary]
      })
  }

  private var operators: String {
    let arithmetic = BinaryOperator.allCases.map { "`\($0.rawValue)`" }
    let comparison = ComparisonOperator.allCases.map { "`\($0.rawValue)`" }
    return table(
      ["group", "operators"],
      [
        ["arithmetic", arithmetic.joined(separator: " ")],
        ["comparison", comparison.joined(separator: " ")],
        ["truth", "`and` `or` `not`"],
        [
          "change",
          "`=` " + BinaryOperator.allCases.map { "`\($0.rawValue)=`" }.joined(separator: " "),
        ],
        ["range", "`..` `..<` `by`"],
      ])
  }

  // MARK: Commands

  private var commands: String {
    table(
      ["command", "what it does", "example"],
      vocabulary.commands.map { [Self.code($0.name), $0.summary, Self.code($0.example)] })
  }

  /// One table a command that has parameters of its own, with the fields of its value.
  private var parameters: String {
    vocabulary.commands.compactMap { command in
      guard !command.parameters.isEmpty || !command.fields.isEmpty else { return nil }
      let title = command.members == nil ? command.name : "\(command.name), options of every kind"
      var parts = ["**\(title)**"]
      if !command.parameters.isEmpty { parts.append(table(command.parameters)) }
      if !command.fields.isEmpty {
        let fields = command.fields.map { "`.\($0.name)` \($0.summary)" }
        parts.append("Its value has " + fields.joined(separator: "; ") + ".")
      }
      return parts.joined(separator: "\n\n")
    }.joined(separator: "\n\n")
  }

  private func members(_ command: CommandEntry) -> String {
    let members = command.members ?? []
    let overview = table(
      ["\(command.name)", "what it is", "example"],
      members.map { [Self.code($0.name), $0.summary, Self.code($0.example)] })
    let details = members.filter { $0.ownCount > 0 }.map { member in
      "**\(command.name) \(member.name)**\n\n"
        + table(Array(member.parameters[..<member.ownCount]))
    }
    return ([overview] + details).joined(separator: "\n\n")
  }

  private func table(_ parameters: [ParameterInfo]) -> String {
    table(
      ["parameter", "takes", "left out", "what it is for"],
      parameters.map { parameter in
        let name = parameter.isPositional ? parameter.name : "\(parameter.name)="
        let kind = parameter.kind.description
        return [
          Self.code(name), kind, parameter.defaultText ?? "must be given", parameter.summary,
        ]
      })
  }

  // MARK: Words

  /// Words, and the settings of those that have some.
  private func words<Product>(_ specs: [Spec<Product>]) -> String {
    let overview = table(
      ["word", "what it is", "example"],
      specs.map { [Self.code($0.name), $0.summary, Self.code($0.example)] })
    let details = specs.filter { !$0.parameters.isEmpty }.map {
      "**\($0.name)**\n\n" + table($0.parameters)
    }
    return ([overview] + details).joined(separator: "\n\n")
  }

  private var sets: String {
    table(
      ["set", "what it is", "rows", "one row", "target"],
      vocabulary.catalog.sets.map { set in
        let target =
          set.classNames.isEmpty
          ? set.target.joined(separator: ", ") : "\(set.classNames.count) classes"
        return [
          Self.code(set.name), set.summary, String(set.rowCount),
          set.inputShape?.description ?? "a table",
          target,
        ]
      })
  }

  private var formats: String {
    table(
      ["format", "files end in", "what it is", "example"],
      vocabulary.catalog.formats.map { format in
        [
          format.name, format.extensions.map { Self.code(".\($0)") }.joined(separator: " "),
          format.summary, Self.code(format.example),
        ]
      })
  }

  private var functions: String {
    table(
      ["function", "what it gives", "example"],
      vocabulary.functions.map { [Self.code($0.usage), $0.summary, Self.code($0.example)] })
  }

  private var constants: String {
    table(
      ["name", "what it is", "example"],
      vocabulary.constants.map { [Self.code($0.name), $0.summary, Self.code($0.example)] })
  }

  private var live: String {
    table(
      ["name", "what it is"], vocabulary.liveNames.map { [Self.code($0.name), $0.summary] })
  }

  private var codes: String {
    table(
      ["code", "what it means"],
      DiagnosticCode.allCases.map { code in
        let text = code.explanation
        let lines = text.split(separator: "\n").prefix { $0 != "wrong:" }
        return [Self.code(code.rawValue), lines.joined(separator: " ")]
      })
  }

  // MARK: Markdown

  /// Something to type; lines become one, joined as the language itself joins statements.
  private static func code(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { line in
      String(line.drop { $0 == " " })
    }
    var joined = ""
    for line in lines {
      if !joined.isEmpty { joined += joined.hasSuffix("{") || line == "}" ? " " : "; " }
      joined += line
    }
    return joined.contains("`") ? "`` \(joined) ``" : "`\(joined)`"
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(Self.escaped).joined(separator: " | ") + " |"
    }
    let rule = "|" + header.map { _ in " --- |" }.joined()
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// A bar would end the cell, in code too.
  private static func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
