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

  /// Target columns; empty for the last one.
  public var target: [String] = []
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
  /// Whether each class has the same share of every part; `nil` for classes that are shuffled.
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
  /// How numbers are scaled.
  public var normalize = Normalization.auto
  /// Whether the first row holds names; `nil` to look.
  public var header: Bool?
  /// What stands between fields: one character, `tab` or `space`; `nil` to look.
  public var separator: String?
  /// How the letters of text files stand as bytes; `nil` for UTF-8, or what a mark says.
  public var encoding: TextEncoding?
  /// The shape of one row of inputs; `nil` for as it comes.
  public var shape: Shape?
  /// Names of the classes in the order of the sorted values.
  public var classes: [String] = []
  /// What the targets mean.
  public var targetKind = TargetKind.auto

  /// Makes options that leave everything to the defaults.
  public init() {}
}
