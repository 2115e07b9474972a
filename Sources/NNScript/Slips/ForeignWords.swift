/// Words that people bring from Keras, PyTorch, scikit-learn, R and other languages, and what they
/// are called here. Case and `_` make no difference.
enum ForeignWords {
  /// The word to type instead, if it is one of those known in that place.
  static func here(_ word: String, _ known: [String]) -> String? {
    guard let here = commandsAndFunctions[plain(word)], known.contains(here) else { return nil }
    return here
  }

  /// What a word of a family is called here, perhaps with an option: `sgd momentum=0.9`.
  static func member(_ word: String, ofFamily family: String, _ known: [String]) -> String? {
    let plain = plain(word)
    let same = known.first { $0 != word && Self.plain($0) == plain }
    if let same { return same }
    guard let here = members[family]?[plain] else { return nil }
    let first = here.split(separator: " ").first.map(String.init) ?? here
    return known.contains(first) ? here : nil
  }

  /// What an option is called here.
  static func option(_ word: String, _ known: [String]) -> String? {
    let plain = plain(word)
    return known.first { $0 != word && Self.plain($0) == plain }
      ?? options[plain]?.first(where: known.contains)
  }

  /// How others write truths, nothing and constants.
  static let values = [
    "True": "true", "False": "false", "None": "none", "null": "none", "nil": "none",
    "TRUE": "true", "FALSE": "false", "NULL": "none",
    "π": "pi", "PI": "pi", "Pi": "pi",
  ]

  static func isValue(_ word: String) -> Bool { values[word] != nil }

  /// Whether others give their models a method of this name.
  static func isMethod(_ name: String) -> Bool { methods.contains(plain(name)) }

  private static let methods: Set<String> = [
    "fit", "train", "eval", "evaluate", "predict", "score", "summary", "compile", "add", "save",
    "load", "to", "cuda", "cpu", "parameters", "weights", "getweights", "setweights", "statedict",
    "forward", "call", "zerograd", "step", "backward", "predictproba",
  ]

  /// Without case and without what joins words.
  static func plain(_ word: String) -> String {
    String(word.lowercased().filter { $0 != "_" && $0 != "-" })
  }

  // MARK: The tables

  private static let commandsAndFunctions = [
    "println": "print", "printf": "print", "echo": "print", "puts": "print", "write": "print",
    "disp": "print", "display": "print", "say": "print", "import": "include",
    "require": "include", "source": "include", "fit": "train", "learn": "train",
    "eval": "evaluate", "test": "evaluate", "score": "evaluate", "crossvalidate": "evaluate",
    "crossvalscore": "evaluate", "crossval": "evaluate", "dataset": "data", "readcsv": "data",
    "optim": "optimizer", "criterion": "loss", "randomseed": "seed", "setseed": "seed",
    "manualseed": "seed", "exit": "quit", "bye": "quit", "man": "help",
    "length": "len", "avg": "mean", "average": "mean", "str": "text", "string": "text",
    "float": "number", "int": "floor", "trunc": "floor", "ceiling": "ceil", "push": "append",
    "add": "append", "ln": "log", "rand": "random", "randn": "normal", "arange": "range",
    "maximum": "max", "minimum": "min", "stddev": "std", "fabs": "abs", "sorted": "sort",
    "reversed": "reverse", "concatenate": "concat", "onehotencode": "onehot",
  ]

  /// By the family that a word belongs to.
  private static let members: [String: [String: String]] = [
    "layer": [
      "linear": "dense", "fc": "dense", "fullyconnected": "dense", "hidden": "dense",
      "output": "dense", "bn": "batchnorm", "batchnormalization": "batchnorm",
      "batchnorm1d": "batchnorm", "batchnorm2d": "batchnorm", "layernormalization": "layernorm",
      "ln": "layernorm", "conv2d": "conv", "convolution": "conv", "convolution2d": "conv",
      "convolutional": "conv", "maxpool2d": "maxpool", "maxpooling2d": "maxpool",
      "maxpooling": "maxpool", "pool": "maxpool", "averagepooling2d": "avgpool",
      "avgpool2d": "avgpool", "averagepool": "avgpool", "meanpool": "avgpool",
      "view": "reshape",
    ],
    "loss": [
      "ce": "crossentropy", "crossentropyloss": "crossentropy",
      "categoricalcrossentropy": "crossentropy", "sparsecategoricalcrossentropy": "crossentropy",
      "softmax": "crossentropy", "softmaxcrossentropy": "crossentropy", "nll": "crossentropy",
      "nllloss": "crossentropy", "logloss": "crossentropy", "bce": "binary_crossentropy",
      "bceloss": "binary_crossentropy", "bcewithlogits": "binary_crossentropy",
      "bcewithlogitsloss": "binary_crossentropy", "binary": "binary_crossentropy",
      "logistic": "binary_crossentropy", "meansquarederror": "mse", "mseloss": "mse",
      "squarederror": "mse", "l2": "mse", "rmse": "mse", "meanabsoluteerror": "mae",
      "l1": "mae", "l1loss": "mae", "absoluteerror": "mae", "smoothl1": "huber",
      "smoothl1loss": "huber", "huberloss": "huber", "logcosh": "huber", "kld": "kl",
      "kldiv": "kl", "kldivloss": "kl", "kldivergence": "kl", "poissonnllloss": "poisson",
    ],
    "optimizer": [
      "gradientdescent": "gd", "momentum": "sgd momentum=0.9", "nesterov": "sgd nesterov",
      "rms": "rmsprop", "adamax": "adam", "lbfgs": "adam", "stochasticgradientdescent": "sgd",
    ],
    "activation": [
      "swish": "silu", "logistic": "sigmoid", "identity": "linear", "none": "linear",
      "relu6": "relu", "lrelu": "leaky_relu", "logsoftmax": "softmax",
    ],
    "initializer": [
      "xavier": "glorot", "xavieruniform": "glorot", "xaviernormal": "glorot",
      "glorotuniform": "glorot", "glorotnormal": "glorot", "kaiming": "he",
      "kaiminguniform": "he", "kaimingnormal": "he", "henormal": "he", "heuniform": "he",
      "lecunnormal": "lecun", "lecununiform": "lecun", "randomnormal": "normal",
      "randomuniform": "uniform", "zero": "zeros",
    ],
    "metric": [
      "acc": "accuracy", "accuracyscore": "accuracy", "categoricalaccuracy": "accuracy",
      "auroc": "auc", "rocauc": "auc", "rocaucscore": "auc", "aucroc": "auc", "f1score": "f1",
      "r2score": "r2", "meanabsoluteerror": "mae", "meansquarederror": "rmse", "mse": "rmse",
      "rootmeansquarederror": "rmse", "sensitivity": "recall", "logloss": "log_loss",
      "crossentropy": "log_loss",
    ],
    "set": ["mnist": "digits", "fashionmnist": "fashion_mnist", "boston": "diabetes"],
    "show": [
      "summary": "model", "layers": "model", "params": "model", "parameters": "model",
      "architecture": "model", "network": "model", "confusionmatrix": "confusion",
      "head": "data 5", "metrics": "history", "loss": "history", "accuracy": "history",
      "report": "classes", "classificationreport": "classes", "errors": "mistakes",
      "vars": "variables", "names": "variables", "columns": "data", "kernel": "weights",
    ],
  ]

  /// By the name that others give an option: what it may be called here.
  private static let options: [String: [String]] = [
    "learningrate": ["lr"], "learningrateinit": ["lr"], "eta": ["lr"], "eta0": ["lr"],
    "stepsize": ["lr"], "initiallr": ["lr"], "rate": ["lr", "rate"], "p": ["rate"],
    "batchsize": ["batch"], "minibatch": ["batch"], "bs": ["batch"],
    "numepochs": ["epochs"], "nepochs": ["epochs"], "nepoch": ["epochs"], "maxiter": ["epochs"],
    "maxepochs": ["epochs"], "iterations": ["epochs"], "iter": ["epochs"], "niter": ["epochs"],
    "earlystopping": ["patience"], "niternochange": ["patience"],
    "clipnorm": ["clip"], "gradclip": ["clip"], "gradientclip": ["clip"],
    "maxgradnorm": ["clip"], "maxnorm": ["clip"], "clipvalue": ["clip_value"],
    "beta1": ["b1"], "beta2": ["b2"], "epsilon": ["eps"], "rho": ["rho", "decay"],
    "l2": ["decay"], "wd": ["decay"], "weightdecay": ["decay"],
    "labelsmoothing": ["smoothing"], "classweight": ["class_weights"], "l2reg": ["l2"],
    "weight": ["class_weights"], "weights": ["class_weights"], "alpha": ["l2", "slope"],
    "kernelinitializer": ["init"], "initializer": ["init"], "weightinit": ["init"],
    "usebias": ["bias"], "act": ["activation"], "outfeatures": ["units"], "outputs": ["units"],
    "kernelsize": ["size", "kernel"], "poolsize": ["size"], "strides": ["stride"],
    "outchannels": ["filters"],
    "testsize": ["test"], "testsplit": ["test"], "valsize": ["validation"],
    "validationsplit": ["validation"], "valsplit": ["validation"], "val": ["validation"],
    "valfraction": ["validation"], "y": ["target"], "label": ["target"], "labels": ["target"],
    "response": ["target"], "sep": ["separator"], "delimiter": ["separator"],
    "delim": ["separator"], "quotechar": ["quote"], "skiprows": ["skip"], "nrows": ["limit"],
    "navalues": ["missing_values"], "nastrings": ["missing_values"], "columns": ["only"],
    "usecols": ["only"], "features": ["only"], "x": ["only"], "categorical": ["category"],
    "parsedates": ["date"], "scaler": ["normalize"], "scale": ["normalize"],
    "scaling": ["normalize"], "standardize": ["normalize"], "fillna": ["missing"],
    "groups": ["group"], "cv": ["folds"], "k": ["folds"], "nsplits": ["folds"],
    "kfold": ["folds"], "data": ["on"], "set": ["on"], "split": ["on"], "poslabel": ["positive"],
    "cutoff": ["threshold"], "path": ["to"], "filename": ["to"],
  ]
}
