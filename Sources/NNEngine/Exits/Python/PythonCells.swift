/// What makes numbers of cells, as functions of Python.
struct PythonCells {
  let columns: [InputColumn]
  private let isTorch: Bool

  init(columns: [InputColumn], _ library: PythonLibrary) {
    self.columns = columns
    isTorch = library == .pytorch
  }

  var hasDates: Bool {
    columns.contains { if case .date = $0.kind { true } else { false } }
  }

  /// A statement for each column, which gives its cells a name.
  func lines(_ names: [String]) -> [String] {
    zip(columns, names).map { column, name in
      let key = PythonText.literal(column.name)
      return "\(name) = column(rows, \(key), \(code(of: column, key)))"
    }
  }

  private func code(of column: InputColumn, _ key: String) -> String {
    switch column.kind {
    case .number:
      guard let notation = column.notation else { return "number" }
      let grouping = notation.grouping.map { String(UnicodeScalar($0)) } ?? ""
      let texts = [String(UnicodeScalar(notation.point)), grouping, notation.sign]
      return "lambda cell: written(cell, "
        + texts.map(PythonText.literal).joined(separator: ", ") + ")"
    case .truth: return "truth"
    case .date: return column.order == .mdy ? "lambda cell: days(cell, \"%m/%d/%Y\")" : "days"
    case .category: return "lambda cell: category(\(key), cell)"
    }
  }

  /// The functions.
  ///
  /// - Parameter missing: texts of cells without a value.
  func text(missing: [String]) -> String {
    let array =
      isTorch
      ? "torch.tensor([[code(row[name])] for row in rows], dtype=torch.float64)"
      : "np.array([[code(row[name])] for row in rows], dtype=np.float64)"
    var text = """

      MISSING = \(PythonText.list(missing))


      def is_missing(cell):
          return cell is None or cell != cell or cell in MISSING


      def number(cell):
          return float("nan") if is_missing(cell) else float(cell)


      def column(rows, name, code):
          return \(array)

      """
    if columns.contains(where: { $0.kind == .number && $0.notation != nil }) {
      text += Self.written
    }
    if columns.contains(where: { $0.kind == .truth }) { text += Self.truth }
    if hasDates { text += Self.days }
    let categories = columns.compactMap(categories)
    return categories.isEmpty ? text : text + Self.category(categories)
  }

  private func categories(of column: InputColumn) -> String? {
    guard case .category(let names, let rest) = column.kind else { return nil }
    let none = (try? column.code(of: .missing)) ?? -1
    let other = rest.hasOther ? names.count : -1
    return "    \(PythonText.literal(column.name)): "
      + "(\(PythonText.list(names)), \(other), \(Int(none))),\n"
  }

  private static let written = """


    def written(cell, point, grouping, sign):
        \"\"\"A number as its column writes it, such as 1.234,5 or 12 %.\"\"\"
        if not isinstance(cell, str) or is_missing(cell):
            return number(cell)
        text = "".join(cell.split())
        whole, *rest = text.strip(sign or None).split(point)
        if grouping and grouping in whole:
            whole, *groups = whole.split(grouping)
            if any(len(group) != 3 for group in groups):
                raise ValueError(f"{cell!r} groups its digits in another way")
            whole += "".join(groups)
        if point != "." and "." in whole + "".join(rest):
            raise ValueError(f"{cell!r} is no number with a decimal comma")
        value = float(".".join([whole, *rest]))
        return value / 100 if text.endswith("%") else value

    """

  private static let truth = """


    def truth(cell):
        words = {"yes": 1.0, "true": 1.0, "y": 1.0, "t": 1.0}
        words |= {"no": 0.0, "false": 0.0, "n": 0.0, "f": 0.0}
        return words[str(cell).lower()] if str(cell).lower() in words else number(cell)

    """

  private static let days = """


    def days(cell, order="%d/%m/%Y"):
        \"\"\"A date as days since 1970-01-01.\"\"\"
        if is_missing(cell):
            return float("nan")
        moment = cell
        if isinstance(cell, (str, int)):
            date, _, time = str(cell).replace("T", " ").partition(" ")
            date = date.replace(".", "/").replace("-", "/")
            if date.find("/") in (1, 2):
                date = datetime.strptime(date, order).strftime("%Y/%m/%d")
            moment = datetime.fromisoformat(date.replace("/", "-") + (time and "T" + time))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp() / 86400

    """

  private static func category(_ categories: [String]) -> String {
    """


    # Of each column its categories, and the numbers of any other and of a missing one.
    CATEGORIES = {
    \(categories.joined())}


    def category(name, cell):
        names, other, missing = CATEGORIES[name]
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        if str(cell) in names:
            return names.index(str(cell))
        return missing if is_missing(cell) else other

    """
  }
}

extension CellText.Notation {
  /// What stands beside the digits of every cell.
  fileprivate var sign: String { (isPercent ? "%" : "") + (currency.map { String($0) } ?? "") }
}
