import NNEngine
import Testing

@Test func shapeCountsItsNumbers() {
  #expect(Shape([28, 28, 1]).count == 784)
  #expect(Shape([]).count == 1)
}
