import NNEngine
import Testing

@Test func shapeCountsItsNumbers() {
  #expect(Shape([28, 28, 1]).count == 784)
  #expect(Shape([]).count == 1)
}

@Test func shapesBeyondCountingHaveACount() {
  let large = 1 << 40
  #expect(Shape.product([large, large]) == nil)
  #expect(Shape([large, large]).count == .max)
  // An axis of length 0 hides nothing from code that multiplies in another order.
  #expect(Shape.product([0, large, large]) == nil)
  #expect(Shape.product([0, large]) == 0)
  #expect(throws: EngineError.tooLarge(what: "this", count: .max)) {
    try Shape(checking: [large, large], for: "this")
  }
}
