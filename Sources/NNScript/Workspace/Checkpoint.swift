import NNEngine

/// What a saved model holds besides where it was written in the middle of a training: the place
/// between two steps, and what the training was like.
struct Checkpoint {
  /// The version of the program that wrote it.
  var version: String
  var circumstances: TrainingCircumstances
  /// The point without its tensors, network and state.
  var point: JSONValue
  var tensors: [TrainingPoint.TensorName: [Float]]
  /// Where `random` and its like stood.
  var chance: RandomStream
  /// How long each epoch of the model's history took.
  var seconds: [Double]

  init(
    _ point: TrainingPoint, _ circumstances: TrainingCircumstances, chance: RandomStream,
    seconds: [Double]
  ) {
    version = Release.version
    (self.circumstances, self.chance, self.seconds) = (circumstances, chance, seconds)
    (self.point, tensors) = (point.json, point.tensors)
  }

  /// Reads what `json` wrote; `nil` where it is something else.
  init?(json: JSONValue, tensors: [TrainingPoint.TensorName: [Float]]) {
    let words = (json["chance"]?.array ?? []).compactMap(\.string).compactMap {
      UInt64($0, radix: 16)
    }
    guard let version = json["version"]?.string, let point = json["point"],
      let circumstances = json["circumstances"].flatMap(TrainingCircumstances.init(json:)),
      let chance = RandomStream(words: words)
    else { return nil }
    (self.version, self.circumstances, self.chance) = (version, circumstances, chance)
    (self.point, self.tensors) = (point, tensors)
    seconds = (json["seconds"]?.array ?? []).compactMap(\.number)
  }

  /// Everything but the tensors.
  var json: JSONValue {
    [
      "version": .string(version), "circumstances": circumstances.json, "point": point,
      "chance": .array(chance.words.map { .string(String($0, radix: 16)) }),
      "seconds": .array(seconds.map { .number($0) }),
    ]
  }

  /// Whether its training was over.
  var isFinished: Bool { point["stop"]?.string != nil }
}

/// All that decides how a training goes on, besides its model: what must be the same where it is to
/// end with the same bytes.
struct TrainingCircumstances {
  /// A fact by the name of the option it is of, or another of `Facts`.
  var facts: [(name: String, text: String)] = []

  /// Facts that are no options.
  enum Facts {
    static let rows = "training rows"
    static let data = "training data"
    static let validationRows = "validation rows"
    static let validationData = "validation data"
    static let start = "weights at the start"
  }

  static let absent = "not given"

  init() {}

  init?(json: JSONValue) {
    guard let members = json.object else { return nil }
    for member in members {
      guard let text = member.value.string else { return nil }
      facts.append((member.key, text))
    }
  }

  var json: JSONValue { .object(facts.map { .init($0.name, .string($0.text)) }) }

  subscript(name: String) -> String? { facts.first { $0.name == name }?.text }

  mutating func add(_ name: String, _ text: String?) { facts.append((name, text ?? Self.absent)) }

  mutating func addRows(_ rows: Examples?, count: String, sum: String) throws {
    add(count, rows.map { String($0.count) })
    add(sum, try rows?.sum())
  }

  /// The first fact that is another in `other`.
  func firstDifference(from other: TrainingCircumstances) -> String? {
    facts.first { $0.text != other[$0.name] }?.name
      ?? other.facts.first { self[$0.name] == nil }?.name
  }
}
