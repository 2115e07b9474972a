// What `nns explain CODE` tells: the meaning, an example that causes it after `wrong:`, and the same
// put right after `right:`. Lines of examples follow indented by four.

extension DiagnosticCode {
  /// What the code means, with an example that causes it and one that is right.
  public var explanation: String {
    switch self {
    case .invalidCharacter, .invalidNumber, .invalidText, .unclosedText, .unclosedBracket,
      .unclosedBlock, .unexpectedToken, .foreignSyntax, .ambiguousSpacing, .misplacedStatement,
      .tooDeep:
      formExplanation
    case .unknownCommand, .unknownName, .unknownOption, .unknownField, .unknownParameter,
      .unknownTopic, .nameTaken, .notAssignable, .duplicateOption:
      nameExplanation
    case .missingValue, .extraValue, .wrongType, .outOfRange, .wrongCount, .lengthMismatch,
      .notOneTruth, .domainFault, .indexOutOfRange, .notCallable, .noResult:
      valueExplanation
    case .assertion, .recursionTooDeep, .limitReached, .interrupted, .fileNotFound,
      .unreadableFile, .unwritableFile, .badData, .badModelFile, .otherTraining, .noData:
      runExplanation
    case .noModel, .shapeMismatch, .misfit, .undecidedTarget, .notAnEquation, .lossNotFinite,
      .notTrained, .unsupported:
      networkExplanation
    case .unusedVariable, .unusedValue, .shadowedValue, .unlikelyLoss, .rangeEnd, .untrained,
      .lateSeed, .repeatedRows:
      warningExplanation
    }
  }

  /// Put together in one way, so that all read alike.
  private func explain(_ meaning: String, wrong: String, right: String, _ remark: String = "")
    -> String
  {
    func indented(_ lines: String) -> String {
      lines.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    }
    let parts = [
      meaning, "wrong:\n\(indented(wrong))", "right:\n\(indented(right))", remark,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var formExplanation: String {
    switch self {
    case .invalidCharacter:
      explain(
        "A character stands where it means nothing: no name, number, text or operator holds it.",
        wrong: "let price = $5", right: "let price = 5",
        "Inside of quotes every character may stand.")
    case .invalidNumber:
      explain(
        "Something begins like a number and is none: letters follow the digits, the point has no\n"
          + "digit behind it, or the number is too large.",
        wrong: "let area = 3x", right: "let area = 3 * x",
        "Numbers look like `64`, `0.01`, `.5`, `1e-3`, `60_000` and `20%`; `3x4` is a size.")
    case .invalidText:
      explain(
        "A text holds an escape, a brace or a format that stands for nothing. In `\"…\"` a `{` begins\n"
          + "a value, and `\\` begins one of `\\n`, `\\t`, `\\\"`, `\\\\`.",
        wrong: "print \"C:\\data\"", right: "print 'C:\\data'",
        "Braces are written `{{` and `}}`; in `'…'` everything stands as it is.")
    case .unclosedText:
      explain(
        "The quote that ends a text is missing. A text ends on the line it begins on.",
        wrong: "print \"done", right: "print \"done\"", "A line's end in a text is written `\\n`.")
    case .unclosedBracket:
      explain(
        "A `(`, `[` or the `{` of a record is never closed, so that the next lines would belong to it.",
        wrong: "print (1 + 2", right: "print (1 + 2)")
    case .unclosedBlock:
      explain(
        "The `}` of a block is missing. Where it belongs is guessed from the indentation.",
        wrong: "model digits {\n  layer dense 8\nprint 1",
        right: "model digits {\n  layer dense 8\n}\nprint 1")
    case .unexpectedToken:
      explain(
        "Something stands where the statement could not go on with it, or something is missing. A\n"
          + "statement ends with its line, at `;`, or at the `}` around it.",
        wrong: "let x = 1 +", right: "let x = 1 + 2",
        "A line that ends in ` \\` goes on in the next; in brackets lines break freely.")
    case .foreignSyntax:
      explain(
        "Another language writes it like this. The message shows the line as it is written here.",
        wrong: "print 3 ** 2", right: "print 3^2",
        "Among them: `**` is `^`, `&&` is `and`, `elif` is `else if`, `//` is `#`, and\n"
          + "`x if c else y` is `if c then x else y`.")
    case .ambiguousSpacing:
      explain(
        "White space decides what belongs together, and here it says two things. The values of a\n"
          + "command stand side by side, so an operator needs white space on both sides or on neither.",
        wrong: "print x *y", right: "print x * y",
        "`(` and `[` belong to what stands directly before them: `f(1)`, `xs[0]`.")
    case .misplacedStatement:
      explain(
        "A statement or block stands where nothing can take it: `else` without its `if`, a `{` on a\n"
          + "line of its own, `return` outside of a function.",
        wrong: "if ready\n{ print 1 }", right: "if ready { print 1 }")
    default:
      explain(
        "Brackets, blocks or operators are nested deeper than any reader could follow, or very many\n"
          + "operators stand in a row.",
        wrong: "let x = ((((1 + 2) * 3) - 4) / 5)  # and so on, two hundred deep",
        right: "let part = (1 + 2) * 3\nlet x = (part - 4) / 5")
    }
  }

  private var nameExplanation: String {
    switch self {
    case .unknownCommand:
      explain(
        "A line begins with a word that is neither a command nor a function of the script.",
        wrong: "trian epochs=10", right: "train epochs=10", "`help` lists the commands.")
    case .unknownName:
      explain(
        "A name is used that nothing defines at this point: no `let`, `def`, `param` or loop, and no\n"
          + "word of the vocabulary that could stand here.",
        wrong: "layer dense 64 rleu", right: "layer dense 64 relu",
        "A name exists from its `let` to the end of the block around it.")
    case .unknownOption:
      explain(
        "A command or function has no option of this name.",
        wrong: "train epoch=10", right: "train epochs=10", "`help train` lists the options.")
    case .unknownField:
      explain(
        "A value has no field of this name; the message lists those it has.",
        wrong: "let e = evaluate\nprint e.acuracy", right: "let e = evaluate\nprint e.accuracy")
    case .unknownParameter:
      explain(
        "A value was given for a parameter that the script does not declare with `param`.",
        wrong: "# nns run mnist.nn epoch=3\nparam epochs = 10",
        right: "# nns run mnist.nn epochs=3\nparam epochs = 10",
        "`nns run mnist.nn --help` lists the parameters of a script.")
    case .unknownTopic:
      explain(
        "There is no help about this word.", wrong: "help lyer", right: "help layer",
        "`help` alone lists what there is.")
    case .nameTaken:
      explain(
        "A definition would hide a command, or a name exists already where it must be the only one.",
        wrong: "def train(x) = x", right: "def train_twice(x) = x")
    case .notAssignable:
      explain(
        "What stands before `=` cannot take a value. Names, elements and some fields can.",
        wrong: "1 = x", right: "x = 1", "`==` compares.")
    default:
      explain(
        "The same option stands twice in a command or call.", wrong: "train epochs=5 epochs=10",
        right: "train epochs=10")
    }
  }

  private var valueExplanation: String {
    switch self {
    case .missingValue:
      explain(
        "A value that has no default was left out.", wrong: "layer dense", right: "layer dense 64")
    case .extraValue:
      explain(
        "There is a value more than the command or function takes.",
        wrong: "layer dropout 0.5 0.2", right: "layer dropout 0.5")
    case .wrongType:
      explain(
        "A value is of another kind than its place takes.", wrong: "train epochs=\"ten\"",
        right: "train epochs=10")
    case .outOfRange:
      explain(
        "A value is of the right kind but too small or too large; the message names the limits.",
        wrong: "layer dropout 1.5", right: "layer dropout 0.5")
    case .wrongCount:
      explain(
        "A function got more or fewer values than it takes.", wrong: "print sqrt(1, 2)",
        right: "print sqrt(2)")
    case .lengthMismatch:
      explain(
        "Lists that are combined element by element differ in length.",
        wrong: "print [1, 2] + [1, 2, 3]", right: "print [1, 2, 0] + [1, 2, 3]",
        "`append` and `concat` make lists longer.")
    case .notOneTruth:
      explain(
        "A list or tensor of truths stands where one truth is needed.",
        wrong: "if [1, 2] > 1 { print 1 }", right: "if all([1, 2] > 1) { print 1 }",
        "`all` is true if every element is, `any` if one is.")
    case .domainFault:
      explain(
        "An operation has no result for these values: `1/0`, `log(0)`, `sqrt(-1)`.",
        wrong: "print log(0)", right: "print log(1e-7)")
    case .indexOutOfRange:
      explain(
        "There is no element at this index. Indices count from 0; -1 is the last.",
        wrong: "let xs = [1, 2]\nprint xs[2]", right: "let xs = [1, 2]\nprint xs[-1]")
    case .notCallable:
      explain(
        "What stands before `(` is no function.", wrong: "let x = 2\nprint x(3)",
        right: "let x = 2\nprint x * (3)")
    default:
      explain(
        "A value is taken from a command or function that gives none.", wrong: "let x = print 1",
        right: "let x = evaluate")
    }
  }

  private var runExplanation: String {
    switch self {
    case .assertion:
      explain(
        "A condition that `assert` states is false. The values of both sides stand under it.",
        wrong: "assert 1 > 2 \"too weak\"", right: "assert 2 > 1 \"too weak\"")
    case .recursionTooDeep:
      explain(
        "Functions call each other without end, or too deeply.",
        wrong: "def f(x) = f(x - 1)\nprint f(3)",
        right: "def f(x) = if x <= 0 then 0 else f(x - 1)\nprint f(3)")
    case .limitReached:
      explain(
        "The run would need more time or memory than it was given.",
        wrong: "let xs = zeros(1000000, 1000000)", right: "let xs = zeros(1000, 1000)")
    case .interrupted:
      explain(
        "The run was stopped from outside, mostly with Ctrl-C. Nothing is left half-written.",
        wrong: "while true { let x = 1 }", right: "while false { let x = 1 }")
    case .fileNotFound:
      explain(
        "There is no such file. Paths to read start in the script's folder, then in the working\n"
          + "directory; near names in that folder are suggested.",
        wrong: "data \"iris.cvs\"", right: "data \"iris.csv\"")
    case .unreadableFile:
      explain(
        "The file exists and cannot be read: its rights forbid it, it is a folder, or the disk fails.",
        wrong: "include \"/root\"", right: "include \"blocks.nn\"")
    case .unwritableFile:
      explain(
        "The file cannot be written: its folder does not exist, or rights forbid it.",
        wrong: "save [{a: 1}] \"no/such/folder/runs.csv\"", right: "save [{a: 1}] \"runs.csv\"")
    case .badData:
      explain(
        "A data file is not what it should be: a row has too many fields, a number is none, the\n"
          + "file is cut off.",
        wrong: "data \"broken.csv\"", right: "data \"iris.csv\"",
        "The message names the row, counted from 1 behind the header.")
    case .badModelFile:
      explain(
        "The file holds no model of this program, or is damaged.",
        wrong: "load \"blocks.nn\"",
        right: "load \"iris.safetensors\"")
    case .otherTraining:
      explain(
        "A checkpoint belongs to another training than the line that would go on with it, or\n"
          + "overwrite it.",
        wrong: "data iris\nlayer dense 8 relu\ntrain epochs=5 checkpoint=\"run.ckpt\"\nreset\n"
          + "train epochs=9 batch=16 resume=\"run.ckpt\"",
        right: "data iris\nlayer dense 8 relu\ntrain epochs=9 resume=\"run.ckpt\"",
        "Model, rows, seed and all options but the number of epochs must be those of its beginning."
      )
    default:
      explain(
        "A command needs data, and none has been loaded at this point.",
        wrong: "layer dense 8 relu\ntrain epochs=10\ndata \"iris.csv\"",
        right: "data \"iris.csv\"\nlayer dense 8 relu\ntrain epochs=10")
    }
  }

  private var networkExplanation: String {
    switch self {
    case .noModel:
      explain(
        "A command needs a model, and no `layer` or `load` has made one.",
        wrong: "save \"net.safetensors\"",
        right: "data iris\nlayer dense 3\nsave \"net.safetensors\"")
    case .shapeMismatch:
      explain(
        "Two things that belong together differ in size: a layer and its input, the network's output\n"
          + "and the classes. The message shows which line made which shape, without the batch.",
        wrong: "data digits\nlayer dense 8 softmax\ntrain",
        right: "data digits\nlayer dense 10 softmax\ntrain")
    case .misfit:
      explain(
        "The last layer, the loss and the targets do not belong together: the layer gives numbers that\n"
          + "the loss cannot use, or a target lies where the layer's outputs never come.",
        wrong: "data diabetes\nlayer dense 1 sigmoid\ntrain",
        right: "data diabetes\nlayer dense 1\ntrain",
        "For classes softmax, sigmoid and no activation are outputs; behind any other activation the\n"
          + "output layer is added. For numbers a layer with as many units as targets is the output."
      )
    case .undecidedTarget:
      explain(
        "The target holds whole numbers. They can be classes (kinds, grades) or quantities (ages,\n"
          + "prices), and neither the loss nor the last layer says which.",
        wrong: "data [[1], [2], [3]] target=[1, 2, 3]\nlayer dense 8 relu\ntrain",
        right: "data [[1], [2], [3]] target=[1, 2, 3]\nlayer dense 8 relu\nloss mse\ntrain",
        "`loss crossentropy` means classes. `data … category=NAME` and `number=NAME` decide as well."
      )
    case .notAnEquation:
      explain(
        "A function is used as an equation (an activation, a loss, an optimiser, under `derivative`)\n"
          + "and holds something that is no formula: a loop, a command, chance, a name that is no number.",
        wrong: "def noisy(x) = x + random()\nlayer dense 8 noisy",
        right: "def bent(x) = x + 0.1 * sin(x)\nlayer dense 8 bent",
        "An equation holds `let`, `return`, conditional expressions, mathematical functions and\n"
          + "other such functions.")
    case .lossNotFinite:
      explain(
        "The loss became infinite or no number at all. Mostly the step size is too large.",
        wrong: "optimizer sgd\ntrain lr=1e30", right: "optimizer sgd\ntrain lr=0.05",
        "`clip=1.0` limits gradients; `diagnose` looks for the cause.")
    case .notTrained:
      explain(
        "The result needs a trained model, and this one has not been trained.",
        wrong: "layer dense 3\nplot loss", right: "layer dense 3\ntrain\nplot loss")
    default:
      explain(
        "This is understood, but not possible in this version or for this kind of data.",
        wrong: "save \"net.tar\"", right: "save \"net.safetensors\"")
    }
  }

  private var warningExplanation: String {
    switch self {
    case .unusedVariable:
      explain(
        "A name gets a value that nothing reads. Often another name was meant.",
        wrong: "let rate = 0.1\ntrain lr=0.01", right: "let rate = 0.1\ntrain lr=rate",
        "This is a warning: the script runs.")
    case .unusedValue:
      explain(
        "An expression stands alone; its value goes nowhere. At the prompt it would be shown.",
        wrong: "1 + 2", right: "print 1 + 2", "This is a warning: the script runs.")
    case .shadowedValue:
      explain(
        "A formula of `train` uses a name that the training has a live value for, like `epoch` or\n"
          + "`loss`, and the script has a variable of that name: the variable is taken.",
        wrong: "let epoch = 5\ntrain lr=0.1 * 0.95^epoch",
        right: "let first = 5\ntrain lr=0.1 * 0.95^(epoch + first)",
        "This is a warning: the script runs.")
    case .unlikelyLoss:
      explain(
        "The loss and the last layer do not fit each other: softmax under `mse`, one unit under\n"
          + "`crossentropy`.",
        wrong: "layer dense 3 softmax\nloss mse\ntrain",
        right: "layer dense 3 softmax\nloss crossentropy\ntrain",
        "This is a warning: the script runs.")
    case .rangeEnd:
      explain(
        "`..` includes both ends, and indices count from 0: the last one is `len(xs) - 1`.",
        wrong: "let xs = [4, 5]\nfor i in 0..len(xs) { print i }",
        right: "let xs = [4, 5]\nfor i in 0..<len(xs) { print xs[i] }",
        "This is a warning: the script runs.")
    case .untrained:
      explain(
        "The network that is measured has random weights: it was never trained, or it was"
          + "\nreplaced or changed after the last `train`.",
        wrong: "data iris test=20%\nlayer dense 8 relu\nevaluate",
        right: "data iris test=20%\nlayer dense 8 relu\ntrain epochs=5 quiet\nevaluate",
        "This is a warning: the script runs.")
    case .lateSeed:
      explain(
        "`seed` fixes chance from its line on, and data was split or weights were drawn before it.",
        wrong: "data iris test=20%\nseed 42", right: "seed 42\ndata iris test=20%",
        "This is a warning: the script runs.")
    default:
      explain(
        "Rows of the test part also stand in the training part: the test tells less than it seems.",
        wrong: "data \"all.csv\" test=\"all.csv\"", right: "data \"all.csv\" test=20%",
        "This is a warning: the script runs.")
    }
  }
}
