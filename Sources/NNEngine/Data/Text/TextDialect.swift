/// How a text table is written: what stands between its fields and around them.
struct TextDialect: Sendable, Hashable {
  /// What stands between fields, one byte or several; a blank stands for any number of blanks and
  /// tabs.
  var separator: [UInt8] = [UInt8(ascii: ",")]
  /// What stands around fields that hold a separator or a line end; `nil` for nothing.
  var quote: UInt8? = UInt8(ascii: "\"")
  /// What stands before a sign that is meant as it is; `nil` where only quotes are, written twice.
  var escape: UInt8?
  /// What begins a line that is no row; empty for nothing.
  var comment: [UInt8] = []

  var separatesByBlanks: Bool { separator == [0x20] }
}
