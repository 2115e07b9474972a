extension FunctionEntry {
  /// The functions of the language. A new one is a row in one of these files.
  public static var standard: [FunctionEntry] { [] }
}
