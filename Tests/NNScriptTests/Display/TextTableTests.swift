import Testing

@testable import NNScript

/// Tables keep their columns straight and fit, whatever is in them.
@Suite struct TextTableTests {
  private let layers = TextTable(
    header: ["layer", "kind", "parameters"],
    [["dense1", "dense", "80"], ["出力層", "dense", "1051"], ["é́e", "👩‍🚀", ""]])

  @Test func aPlainTableHasAlignedColumns() {
    #expect(
      layers.text(on: Screen()) == """
        layer   kind   parameters
        dense1  dense          80
        出力層  dense        1051
        é́e      👩‍🚀
        """)
  }

  @Test func aBoxedTableHasAFrame() {
    #expect(
      layers.text(on: Screen(isUnicode: true)) == """
        ┌────────┬───────┬────────────┐
        │ layer  │ kind  │ parameters │
        ├────────┼───────┼────────────┤
        │ dense1 │ dense │         80 │
        │ 出力層 │ dense │       1051 │
        │ é́e     │ 👩‍🚀    │            │
        └────────┴───────┴────────────┘
        """)
  }

  @Test(arguments: [true, false], Array(20...120)) func everyTableFits(
    _ isUnicode: Bool, width: Int
  ) {
    let screen = Screen(width: width, isUnicode: isUnicode)
    let names = (1...12).map { "column \($0) 列" }
    let wide = TextTable(
      header: names, (1...3).map { row in names.map { "\($0) row \(row)" } })
    let numbers = TextTable(
      header: names, (1...60).map { row in names.indices.map { String($0 * row * 1000) } },
      mostRows: 10)
    for table in [layers, wide, numbers] {
      let lines = table.text(on: screen).split(separator: "\n").map(String.init)
      #expect(lines.allSatisfy { $0.displayWidth <= width }, "\(lines)")
      let frames = lines.filter { !$0.hasPrefix("(") }.map(\.displayWidth)
      if isUnicode { #expect(Set(frames).count == 1, "\(lines)") }
    }
  }

  @Test func textsAreShortenedBeforeColumnsGo() {
    let table = TextTable(
      header: ["name", "what it is", "n"], [["a", "something with a long description", "12345"]])
    #expect(
      table.text(on: Screen(width: 30)) == """
        name  what it is             n
        a     something with ..  12345
        """)
    #expect(
      table.text(on: Screen(width: 20, isUnicode: true)) == """
        ┌──────┬───┬───────┐
        │ name │ … │     n │
        ├──────┼───┼───────┤
        │ a    │ … │ 12345 │
        └──────┴───┴───────┘
        (2 of 3 columns)
        """)
  }

  @Test func manyRowsShowTheirEnds() {
    let table = TextTable(header: ["n"], (1...100).map { [String($0)] }, mostRows: 6)
    #expect(
      table.text(on: Screen()) == """
          n
          1
          2
          3
          4
          :
         99
        100
        (6 of 100 rows)
        """)
  }

  @Test func aCellIsOneLineAndMovesNoCursor() {
    let table = TextTable([["a\nb", "c\td\u{1B}[2J\r\n"]])
    #expect(table.text(on: Screen()) == "a\\nb  c\\td\\u{1b}[2J\\n")
  }

  @Test(arguments: [
    ("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("한국", 4),
    ("ｆｕｌｌ", 8), ("ｶﾞ", 2), ("a\u{200B}b", 2), ("ﷺ", 1), ("½", 1), ("☎️", 2), ("नि", 1),
  ]) func widthsAreThoseOfATerminal(_ text: String, _ width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test func cuttingCountsColumns() {
    let screen = Screen(isUnicode: true)
    #expect("日本語です".cut(to: 6, on: screen) == "日本…")
    #expect("日本語です".cut(to: 10, on: screen) == "日本語です")
    #expect("abcdef".cut(to: 4, on: Screen()) == "ab..")
    #expect("abcdef".cut(to: 0, on: screen) == "")
  }
}
