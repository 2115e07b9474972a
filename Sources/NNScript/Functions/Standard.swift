extension FunctionEntry {
  /// The functions of the language. A new one is a row in one of these lists.
  public static var standard: [FunctionEntry] {
    mathematics + statistics + lists + tensors + texts + chance + activations + losses + equations
  }
}
