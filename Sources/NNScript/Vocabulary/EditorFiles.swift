/// Files for shells and editors, written from the entries of the vocabulary: completions, a manual
/// page, and the words that editors highlight.
struct EditorFiles {
  let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Every file with its path from the package's folder.
  var all: [(path: String, text: String)] {
    [
      ("editors/nns.bash", bash), ("editors/_nns", zsh), ("editors/nns.fish", fish),
      ("editors/nns.1", manual), ("editors/nnscript.vim", vim),
      ("editors/nnscript.tmLanguage.json", textMate),
    ]
  }

  // MARK: The program's own words

  /// The verbs of `nns`.
  static let verbs: [(name: String, summary: String)] = [
    ("run", "run a script, with NAME=VALUE for its parameters"),
    ("check", "check scripts without running them"),
    ("help", "about a word of the language, or a search"),
    ("explain", "about an error code"),
  ]

  /// The options of `nns`; a value's name where one follows.
  static let options: [(name: String, value: String?, summary: String)] = [
    ("-e", "TEXT", "run a line of script; may be repeated"),
    ("-i", "FILE", "run a script, then start the prompt"),
    ("--quiet", nil, "results and errors only"),
    ("--json", nil, "write each event and diagnostic as a JSON line"),
    ("--threads", "N", "limit the number of threads; results do not change"),
    ("--error-format", "FORMAT", "diagnostics as text, short or json"),
    ("--color", "WHEN", "auto, always or never"),
    ("--progress", "HOW", "auto, bar, text or none"),
    ("--ascii", nil, "draw tables, curves and pictures in plain characters"),
    ("--init", "FILE", "run this script before the prompt"),
    ("--no-init", nil, "start the prompt without init.nn"),
    ("--version", nil, "print the version"),
    ("--help", nil, "print the options"),
  ]

  private var topics: String {
    // Signs of these files' own syntax never stand in a topic.
    Set(
      Help(vocabulary).topics.filter {
        $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
      }
    )
    .sorted().joined(separator: " ")
  }

  private var codes: String {
    DiagnosticCode.allCases.map(\.rawValue).sorted().joined(separator: " ")
  }

  private static var optionWords: String {
    options.map { $0.value != nil && $0.name.hasPrefix("--") ? $0.name + "=" : $0.name }
      .joined(separator: " ")
  }

  // MARK: Shells

  private var bash: String {
    """
    # Completion of nns for bash: source this file, or put it into
    # ~/.local/share/bash-completion/completions/nns
    _nns_parameters() {
      nns run "$1" --help 2>/dev/null | sed -n 's/^  \\([A-Za-z_][A-Za-z_0-9]*\\)=.*/\\1=/p'
    }
    _nns() {
      local word=${COMP_WORDS[COMP_CWORD]} script= index
      COMPREPLY=()
      case ${COMP_WORDS[1]} in
        help) COMPREPLY=($(compgen -W "\(topics)" -- "$word")); return ;;
        explain) COMPREPLY=($(compgen -W "\(codes)" -- "$word")); return ;;
      esac
      for ((index = 1; index < COMP_CWORD; index++)); do
        case ${COMP_WORDS[index]} in *.nn) script=${COMP_WORDS[index]} ;; esac
      done
      case $word in
        -*) COMPREPLY=($(compgen -W "\(Self.optionWords)" -- "$word"))
            [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace ;;
        *) if [[ -n $script && ${COMP_WORDS[1]} != check ]]; then
             COMPREPLY=($(compgen -W "$(_nns_parameters "$script")" -- "$word"))
             compopt -o nospace
           else
             COMPREPLY=($(compgen -f -X '!*.nn' -- "$word") $(compgen -d -- "$word"))
             compopt -o filenames
             if [[ $COMP_CWORD -eq 1 ]]; then
               COMPREPLY+=($(compgen -W "\(Self.verbs.map(\.name).joined(separator: " "))" -- "$word"))
             fi
           fi ;;
      esac
    }
    complete -F _nns nns

    """
  }

  private var zsh: String {
    let verbs = Self.verbs.map { "    '\($0.name):\($0.summary)'" }.joined(separator: "\n")
    let options = Self.options.map { option in
      let name =
        option.value != nil && option.name.hasPrefix("--") ? option.name + "=" : option.name
      let value = option.value.map { ":\($0):" + ($0 == "FILE" ? "_files -g '*.nn'" : "") } ?? ""
      return "    '\(name)[\(option.summary)]\(value.replacing("'", with: "'\\''"))'"
    }.joined(separator: "\n")
    return """
      #compdef nns
      # Completion of nns for zsh: put this file into a folder of $fpath.
      _nns_parameters() {
        nns run "$1" --help 2>/dev/null | sed -n 's/^  \\([A-Za-z_][A-Za-z_0-9]*\\)=.*/\\1=/p'
      }
      _nns() {
        local -a verbs options
        verbs=(
      \(verbs)
        )
        options=(
      \(options)
        )
        case $words[2] in
          help) compadd -- \(topics); return ;;
          explain) compadd -- \(codes); return ;;
        esac
        if [[ $PREFIX == -* ]]; then
          _arguments -S $options
          return
        fi
        local script=${${(M)words[2,CURRENT-1]:#*.nn}[1]}
        if [[ -n $script && $words[2] != check ]]; then
          compadd -S '' -- $(_nns_parameters $script)
          return
        fi
        [[ $CURRENT -eq 2 ]] && _describe 'verb' verbs
        _files -g '*.nn'
      }
      _nns "$@"

      """
  }

  private var fish: String {
    var lines = [
      "# Completion of nns for fish: put this file into ~/.config/fish/completions",
      "function __nns_parameters",
      "  for word in (commandline -opc)",
      "    if string match -q '*.nn' -- $word",
      "      nns run $word --help 2>/dev/null | string replace -rf '^  ([A-Za-z_][A-Za-z_0-9]*)=.*' '$1='",
      "    end",
      "  end",
      "end",
      "complete -c nns -f",
      "complete -c nns -n 'not __fish_seen_subcommand_from help explain' -k -a '(__fish_complete_suffix .nn)'",
      "complete -c nns -n 'not __fish_seen_subcommand_from check help explain' -a '(__nns_parameters)'",
    ]
    for verb in Self.verbs {
      lines.append("complete -c nns -n __fish_use_subcommand -a \(verb.name) -d '\(verb.summary)'")
    }
    lines.append("complete -c nns -n '__fish_seen_subcommand_from help' -a '\(topics)'")
    lines.append("complete -c nns -n '__fish_seen_subcommand_from explain' -a '\(codes)'")
    for option in Self.options {
      let isLong = option.name.hasPrefix("--")
      let name = isLong ? "-l \(option.name.dropFirst(2))" : "-s \(option.name.dropFirst())"
      let value = option.value.map { $0 == "FILE" ? " -r -F" : " -x" } ?? ""
      lines.append("complete -c nns \(name)\(value) -d '\(option.summary)'")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: The manual

  private var manual: String {
    func plain(_ text: String) -> String {
      text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("`", with: "")
    }
    var lines = [
      ".TH NNS 1", ".SH NAME", "nns \\- train neural networks with scripts of a few lines",
      ".SH SYNOPSIS", ".B nns", ".br", ".B nns run", "FILE [NAME=VALUE ...]", ".br", ".B nns \\-e",
      "TEXT", ".br", ".B nns check", "FILE ...", ".br", ".B nns help", "[WORD ...]", ".br",
      ".B nns explain", "CODE", ".SH DESCRIPTION",
      "nns runs scripts in a small language for neural networks. Without arguments it starts a prompt.",
      "Results go to standard output, progress and diagnostics to standard error.",
      ".SH OPTIONS",
    ]
    for option in Self.options {
      let value = option.value.map { (option.name.hasPrefix("--") ? "=" : " ") + $0 } ?? ""
      lines += [".TP", ".B \(plain(option.name + value))", plain(option.summary)]
    }
    lines.append(".SH COMMANDS OF THE LANGUAGE")
    for command in vocabulary.commands {
      lines += [".TP", ".B \(plain(command.name))", plain(command.summary)]
    }
    lines += [
      ".SH ENVIRONMENT", ".TP", ".B NNS_DATA", "A folder with data sets.", ".TP", ".B NNS_HISTORY",
      "The file for the prompt's history; empty for none.", ".TP", ".B NNS_PAGER, PAGER",
      "The program for output that is longer than the screen.", ".TP", ".B NO_COLOR",
      "Turns colours off.", ".SH EXIT STATUS",
      "0 on success, 1 if the script failed, 2 for incorrect usage, 130 after Ctrl\\-C.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Editors

  private var words: [(group: String, scope: String, words: [String])] {
    let members = vocabulary.commands.flatMap { ($0.members ?? []).map(\.name) }
    let kinds = Set(
      members + vocabulary.catalog.activations.map(\.name)
        + vocabulary.catalog.initializers.map(\.name) + vocabulary.catalog.metrics.map(\.name))
    let functions = Set(vocabulary.functions.map(\.name)).subtracting(kinds)
    let commands = vocabulary.commands.map(\.name)
    return [
      ("nnsReserved", "keyword.control", SyntaxForm.all.map(\.word)),
      ("nnsCommand", "keyword.other", commands),
      ("nnsKind", "support.type", kinds.subtracting(commands).sorted()),
      ("nnsFunction", "support.function", functions.subtracting(commands).sorted()),
    ]
  }

  private var vim: String {
    let groups = words.map { "syn keyword \($0.group) \($0.words.joined(separator: " "))" }
    return """
      " Vim syntax file for nnscript (*.nn). Put it into ~/.vim/syntax, and into ~/.vim/filetype.vim:
      "   au BufRead,BufNewFile *.nn setfiletype nnscript
      if exists("b:current_syntax")
        finish
      endif
      \(groups.joined(separator: "\n"))
      syn match nnsNumber "\\<\\d[0-9_]*\\(\\.\\d\\+\\)\\?\\([eE][+-]\\?\\d\\+\\)\\?%\\?"
      syn match nnsOption "\\<\\h\\w*\\ze=[^=]"
      syn region nnsText start=+"+ skip=+\\\\"+ end=+"+ oneline
      syn region nnsText start=+'+ end=+'+ oneline
      syn match nnsComment "#.*$"
      hi def link nnsReserved Statement
      hi def link nnsCommand Keyword
      hi def link nnsKind Type
      hi def link nnsFunction Function
      hi def link nnsNumber Number
      hi def link nnsOption Identifier
      hi def link nnsText String
      hi def link nnsComment Comment
      setlocal commentstring=#\\ %s
      let b:current_syntax = "nnscript"

      """
  }

  private var textMate: String {
    let groups = words.map {
      """
          { "name": "\($0.scope).nnscript", "match": "\\\\b(\($0.words.joined(separator: "|")))\\\\b" }
      """
    }
    return """
      {
        "name": "nnscript",
        "scopeName": "source.nnscript",
        "fileTypes": ["nn"],
        "patterns": [
          { "name": "comment.line.nnscript", "match": "#.*$" },
          { "name": "string.quoted.double.nnscript", "begin": "\\"", "end": "\\"|$",
            "patterns": [{ "name": "constant.character.escape.nnscript", "match": "\\\\\\\\." }] },
          { "name": "string.quoted.single.nnscript", "begin": "'", "end": "'|$" },
          { "name": "constant.numeric.nnscript",
            "match": "\\\\b[0-9][0-9_]*(\\\\.[0-9]+)?([eE][+-]?[0-9]+)?%?" },
          { "name": "variable.parameter.nnscript", "match": "\\\\b[A-Za-z_][A-Za-z_0-9]*(?==[^=])" },
      \(groups.joined(separator: ",\n"))
        ]
      }

      """
  }
}
