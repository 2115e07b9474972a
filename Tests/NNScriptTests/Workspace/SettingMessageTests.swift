import NNScript
import Testing

/// What is said of settings of losses and metrics that mean nothing for the data at hand.
@Suite struct SettingMessageTests {
  static let iris = "data iris\nlayer dense 3\n"
  private static let numbers = "data diabetes\nlayer dense 1\n"
  private static let labels = """
    data [[1, 2], [3, 4], [5, 6]] target=[[1, 0], [0, 1], [1, 1]]
    layer dense 2 sigmoid
    loss binary_crossentropy

    """
  private static let shares = """
    data [[1, 2], [3, 4], [5, 6]] target=[[0.5, 0.5], [0.2, 0.8], [1, 0]]
    layer dense 2 softmax
    loss kl

    """
  private static let two = "data breast_cancer\n"

  /// A script, its message, and the hint; `nil` where nothing is wrong.
  @Test(
    arguments: [
      (iris, "evaluate threshold=0.3", "`threshold` is for two classes, `species` has 3"),
      (
        numbers, "evaluate threshold=0.3", "`threshold` is for two classes, the targets are numbers"
      ),
      (shares, "evaluate threshold=0.3", "`threshold` is for two classes, the targets are shares"),
      (
        two + "layer dense 1\nloss hinge\n", "evaluate threshold=0.3",
        "`threshold` is for probabilities, the outputs under `hinge` are scores"
      ),
      (two + "layer dense 1 sigmoid\n", "evaluate threshold=0.3", nil),
      (two + "layer dense 2 softmax\n", "evaluate threshold=0.3 average=macro", nil),
      (labels, "evaluate threshold=0.3 average=micro", nil),
      (numbers, "evaluate positive=1", "`positive` is for classes, the targets are numbers"),
      (numbers, "evaluate average=macro", "`average` is for classes, the targets are numbers"),
      (
        labels, "evaluate positive=1",
        "`positive` names one of several classes, and here all outputs may hold"
      ),
      (iris, "evaluate positive=setosa", nil),
      (iris, "evaluate average=weighted", nil),
      (iris, "evaluate positive=setsa", "there is no class named `setsa`"),
      (iris, "evaluate positive=zebra", "there is no class named `zebra`"),
      (
        iris, "evaluate positive=setosa average=macro",
        "`average=macro` is over all classes, `positive` picks one of 3"
      ),
      ("", "loss mse smoothing=0.1", "`mse` has no probabilities to smooth"),
      ("", "loss crossentropy smoothing=0.1", nil),
      ("", "loss mse smoothing=0", nil),
      ("", "loss crossentropy class_weights=[1, -1, 1]", "a class weight is at least 0, not -1"),
      ("", "loss crossentropy class_weights=[1, 0, 1]", nil),
      (
        "", "loss crossentropy class_weights=5",
        "`class_weights` takes `balanced`, a record or a list of numbers, not a number"
      ),
      (
        "", "loss crossentropy class_weights=[1, \"a\"]",
        "`class_weights` takes `balanced`, a record or a list of numbers, not text"
      ),
      (
        iris, "loss crossentropy class_weights=[1, 2]\ntrain epochs=1 quiet",
        "there are 2 class weights for 3 classes"
      ),
      (iris, "loss crossentropy class_weights={setosa: 2}\ntrain epochs=1 quiet", nil),
      (iris, "loss crossentropy class_weights=balanced\ntrain epochs=1 quiet", nil),
      (
        iris, "loss crossentropy class_weights={setsa: 2}\ntrain epochs=1 quiet",
        "there is no class named `setsa`"
      ),
      (
        numbers, "loss mse class_weights=[1, 2]\ntrain epochs=1 quiet",
        "`class_weights` needs classes, the targets are numbers"
      ),
    ] as [(String, String, String?)])
  func aSettingThatMeansNothingIsTold(_ start: String, _ line: String, _ message: String?) {
    #expect(Self.problem(start + line)?.message == message)
  }

  @Test(arguments: [
    ("evaluate threshold=0.3", "leave `threshold` out"),
    ("evaluate positive=setsa", "did you mean `setosa`?"),
    ("evaluate positive=zebra", "classes: setosa, versicolor, virginica"),
    ("loss mse smoothing=0.25", "write `loss crossentropy smoothing=0.25`"),
    (
      "loss crossentropy class_weights={virginca: 2}\ntrain epochs=1 quiet",
      "did you mean `virginica`?"
    ),
    (
      "loss crossentropy class_weights={zebra: 2}\ntrain epochs=1 quiet",
      "classes: setosa, versicolor, virginica"
    ),
    (
      "loss crossentropy class_weights=5",
      "write `class_weights=balanced`, `class_weights={cat: 2}` or `class_weights=[1, 2]`"
    ),
  ])
  func theHintSaysWhatWould(_ line: String, _ help: String) {
    #expect(Self.problem(Self.iris + line)?.help == [help])
  }

  static func problem(_ script: String) -> Diagnostic? {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    do {
      try Session(options: options).run(script)
      return nil
    } catch {
      return (error as? ScriptError)?.diagnostics.first
    }
  }
}

/// One weight is one.
@Suite struct NumberOfWeightsTests {
  @Test func oneWeightIsToldAsOne() {
    let line = "loss crossentropy class_weights=[1]\ntrain epochs=1 quiet"
    #expect(
      SettingMessageTests.problem(SettingMessageTests.iris + line)?.message
        == "there is 1 class weight for 3 classes")
  }
}
