import NNEngine

extension FunctionEntry {
  /// Functions of lists, records and truths.
  static var lists: [FunctionEntry] {
    [
      .make(
        "len", "How many items, characters, fields or rows there are.", "x",
        example: "print len([4, 5, 6])"
      ) { call in
        switch call[0] {
        case .list(let list): return .number(Double(list.count))
        case .text(let box): return .number(Double(Texts.length(box.text)))
        case .record(let box): return .number(Double(box.fields.count))
        case .tensor(let box) where box.tensor.shape.rank > 0:
          return .number(Double(box.tensor.shape[0]))
        default: throw call.wrong(0, "a list, text, record or tensor")
        }
      },
      .make(
        "range", "Whole numbers from 0, or from a start, to just before the end.", "start",
        "end=none",
        "step=1", example: "print range(5)"
      ) { call in
        let first = call.has(1) ? try call.number(0) : 0
        let end = call.has(1) ? try call.number(1) : try call.number(0)
        let step = try call.number(2, default: 1)
        guard step != 0 else {
          throw ValueError(
            code: .outOfRange, message: "the step of a range cannot be 0", label: "this is 0",
            argument: 2)
        }
        let count = max(0, ((end - first) / step - 1e-9).rounded(.up))
        guard count < 1e15 else { try Operators.checkCount(.max); return .none }
        try Operators.checkCount(Int(count))
        try Operators.admit(items: Int(count))
        return .list(
          try ListBox(count: Int(count)) { numbers in
            try steadily(Int(count)) { numbers[$0] = first + Double($0) * step }
          })
      },
      .make(
        "append", "The list with one more item at its end.", "list", "item",
        example: "print append([1, 2], 3)"
      ) { call in
        let list = try call.list(0)
        try Operators.checkCount(list.count + 1)
        try call[1].checkNesting()
        let copy = try list.copy(extraCapacity: 1)
        try copy.makePlace(for: call[1])
        copy.append(call[1])
        return .list(copy)
      },
      .make(
        "concat", "Lists, texts or tensors one after the other.", "values...", "axis=0",
        example: "print concat([1, 2], [3])"
      ) { call in
        try concatenated(call)
      },
      .make(
        "sort",
        "The items in order: numbers by size, texts by the alphabet, records by a field "
          + "(`by=\"accuracy\"`), anything by a function of it; `none` comes last.",
        "list", "by=none", "descending=false", example: "print sort([3, 1, 2])", callsBack: true
      ) { call in
        try sorted(call)
      },
      .make("reverse", "The items from last to first.", "x", example: "print reverse([1, 2, 3])") {
        call in
        if case .text(let box) = call[0] {
          return .text(try Texts.reversed(box.text))
        }
        let list = try call.list(0)
        return .list(try ListBox.making(list.count) { list[list.count - 1 - $0] })
      },
      .make(
        "unique", "Each different item once, in the order they first come.", "list",
        example: "print unique([1, 2, 1])"
      ) { call in
        let list = try call.list(0)
        if let numbers = list.numberItems {
          var seen: Set<Double> = []
          var result: [Double] = []
          try steadily(numbers.count) {
            if seen.insert(numbers[$0]).inserted { result.append(numbers[$0]) }
          }
          return .list(result)
        }
        var result: [Value] = []
        var texts: Set<String> = []
        for index in 0..<list.count {
          try Allowance.proceed()
          let item = list[index]
          if case .text(let box) = item {
            if texts.insert(box.text).inserted { result.append(item) }
          } else if try firstPlace(of: item, result.count, { result[$0] }) == nil {
            result.append(item)
          }
        }
        return .list(result)
      },
      .make(
        "count", "How often an item stands in a list, or how many items are true.", "list",
        "item=true", example: "print count([1, 2, 1], 1)"
      ) { call in
        let item = call.values[1] ?? .truth(true)
        if case .text(let box) = call[0] {
          let part = try call.text(1)
          return .number(Double(try Texts.split(box.text, by: part).count - 1))
        }
        let list = try call.list(0)
        var equal = 0
        try steadily(list.count) {
          try Operators.checkSpelling("count", item, list[$0])
          if list[$0] == item { equal += 1 }
        }
        return .number(Double(equal))
      },
      .make(
        "index_of", "Where an item first stands in a list, or a part in a text; `none` if nowhere.",
        "x", "item", example: "print index_of([5, 6, 7], 6)"
      ) { call in
        if case .text(let box) = call[0] {
          guard let bytes = Texts.find(try call.text(1), in: box.text) else { return .none }
          let before = box.text[..<box.text.utf8.index(box.text.startIndex, offsetBy: bytes)]
          return .number(Double(Texts.length(String(before))))
        }
        let list = try call.list(0)
        return try firstPlace(of: call[1], list.count) { list[$0] }.map { .number(Double($0)) }
          ?? .none
      },
      .make(
        "keys", "The names of a record's fields.", "record", example: "print keys({a: 1, b: 2})"
      ) { call in
        guard let fields = call[0].recordFields else { throw call.wrong(0, "a record") }
        return .list(fields.map { Value.text($0.name) })
      },
      .make(
        "values", "The values of a record's fields.", "record",
        example: "print values({a: 1, b: 2})"
      ) { call in
        guard let fields = call[0].recordFields else { throw call.wrong(0, "a record") }
        return .list(fields.map(\.value))
      },
      .make(
        "zip", "Lists side by side: one list for each place.", "lists...",
        example: "print zip([1, 2], [3, 4])"
      ) { call in
        let lists = try call.list(0).items.map { item -> ListBox in
          try FunctionCall(name: "zip", values: [item], context: call.context).list(0)
        }
        guard let first = lists.first else { return .list([Value]()) }
        for list in lists { try Operators.checkLengths(first.count, list.count, "zip") }
        return .list(
          try ListBox.making(first.count) { index in Value.list(lists.map { $0[index] }) })
      },
      .make(
        "map", "What a function gives for each item.", "function", "list",
        example: "print map(sqrt, [1, 4, 9])", callsBack: true
      ) { call in
        let function = try call.function(0)
        let list = try call.list(1)
        return .list(try ListBox.making(list.count) { try call.context.call(function, [list[$0]]) })
      },
      .make(
        "filter", "The items for which a function is true.", "function", "list",
        example: "def big(x) = x > 1\nprint filter(big, [1, 2, 3])", callsBack: true
      ) { call in
        let function = try call.function(0)
        let list = try call.list(1)
        let result = ListBox()
        for index in 0..<list.count {
          try Allowance.proceed()
          let item = list[index]
          if try Operators.truth(call.context.call(function, [item])) { result.append(item) }
        }
        return .list(result)
      },
      .make("all", "Whether every item is true.", "x", example: "print all([1, 2] > 0)") { call in
        .truth(try truths(call).allSatisfy { $0 })
      },
      .make("any", "Whether some item is true.", "x", example: "print any([1, 2] > 1)") { call in
        .truth(try truths(call).contains(true))
      },
      .make(
        "close", "Whether two values are equal up to a small difference, everywhere.", "a", "b",
        "tolerance=1e-6", example: "print close(0.1 + 0.2, 0.3)"
      ) { call in
        let tolerance = try call.number(2, default: 1e-6)
        let a = try Grid(call[0], of: "close", argument: 0)
        let b = try Grid(call[1], of: "close", argument: 1)
        guard a.sizes == b.sizes || a.sizes.isEmpty || b.sizes.isEmpty else { return .truth(false) }
        var isClose = true
        try steadily(max(a.elements.count, b.elements.count)) { index in
          let x = a.elements[a.sizes.isEmpty ? 0 : index]
          let y = b.elements[b.sizes.isEmpty ? 0 : index]
          // Written so that NaN is not close to anything.
          if !((x - y).magnitude <= tolerance) { isClose = false }
        }
        return .truth(isClose)
      },
    ]
  }

  private static func firstPlace(
    of item: Value, _ count: Int, _ items: (Int) -> Value
  ) throws -> Int? {
    for index in 0..<count {
      if index & 0xFFF == 0 { try Allowance.proceed() }
      if items(index) == item { return index }
    }
    return nil
  }

  private static func truths(_ call: FunctionCall) throws -> [Bool] {
    var truths: [Bool] = []
    func collect(_ value: Value) throws {
      switch value {
      case .truth(let truth): truths.append(truth)
      case .list(let list): try steadily(list.count) { try collect(list[$0]) }
      case .tensor(let box):
        let numbers = box.tensor.elements
        try steadily(numbers.count) { truths.append(numbers[$0] != 0) }
      default:
        throw ValueError.wrongType(
          call.name, takes: "truth values", found: value, argument: 0,
          help: ["compare first: `\(call.name)(xs > 0)`"])
      }
    }
    try collect(call[0])
    return truths
  }

  private static func concatenated(_ call: FunctionCall) throws -> Value {
    let values = try call.list(0).items
    if values.contains(where: { $0.tensorValue != nil }) {
      let axis = try call.integer(1, -100...100, default: 0)
      let tensors = try values.map { try Operators.tensor($0, argument: nil) }
      do throws(EngineError) {
        return .tensor(try Tensor.concatenate(tensors, axis: axis))
      } catch {
        throw ValueError(engine: error)
      }
    }
    if !values.isEmpty, values.allSatisfy({ $0.textValue != nil }) {
      return .text(try Texts.joined(values.lazy.compactMap(\.textValue)))
    }
    let result = ListBox(capacity: values.count)
    for value in values {
      guard case .list(let list) = value else {
        throw ValueError.wrongType(
          "concat", takes: "lists", found: value, argument: nil,
          help: ["`append(list, item)` adds one item"])
      }
      try Operators.checkCount(result.count + list.count)
      try Operators.admit(items: list.count)
      try steadily(list.count) { result.append(list[$0]) }
    }
    return .list(result)
  }

  private static func sorted(_ call: FunctionCall) throws -> Value {
    let list = try call.list(0)
    let isDescending = call.values[2]?.truthValue ?? false
    guard call.has(1) else {
      // Numbers alone, of which equal ones are the same but for the sign of 0.
      if !isDescending, let numbers = list.numberItems,
        try !numbers.contains(where: { number in
          try Allowance.proceed()
          return number.isNaN
        })
      {
        return .list(try numbers.steadilySorted())
      }
      return .list(try ordered(polled(list) { (list[$0], list[$0]) }, isDescending))
    }
    if let field = call[1].textValue {
      return .list(
        try ordered(
          polled(list) { (try Indexing.field(list[$0], field), list[$0]) }, isDescending))
    }
    let function = try call.function(1)
    return .list(
      try ordered(
        polled(list) { (try call.context.call(function, [list[$0]]), list[$0]) }, isDescending))
  }

  private static func polled<Item>(
    _ list: ListBox, _ item: (Int) throws -> Item
  ) throws -> [Item] {
    try Operators.admit(items: 8 * list.count)
    return try (0..<list.count).map { index in
      try Allowance.proceed()
      return try item(index)
    }
  }

  /// Items in the order of their keys; equal ones keep their order, and those whose key is `none` come
  /// last either way.
  private static func ordered(
    _ items: [(key: Value, value: Value)], _ isDescending: Bool
  ) throws -> [Value] {
    var last: [Value] = []
    var items = items
    if try items.contains(where: { item in
      try Allowance.proceed()
      return item.key.isNone
    }) {
      last = items.filter(\.key.isNone).map(\.value)
      items = items.filter { !$0.key.isNone }
    }
    let isText = items.first?.key.textValue != nil
    for (key, _) in items {
      try Allowance.proceed()
      guard isText ? key.textValue == nil : key.numberValue == nil else { continue }
      throw ValueError(
        code: .wrongType,
        message: "`sort` cannot put \(key.kindName) in order with \(isText ? "texts" : "numbers")",
        label: "holds \(key.kindName)", argument: 0)
    }
    let indices = try items.indices.sorted { a, b in
      try Allowance.proceed()
      let (x, y) = isDescending ? (b, a) : (a, b)
      if isText {
        let (s, t) = (items[x].key.textValue ?? "", items[y].key.textValue ?? "")
        return s == t ? a < b : s < t
      }
      let (s, t) = (items[x].key.numberValue ?? 0, items[y].key.numberValue ?? 0)
      return s == t ? a < b : s < t
    }
    return try made(indices.count) { items[indices[$0]].value } + last
  }
}
