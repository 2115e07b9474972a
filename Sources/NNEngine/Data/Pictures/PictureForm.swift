/// The form that all pictures are brought to before a network sees them: kept with the model, so that
/// a picture to predict for is treated as those were that it learnt from.
public struct PictureForm: Sendable, Equatable {
  /// How a picture of another shape is brought to the size.
  public enum Fit: String, Sendable, CaseIterable {
    /// Each axis by itself: nothing is lost, proportions change.
    case stretch
    /// Cut off in equal parts at two sides.
    case crop
    /// Filled up in black at two sides.
    case pad
  }

  /// What the numbers of a point are.
  public enum Channels: String, Sendable, CaseIterable {
    /// One: how bright it is.
    case grey
    /// Three: red, green, blue.
    case rgb

    /// How many numbers a point has.
    var count: Int { self == .grey ? 1 : 3 }
  }

  /// Rows of points.
  public var height: Int
  /// Points a row.
  public var width: Int
  /// What the numbers of a point are.
  public var channels: Channels
  /// How pictures of another shape are brought to the size.
  public var fit: Fit
  /// The column of a table that named their files; `nil` for those of a folder.
  public var column: String?

  /// `[height, width, channels]`.
  public var shape: Shape { [height, width, channels.count] }

  /// Makes a form.
  public init(height: Int, width: Int, channels: Channels, fit: Fit = .stretch) {
    (self.height, self.width, self.channels, self.fit) = (height, width, channels, fit)
  }

  /// The greatest height and width.
  public static let largest = 4_096
}

/// What a script says of the form of pictures; what it does not say is found out.
public struct PictureWish: Sendable, Equatable {
  /// Height and width.
  public var size: [Int]?
  /// How pictures of another shape are brought to the size.
  public var fit: PictureForm.Fit?
  /// What the numbers of a point are; `nil` for what most pictures have.
  public var channels: PictureForm.Channels?

  /// Leaves all to be found out.
  public init() {}

  /// Asks for this form.
  init(_ form: PictureForm) {
    (size, fit, channels) = ([form.height, form.width], form.fit, form.channels)
  }
}

extension PictureForm {
  /// The form as JSON.
  var json: JSONValue {
    [
      "height": .number(Double(height)), "width": .number(Double(width)),
      "channels": .string(channels.rawValue), "fit": .string(fit.rawValue),
      "column": column.map { .string($0) } ?? .null,
    ]
  }

  /// Reads what `json` wrote; `nil` for anything else.
  init?(json: JSONValue) {
    guard let height = json["height"]?.integer, let width = json["width"]?.integer,
      let channels = json["channels"]?.string.flatMap(Channels.init(rawValue:)),
      let fit = json["fit"]?.string.flatMap(Fit.init(rawValue:)),
      (1...Self.largest).contains(height), (1...Self.largest).contains(width)
    else { return nil }
    self.init(height: height, width: width, channels: channels, fit: fit)
    column = json["column"]?.string
  }
}

extension Preprocessing {
  /// The form a picture has to be brought to: what the model learnt with, or that of the 8-bit
  /// numbers it learnt from; `nil` where it learnt from something else.
  var pictureForm: PictureForm? {
    if let pictures { return pictures }
    let sizes = inputShape.sizes
    // Only of bytes it is known what black and white are.
    guard sizes.count == 3, sizes[2] == 1 || sizes[2] == 3, inputScaling?.scale == [1 / 255.0]
    else { return nil }
    return PictureForm(
      height: sizes[0], width: sizes[1], channels: sizes[2] == 1 ? .grey : .rgb)
  }
}

extension FormatRequest {
  /// Takes the form of pictures that a model learnt with.
  ///
  /// - Throws: `EngineError.invalid` for pictures where it learnt from something else.
  mutating func take(_ schema: Preprocessing, needsTargets: Bool, _ format: DataFormat) throws {
    self.needsTargets = needsTargets
    guard format.readsFolders else { return }
    guard let form = schema.pictureForm else {
      throw EngineError.invalid(
        "`\(FilePath.name(of: file.path))` holds pictures, the model learnt from "
          + "\(schema.inputShape) numbers",
        help: "give it rows of such numbers")
    }
    pictures = PictureWish(form)
  }
}
