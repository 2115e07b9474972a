/// What a script says about its data, beyond where they are.
public struct DataOptions: Sendable, Equatable {
  /// Rows set aside: for the test or for the validation during training.
  public enum Part: Sendable, Equatable {
    /// A share of all rows, between 0 and 1.
    case share(Double)
    /// So many rows.
    case rows(Int)
    /// A file of their own.
    case file(String)
  }

  /// How numbers are brought to a common size.
  public enum Normalization: String, Sendable, CaseIterable {
    /// 8-bit pictures to 0…1, number columns of files to mean 0 and deviation 1, numeric targets
    /// of files likewise; values typed in stay as they are.
    case auto
    /// Mean 0 and deviation 1, column by column, pixel by pixel.
    case standard
    /// The range 0…1, column by column; pictures by their 8 bits.
    case minmax
    /// As they are.
    case none
  }

  /// What the targets mean.
  public enum TargetKind: String, Sendable, CaseIterable {
    /// Texts are classes; for whole numbers loss and last layer decide, see `Decision`.
    case auto
    /// Each different value is a class.
    case classes
    /// Numbers.
    case values
  }

  /// Which of day and month comes first where the year is last.
  public enum DateOrder: String, Sendable, CaseIterable {
    case dmy, mdy
  }

  /// The decimal separator.
  public enum DecimalSign: String, Sendable, CaseIterable {
    case point = "."
    case comma = ","
  }

  /// What stands for a value that is missing.
  public enum Filling: Sendable, Equatable {
    /// Nothing: it is an error.
    case error
    /// The row is left out.
    case drop
    case mean, median, mostCommon
    case number(Double)
    case text(String)
  }

  /// Target columns; empty for the last one.
  public var target: [String] = []
  /// The array that holds the inputs, where a file has several.
  public var inputs: String?
  /// The targets of a model that has learnt: taken where `target` is empty and the file has all of
  /// these columns.
  public var learntTarget: [String] = []
  /// The rows to test with.
  public var test: Part?
  /// The rows to watch during training.
  public var validation: Part?
  /// The labels of an IDX file; found by its name if `nil`.
  public var labels: String?
  /// The labels of an IDX test file; found by its name if `nil`.
  public var testLabels: String?
  /// Whether rows are drawn by chance for the parts and for `limit`. Otherwise the first rows
  /// train, the next validate, the last test.
  public var shuffle = true
  /// The column that says which rows belong together: they stay in one part.
  public var group: String?
  /// The column of times or numbers that rows are in the order of: the last test, those before
  /// them validate.
  public var order: String?
  /// Whether each class, or of numbers each interval between quantiles, has the same share of every
  /// part; `nil` for classes that are shuffled.
  public var stratify: Bool?
  /// The most rows that are used, those of test and validation files not counted.
  public var limit: Int?
  /// Input columns to use; empty for all.
  public var only: [String] = []
  /// Columns to leave out.
  public var drop: [String] = []
  /// Columns whose whole numbers are quantities.
  public var number: [String] = []
  /// Columns whose numbers are classes.
  public var category: [String] = []
  /// Columns of dates that do not look like dates, such as `20261231`.
  public var date: [String] = []
  /// Which of day and month comes first; `nil` where the cells tell.
  public var dates: DateOrder?
  /// What begins a fraction; `nil` where the cells tell.
  public var decimal: DecimalSign?
  /// What stands for missing values; `nil` for the median and a mark, and for texts a category of
  /// their own.
  public var missing: Filling?
  /// The same for single columns.
  public var missingIn: [String: Filling] = [:]
  /// The texts that mean a missing value, besides the empty one; `nil` for `NA`, `?` and their like.
  public var missingValues: [String]?
  /// Whether a further number marks where a value was missing.
  public var mark = true
  /// How many rows a category has at least, where there are more than 50; others share one number.
  public var rare = 5
  /// How numbers are scaled.
  public var normalize = Normalization.auto
  /// How text files are read.
  public var text = TextReading()
  /// The table of a database, where it has several.
  public var table: String?
  /// An SQL statement that selects the rows.
  public var query: String?
  /// The column of a table that names files of pictures, which are the inputs then.
  public var images: String?
  /// The form that pictures are brought to.
  public var pictures = PictureWish()
  /// The shape of one row of inputs; `nil` for as it comes.
  public var shape: Shape?
  /// Names of the classes in the order of the sorted values.
  public var classes: [String] = []
  /// What the targets mean.
  public var targetKind = TargetKind.auto

  /// Makes options that leave everything to the defaults.
  public init() {}

  /// Says how text files are read, and leaves the rest to the defaults.
  public init(text: TextReading) { self.text = text }

  /// The options that only some formats take and a script gives.
  var formatOptions: [String] {
    let given: [(String, Bool)] = [
      ("header", text.header != nil), ("separator", text.separator != nil),
      ("quote", text.quote != nil), ("escape", text.escape != nil),
      ("comment", text.comment != nil), ("skip", text.skip != nil),
      ("ragged", text.ragged != .error), ("encoding", text.encoding != nil),
      ("table", table != nil), ("query", query != nil), ("inputs", inputs != nil),
      ("labels", labels != nil), ("size", pictures.size != nil), ("fit", pictures.fit != nil),
      ("channels", pictures.channels != nil), ("images", images != nil),
    ]
    return given.filter(\.1).map(\.0)
  }
}

extension DataOptions {
  /// A column's name as a script writes it.
  static func written(_ name: String) -> String {
    let isPlain =
      name.first.map { $0.isLetter || $0 == "_" } == true
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isPlain ? name : quoted(name)
  }

  /// A text as a script writes it, between quotes.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      switch character {
      case "\"", "\\": result += "\\\(character)"
      case "\n", "\r\n": result += "\\n"
      case "\t": result += "\\t"
      case "{", "}": result += "\(character)\(character)"
      default: result.append(character)
      }
    }
    return result + "\""
  }
}
