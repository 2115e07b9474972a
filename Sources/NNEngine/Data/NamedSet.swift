/// A data set that is known by name: where its files are looked for and what is known of them
/// without reading.
public struct NamedSet: Sendable {
  /// The word a script uses.
  public var name: String
  /// One sentence for help.
  public var summary: String
  /// Its file, relative to the folders searched.
  public var file: String
  /// The file of its own test part, where it has one.
  public var testFile: String?
  /// Folders it is looked for in, beside those of the host.
  public var folders: [String] = []
  /// The target columns.
  public var target: [String] = []
  /// The input columns; empty for pictures.
  public var columns: [String] = []
  /// The shape of one row; `nil` where texts become numbers, as many as the rows have.
  public var inputShape: Shape?
  /// The names of the classes; empty where the target is a number.
  public var classNames: [String] = []
  /// How many rows the file has.
  public var rowCount: Int
  /// What to type where it is not there.
  public var howToGet: String

  /// Makes an entry; what is not said may be set afterwards.
  public init(
    _ name: String, _ summary: String, file: String, inputShape: Shape?, rowCount: Int,
    howToGet: String
  ) {
    self.name = name
    self.summary = summary
    self.file = file
    self.inputShape = inputShape
    self.rowCount = rowCount
    self.howToGet = howToGet
  }

  /// The sets known here.
  public static var standard: [NamedSet] {
    [iris, wine, penguins, digits, diabetes, breastCancer, fashionMNIST]
  }

  private static func gallery(
    _ name: String, _ summary: String, file: String, columns: [String], target: String,
    classes: [String] = [], rows: Int
  ) -> NamedSet {
    var set = NamedSet(
      name, summary, file: file, inputShape: [columns.count], rowCount: rows,
      howToGet: "it comes along in `scripts/models/data`; set NNS_DATA to that folder")
    set.columns = columns
    set.target = [target]
    set.classNames = classes
    return set
  }
}

extension NamedSet {
  /// Fisher's irises.
  static var iris: NamedSet {
    gallery(
      "iris", "150 irises of three species, four measurements each (Fisher 1936).",
      file: "iris.csv",
      columns: ["sepal_length", "sepal_width", "petal_length", "petal_width"], target: "species",
      classes: ["setosa", "versicolor", "virginica"], rows: 150)
  }

  /// Italian wines.
  static var wine: NamedSet {
    gallery(
      "wine", "178 wines from three growers, 13 chemical measurements each.", file: "wine.csv",
      columns: [
        "alcohol", "malic_acid", "ash", "alcalinity", "magnesium", "phenols", "flavanoids",
        "other_phenols", "proanthocyanins", "color", "hue", "dilution", "proline",
      ], target: "grower", classes: ["1", "2", "3"], rows: 178)
  }

  /// Penguins of Palmer Archipelago: a table with texts and gaps.
  static var penguins: NamedSet {
    var set = gallery(
      "penguins", "344 penguins of three species: islands, measurements, sexes, years, with gaps.",
      file: "penguins.csv",
      columns: [
        "island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex",
        "year",
      ], target: "species", classes: ["Adelie", "Chinstrap", "Gentoo"], rows: 344)
    set.inputShape = nil
    return set
  }

  /// Small handwritten digits.
  static var digits: NamedSet {
    var set = gallery(
      "digits", "1797 handwritten digits, 8 times 8 pixels from 0 to 16.", file: "digits.csv.gz",
      columns: (0..<64).map { "p\($0)" }, target: "digit", classes: (0..<10).map(String.init),
      rows: 1_797)
    set.inputShape = [8, 8, 1]
    return set
  }

  /// The progress of diabetes.
  static var diabetes: NamedSet {
    gallery(
      "diabetes", "442 patients, ten measurements, the progress of their illness a year later.",
      file: "diabetes.csv",
      columns: ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
      target: "progression", rows: 442)
  }

  /// Tumours.
  static var breastCancer: NamedSet {
    let measures = [
      "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
      "concave_points", "symmetry", "fractal_dimension",
    ]
    return gallery(
      "breast_cancer", "569 tumours, 30 measurements of their cells, benign or malignant.",
      file: "breast_cancer.csv",
      columns: ["mean", "error", "worst"].flatMap { kind in measures.map { "\(kind)_\($0)" } },
      target: "diagnosis", classes: ["benign", "malignant"], rows: 569)
  }

  /// Pictures of clothes.
  static var fashionMNIST: NamedSet {
    var set = NamedSet(
      "fashion_mnist", "70,000 pictures of clothes in ten kinds, 28 times 28 grey pixels.",
      file: "train-images-idx3-ubyte.gz", inputShape: [28, 28, 1], rowCount: 60_000,
      howToGet: "sudo apt install dataset-fashion-mnist")
    set.testFile = "t10k-images-idx3-ubyte.gz"
    set.folders = ["/usr/share/datasets/fashion-mnist", "fashion_mnist", "fashion-mnist"]
    set.classNames = [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ]
    return set
  }
}
