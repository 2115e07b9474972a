import NNEngine

extension FunctionEntry {
  /// Functions of texts.
  static var texts: [FunctionEntry] {
    [
      .make("text", "The value as `print` writes it.", "x", example: "print text(0.5) + \"!\"") {
        call in
        .text(call[0].description)
      },
      .make("number", "The number a text stands for.", "x", example: "print number(\"0.5\") * 2") {
        call in
        switch call[0] {
        case .number: return call[0]
        case .truth(let truth): return .number(truth ? 1 : 0)
        case .tensor(let box) where box.tensor.elements.count == 1:
          return .number(Double(box.tensor.elements[0]))
        case .text(let box):
          guard let number = Texts.number(box.text) else {
            throw ValueError(
              code: .wrongType,
              message: "\(Formatting.quoted(String(box.text.prefix(100)))) is not a number",
              label: "cannot be read as a number", argument: 0)
          }
          return .number(number)
        default: throw call.wrong(0, "text")
        }
      },
      .make("upper", "The text in capital letters.", "text", example: "print upper(\"abc\")") {
        .text(try Texts.mapped(try $0.text(0)) { $0.uppercased() })
      },
      .make("lower", "The text in small letters.", "text", example: "print lower(\"ABC\")") {
        .text(try Texts.mapped(try $0.text(0)) { $0.lowercased() })
      },
      .make(
        "trim", "The text without white space at its ends.", "text", example: "print trim(\" a \")"
      ) {
        .text(Texts.trimmed(try $0.text(0)))
      },
      .make(
        "split", "The parts between separators; between white space without one.", "text",
        "separator=none", example: "print split(\"a,b\", \",\")"
      ) { call in
        let text = try call.text(0)
        guard call.has(1) else {
          let words = try Texts.words(text)
          return .list(try ListBox.making(words.count) { .text(words[$0]) })
        }
        let parts = try Texts.split(text, by: try call.text(1))
        return .list(try ListBox.making(parts.count) { .text(parts[$0]) })
      },
      .make(
        "join", "The items as one text, with a separator between them.", "list", "separator=\"\"",
        example: "print join([1, 2, 3], \", \")"
      ) { call in
        let separator = call.has(1) ? try call.text(1) : ""
        let list = try call.list(0)
        return .text(
          try Texts.joined((0..<list.count).lazy.map { list[$0].description }, by: separator))
      },
      .make(
        "replace", "The text with one part replaced by another, everywhere.", "text", "part", "by",
        example: "print replace(\"a-b\", \"-\", \"+\")"
      ) { call in
        return .text(
          try Texts.joined(
            Texts.split(try call.text(0), by: try call.text(1)), by: try call.text(2)))
      },
      .make(
        "starts_with", "Whether a text begins with a part.", "text", "part",
        example: "print starts_with(\"abc\", \"ab\")"
      ) {
        .truth(try $0.text(0).hasPrefix(try $0.text(1)))
      },
      .make(
        "ends_with", "Whether a text ends with a part.", "text", "part",
        example: "print ends_with(\"abc\", \"bc\")"
      ) {
        .truth(try $0.text(0).hasSuffix(try $0.text(1)))
      },
      .make(
        "contains", "Whether a list has an item, a text a part, a record a name.", "x", "item",
        example: "print contains([1, 2], 2)"
      ) {
        try Operators.compare(.isIn, $0[1], $0[0])
      },
      .make(
        "repeat", "A text, or a list's items, so many times.", "x", "times",
        example: "print repeat(\"-\", 20)"
      ) { call in
        let times = try call.integer(1, 0...Operators.countLimit)
        if case .list(let list) = call[0] {
          let count = Operators.product(list.count, times)
          try Operators.checkCount(count)
          try Operators.admit(items: 2 * count)
          let result = ListBox(capacity: count)
          for _ in 0..<times {
            try Allowance.proceed()
            for index in 0..<list.count { result.append(list[index]) }
          }
          return .list(result)
        }
        let text = try call.text(0)
        try Operators.checkLength(Operators.product(text.utf8.count, times))
        guard !text.isEmpty else { return .text("") }
        let each = max(1, min(times, 1 << 16 / text.utf8.count))
        let piece = String(repeating: text, count: each)
        var result = ""
        result.reserveCapacity(times * text.utf8.count)
        for _ in 0..<times / each {
          try Allowance.proceed()
          result += piece
        }
        return .text(result + String(repeating: text, count: times % each))
      },
    ]
  }
}
