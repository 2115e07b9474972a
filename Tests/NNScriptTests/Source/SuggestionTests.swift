@testable import NNScript
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("rleu", "relu"), ("epoch", "epochs"), ("trian", "train"), ("Relu", "relu"),
    ("crosentropy", "crossentropy"), ("tnah", "tanh"), ("sigmoid_", "sigmoid"),
  ])
  func theWordThatWasMeantIsFound(typed: String, meant: String) {
    let words = ["relu", "epochs", "train", "crossentropy", "tanh", "sigmoid", "linear", "lr"]
    #expect(Suggestion.nearest(to: typed, among: words) == meant)
  }

  @Test(arguments: ["frobnicate", "xy", "z", ""])
  func whatIsFarFromEverythingSuggestsNothing(typed: String) {
    #expect(Suggestion.nearest(to: typed, among: ["relu", "train", "lr", "epochs"]) == nil)
  }

  @Test func nearestWinsAndTheAlphabetBreaksTies() {
    #expect(Suggestion.nearest(to: "cat", among: ["rat", "bat", "hat"]) == "bat")
    #expect(Suggestion.nearest(to: "kernel", among: ["kernal", "kern"]) == "kernal")
  }

  @Test func aSwapCountsAsOneChange() {
    #expect(Suggestion.distance(Array("ab"), Array("ba")) == 1)
    #expect(Suggestion.distance(Array("kitten"), Array("sitting")) == 3)
    #expect(Suggestion.distance([], Array("abc")) == 3)
  }
}
