/// Pages of help that are about no word of the language.
enum HelpPages {
  /// The page of a name, if there is one.
  static func page(_ name: String) -> String? { all.first { $0.name == name }?.text }

  /// The names, as they are typed behind `help`.
  static var names: [String] { all.map(\.name) }

  static let all: [(name: String, summary: String, text: String)] = [
    ("tutorial", "A first network, step by step.", tutorial),
    ("examples", "Whole scripts for common tasks.", examples),
  ]

  private static let tutorial = """
    tutorial
      Type these lines one after the other at the prompt.

    1. Load data. 20 % of the rows are set aside for testing:

      data iris test=20%

    2. Add a hidden layer. The output layer and the loss follow from the data:

      layer dense 16 relu

    3. Train until the loss stops falling. Ctrl-C stops after the current batch:

      train

    4. Measure it on the rows that it has not seen, and look at its mistakes:

      evaluate
      show confusion

    5. Predict for new values:

      predict [5.1, 3.5, 1.4, 0.2]

    6. Save the model with its scaling and classes:

      save "iris.safetensors"

    Your own table: `data "table.csv" target=COLUMN test=20%`, then the same
    lines. `show data` shows how each column was read.
    If it does not learn: `diagnose`. Next: `help examples`, `help train`.
    """

  private static let examples = """
    examples
      Each of these is a whole script. More are in `scripts/models`.

    classes from a table:

      data iris test=20%
      layer dense 16 relu
      train
      evaluate

    a number from a table:

      data diabetes test=20%
      layer dense 32 relu
      train epochs=50
      evaluate

    cross-validation in five folds:

      data wine
      layer dense 16 relu
      train epochs=20 quiet
      evaluate folds=5

    several settings compared:

      data iris validation=20%
      sweep units=[4, 16] {
        model net { layer dense units relu }
        train epochs=20 quiet
      }

    an activation of your own:

      def wave(x) = x + sin(x)^2
      data iris test=20%
      layer dense 16 wave
      train epochs=20
      evaluate

    early stopping on a validation part:

      data iris validation=20%
      layer dense 16 relu
      train epochs=200 patience=10
    """
}
