extension FunctionEntry {
  /// The functions of the language that are no words of the engine. A new one is a row in one of
  /// these lists.
  static var standard: [FunctionEntry] {
    mathematics + statistics + lists + tensors + texts + chance + equations
  }
}
