import NNEngine
import Testing

@testable import NNScript

/// A host whose runs end after so many batches, with the files of other runs.
private final class StoppingHost: Host {
  let files: any FileAccess
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var end: TrainingEnd?
  /// How many batches are still to come; `nil` for all.
  var left: Int?

  init(_ files: any FileAccess, batches: Int? = nil) { (self.files, left) = (files, batches) }

  var isCancelled: Bool { left == 0 }

  func receive(_ event: Event) {
    switch event {
    case .batch: if let left { self.left = max(0, left - 1) }
    case .diagnostic(let diagnostic): diagnostics.append(diagnostic)
    case .trainingFinished(let end): self.end = end
    default: break
    }
  }
}

/// Files in memory that remember all versions of each, and whose disk may be full.
private final class VersionedFiles: FileAccess, @unchecked Sendable {
  private(set) var versions: [String: [[UInt8]]] = [:]
  var isFull = false

  subscript(path: String) -> [UInt8]? {
    get { versions[path]?.last }
    set { versions[path] = newValue.map { [$0] } }
  }

  func kind(of path: String) -> FileKind {
    self[path].map { .file(size: $0.count) } ?? Disk.kind(of: path)
  }

  func read(_ path: String, atMost count: Int) throws -> [UInt8] {
    if let bytes = self[path] { return Array(bytes.prefix(count)) }
    return try Disk.read(path, atMost: count)
  }

  func list(_ folder: String) throws -> [String] { versions.keys.sorted() }

  func write(_ bytes: [UInt8], to path: String) throws {
    if isFull { throw EngineError.unreadableFile(path: path, reason: "the disk is full") }
    versions[path, default: []].append(bytes)
  }
}

/// A training that was stopped and goes on ends with the bytes of one that never was.
@Suite struct CheckpointTests {
  /// Lines before the training, and its options.
  struct Training: CustomStringConvertible, Sendable {
    var lines: String
    var options: String

    var description: String {
      (lines.split(separator: "\n").suffix(1) + [Substring(options)]).joined(separator: "; ")
    }
  }

  private static func options(threads: Int) -> Session.Options {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    options.threads = threads
    return options
  }

  private static let iris = "seed 3\ndata iris limit=60 test=10 validation=14\nlayer dense 6 tanh\n"
  private static let pictures =
    "data digits limit=40 validation=10\naugment flip shift=10% mixup=0.2 noise=0.05\n"
    + "layer conv 2 relu\nlayer batchnorm\nlayer globalpool\nlayer dropout 0.3\n"

  private static let trainings: [Training] =
    Catalog.standard.optimizers.map {
      Training(lines: iris + "optimizer \($0.name)\n", options: "epochs=3 batch=12")
    } + [
      Training(
        lines: iris + "layer dropout 0.2\nlayer batchnorm\n", options: "epochs=6 batch=9 patience=2"
      ),
      Training(lines: iris + "metric auc f1\n", options: "epochs=3 batch=10 lr=cosine(0.02)"),
      Training(lines: iris, options: "epochs=8 batch=36 lr=plateau(0.1, patience=1)"),
      Training(lines: iris, options: "epochs=9 batch=12 lr=0.1 * 0.9^epoch until=(loss < 0.9)"),
      Training(
        lines: iris, options: "epochs=3 batch=12 clip=0.5 l2=0.01 until=(loss < random() - 9)"),
      Training(lines: pictures, options: "epochs=3 batch=8"),
      Training(
        lines: iris + "ensemble 2 { layer dense 3 }\nloss crossentropy smoothing=0.1\n",
        options: "epochs=2 batch=12"),
      Training(
        lines: iris
          + "def heavy(w, g, lr=0.05) { state v=0; v = 0.9 * v + g; return w - lr * v }\noptimizer heavy\n",
        options: "epochs=2 batch=12"),
      // What was trained before is part of it.
      Training(lines: iris + "train epochs=4 patience=1 quiet\n", options: "epochs=3 batch=12"),
      Training(
        lines: "data [[1], [2], [3], [4]] target=[3, 5, 7, 9]\nlayer dense 1\n",
        options: "batch=4"),
    ]

  /// What is left of a training: the model's bytes, its history, what chance gives next.
  private static func result(
    _ training: Training, _ option: String, _ files: any FileAccess, threads: Int = 1
  ) throws -> [String] {
    let host = StoppingHost(files)
    let session = Session(host: host, options: options(threads: threads))
    try session.run(
      training.lines + "let result = train \(training.options) quiet \(option)\n"
        + "save \"end.safetensors\"\n"
        + "let rest = \"{result.history} {result.best_epoch} {result.stopped} {random(2)}\"")
    let text = try #require(session["rest"]?.textValue)
    return ["\(try files.read("end.safetensors"))", text]
  }

  /// Trains until so many batches are done.
  private static func stop(
    _ training: Training, _ option: String, _ files: any FileAccess, after batches: Int
  ) -> StoppingHost {
    let host = StoppingHost(files)
    let session = Session(host: host, options: options(threads: 2))
    #expect(throws: Never.self) { try session.run(training.lines) }
    host.left = batches
    _ = try? session.run("train \(training.options) quiet \(option)")
    return host
  }

  @Test(arguments: trainings) func stoppedAndGoneOnIsNeverStopped(_ training: Training) throws {
    let whole = try Self.result(training, "", VersionedFiles())
    for batches in [0, 1, 2, 5, 11] {
      let files = VersionedFiles()
      let first = Self.stop(training, "checkpoint=\"run.ckpt\"", files, after: batches)
      if let end = first.end, end.stopped == "interrupted" {
        #expect(end.checkpoint == "run.ckpt")
        #expect(end.continuation?.contains("resume=\"run.ckpt\"") == true)
      }
      // Stopped a second time, and gone on with another number of threads.
      _ = Self.stop(training, "resume=\"run.ckpt\"", files, after: 4)
      let rest = try Self.result(training, "resume=\"run.ckpt\"", files, threads: 3)
      #expect(rest == whole, "stopped after \(batches)")
    }
  }

  /// A program that is killed leaves a checkpoint of any batch: from each the rest is the same.
  @Test(arguments: [0, 1, 5, 8]) func everyCheckpointLeadsToTheEnd(_ index: Int) throws {
    let training = Self.trainings[Catalog.standard.optimizers.count + index]
    let files = VersionedFiles()
    let whole = try Self.result(training, "checkpoint=\"run.ckpt\" checkpoint_every=0", files)
    let versions = try #require(files.versions["run.ckpt"])
    #expect(versions.count > 8)
    for version in versions {
      files["run.ckpt"] = version
      #expect(try Self.result(training, "resume=\"run.ckpt\"", files) == whole)
    }
  }

  @Test func moreEpochsGoOn() throws {
    let training = Training(lines: Self.iris, options: "epochs=7 batch=12 patience=3")
    let whole = try Self.result(training, "", VersionedFiles())
    let files = VersionedFiles()
    let less = Training(lines: Self.iris, options: "epochs=4 batch=12 patience=3")
    _ = try Self.result(less, "resume=\"run.ckpt\"", files)
    #expect(try Self.result(training, "resume=\"run.ckpt\"", files) == whole)
    // What is finished is not done again.
    let versions = files.versions["run.ckpt"]?.count
    #expect(try Self.result(training, "resume=\"run.ckpt\"", files) == whole)
    #expect(files.versions["run.ckpt"]?.count == versions)
  }

  // MARK: What is refused

  private static let short = Training(lines: iris, options: "epochs=3 batch=12")

  private static func complaint(
    _ training: Training, _ files: VersionedFiles, _ option: String = "resume=\"run.ckpt\""
  ) -> String? {
    let host = stop(training, option, files, after: .max)
    return host.diagnostics.first { $0.severity == .error }?.message
  }

  @Test(arguments: [
    ("batch=12", "batch=11", "`batch` is 12 there, 11 here"),
    ("epochs=3", "epochs=3 lr=0.1", "`lr` is not given there, 0.1 here"),
    ("epochs=3", "patience=1 epochs=3", "`patience` is not given there, 1 here"),
    ("epochs=3", "epochs=3 clip=1", "`clip` is not given there, 1 here"),
    ("epochs=3", "l2=0.5 epochs=3", "`l2` is not given there, 0.5 here"),
    ("epochs=3 ", "", "`l2` is not given there, 0.001 here"),
    ("epochs=3", "epochs=1", "has 2 epochs, more than `epochs=1`"),
    ("seed 3", "seed 4", "seed: 3 there, 4 here"),
    ("limit=60", "limit=70", "training rows: 36 there, 46 here"),
    ("dense 6", "dense 7", "units=6"),
    ("tanh\n", "tanh\noptimizer sgd\n", "nothing more"),
    ("tanh\n", "tanh bias=[1, 0, 0, 0, 0, 0]\n", "other weights"),
  ])
  func whatDiffersIsNamed(_ old: String, _ new: String, _ said: String) throws {
    let files = VersionedFiles()
    var training = Self.short
    _ = Self.stop(training, "checkpoint=\"run.ckpt\"", files, after: 7)
    let before = files.versions
    training.lines = training.lines.replacing(old, with: new)
    training.options = training.options.replacing(old, with: new)
    let complaint = Self.complaint(training, files)
    #expect(complaint?.contains(said) == true, "\(complaint ?? "gone on")")
    #expect(files.versions == before)
  }

  @Test func otherValuesOfRowsAreNamed() throws {
    let files = VersionedFiles()
    var training = Training(
      lines: "data [[1], [2], [3], [4]] target=[3, 5, 7, 9]\nlayer dense 1\n",
      options: "epochs=3")
    _ = Self.stop(training, "checkpoint=\"run.ckpt\"", files, after: 2)
    training.lines = training.lines.replacing("[2]", with: "[2.5]")
    #expect(Self.complaint(training, files)?.contains("training data had other values") == true)
  }

  @Test func damageIsFound() throws {
    let files = VersionedFiles()
    _ = Self.stop(Self.short, "checkpoint=\"run.ckpt\"", files, after: 5)
    let whole = try #require(files["run.ckpt"])
    for place in stride(from: 0, to: whole.count, by: 211) {
      var bytes = whole
      bytes[place] ^= 1 << UInt8(place % 8)
      files["run.ckpt"] = bytes
      #expect(Self.complaint(Self.short, files) != nil, "byte \(place)")
      files["run.ckpt"] = Array(whole[..<place])
      #expect(Self.complaint(Self.short, files) != nil, "\(place) bytes")
    }
    files["run.ckpt"] = whole
    #expect(Self.complaint(Self.short, files) == nil)
  }

  /// Whoever seals a file anew can still write nonsense into it.
  @Test func aCheckpointThatContradictsItselfIsRefused() throws {
    let files = VersionedFiles()
    _ = Self.stop(
      Training(lines: Self.iris, options: "epochs=4 batch=12 patience=2"),
      "checkpoint=\"run.ckpt\"", files, after: 8)
    let saved = try Safetensors(decoding: #require(files["run.ckpt"]), path: "run.ckpt")
    let text = try #require(saved.metadata["nnscript.checkpoint"])
    for (old, new) in [
      ("\"batches\":", "\"batches\":9"), ("\"step\":", "\"steps\":"), ("\"start\"", "\"begin\""),
      ("\"metric_sums\":[", "\"metric_sums\":[[],"), ("\"loss\":", "\"lost\":"),
      ("\"version\"", "\"v\""), ("\"stop\":null", "\"stop\":\"later\""),
      ("\"epoch\":0", "\"epoch\":9"),
    ] {
      var file = saved
      (file.metadata["nnscript.check"], file.metadata["nnscript.format"]) = (nil, "2")
      file.metadata["nnscript.checkpoint"] = text.replacing(old, with: new)
      #expect(text.contains(old))
      files["run.ckpt"] = file.encoded()
      let training = Training(lines: Self.iris, options: "epochs=4 batch=12 patience=2")
      #expect(Self.complaint(training, files) != nil, "\(new)")
    }
    for name in TrainingPoint.TensorName.allCases where name != .epochOutputs {
      var file = saved
      (file.metadata["nnscript.check"], file.metadata["nnscript.format"]) = (nil, "2")
      file.tensors[name.rawValue] = Tensor([1])
      files["run.ckpt"] = file.encoded()
      let training = Training(lines: Self.iris, options: "epochs=4 batch=12 patience=2")
      #expect(Self.complaint(training, files) != nil, "\(name)")
    }
  }

  @Test func nothingIsOverwrittenByMistake() throws {
    let files = VersionedFiles()
    _ = Self.stop(Self.short, "checkpoint=\"run.ckpt\"", files, after: 5)
    let before = files.versions
    let complaint = Self.complaint(Self.short, files, "checkpoint=\"run.ckpt\"")
    #expect(complaint?.contains("a training that was stopped behind epoch 1") == true)
    #expect(files.versions == before)
    files["run.ckpt"] = Array("rows,of,somebody".utf8)
    #expect(
      Self.complaint(Self.short, files, "checkpoint=\"run.ckpt\"")?.contains("no checkpoint")
        == true)
    // What is finished may be done again.
    files["run.ckpt"] = nil
    for _ in 1...2 { #expect(Self.complaint(Self.short, files, "checkpoint=\"run.ckpt\"") == nil) }
  }

  @Test func aFullDiskEndsNoTraining() throws {
    let files = VersionedFiles()
    let host = StoppingHost(files)
    let session = Session(host: host, options: Self.options(threads: 1))
    try session.run(Self.iris + "train epochs=2 checkpoint=\"run.ckpt\" checkpoint_every=0 quiet")
    let whole = files["run.ckpt"]
    files.isFull = true
    try session.run("train epochs=3 checkpoint=\"run.ckpt\" checkpoint_every=0 quiet")
    #expect(session.workspace.model.state.epoch == 5)
    #expect(files["run.ckpt"] == whole)
    let warnings = host.diagnostics.filter { $0.severity == .warning }
    #expect(warnings.count == 1)
    #expect(warnings.first?.message == "cannot write `run.ckpt`: the disk is full")
  }

  /// At the prompt: the session that was stopped goes on from the file as well.
  @Test func theSameSessionGoesOn() throws {
    let whole = try Self.result(Self.short, "", VersionedFiles())
    let files = VersionedFiles()
    let host = StoppingHost(files)
    let session = Session(host: host, options: Self.options(threads: 1))
    try session.run(Self.short.lines)
    host.left = 5
    _ = try? session.run("train \(Self.short.options) quiet checkpoint=\"run.ckpt\"")
    host.left = nil
    let line = try #require(host.end?.continuation)
    #expect(line == "train \(Self.short.options) quiet resume=\"run.ckpt\"")
    try session.run(line + "\nsave \"end.safetensors\"")
    #expect(["\(try files.read("end.safetensors"))"] == whole.dropLast())
  }

  @Test func aCheckpointIsAModelToo() throws {
    let files = VersionedFiles()
    _ = Self.stop(Self.short, "checkpoint=\"run.ckpt\"", files, after: 7)
    let session = Session(host: StoppingHost(files), options: Self.options(threads: 1))
    try session.run("load \"run.ckpt\"\nlet class = predict([5.1, 3.5, 1.4, 0.2]).class")
    #expect(session.workspace.model.state.epoch == 2)
    #expect(session["class"]?.textValue != nil)
  }
}
