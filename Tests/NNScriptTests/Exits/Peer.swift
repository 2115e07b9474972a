import Glibc
import NNEngine

/// Programs of others that run what exits write.
enum Peer {
  /// Python with the peers that `scripts/peers` installs; `nil` where they are not there.
  static let python: String? = {
    let path = Repository.folder + "/.build/peers/bin/python"
    return access(path, X_OK) == 0 ? path : nil
  }()

  /// Whether PyTorch is among them.
  static let hasTorch = has("torch, safetensors")
  /// Whether Keras is among them; it computes with PyTorch here.
  static let hasKeras = hasTorch && has("keras")

  private static func has(_ modules: String) -> Bool {
    guard let python else { return false }
    let finding = "import importlib.util as u; exit(not all(map(u.find_spec, names)))"
    let names = "names = '\(modules)'.split(', ')"
    return (try? output(of: "\(python) -c \"\(names); \(finding)\"")) != nil
  }

  struct Failed: Error { let command: String }

  /// What a command of the shell prints on its output.
  static func output(of command: String) throws -> String {
    guard let pipe = popen(command, "r") else { throw Failed(command: command) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 {
      bytes += chunk[..<count]
    }
    let status = pclose(pipe)
    guard status == 0 else {
      throw Failed(
        command: "\(command): status \(status)\n\(String(decoding: bytes, as: UTF8.self))")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A folder on the disk that is gone with its last owner.
  final class Folder {
    let path: String

    init() throws {
      var name = Array("/tmp/nns-exits-XXXXXX".utf8CString)
      guard mkdtemp(&name) != nil else { throw Failed(command: "mkdtemp") }
      path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? Peer.output(of: "rm -rf '\(path)'") }

    /// Writes a file into a folder in it.
    func write(_ bytes: [UInt8], to name: String, in folder: String) throws {
      mkdir("\(path)/\(folder)", 0o700)
      try DiskFiles().write(bytes, to: "\(path)/\(folder)/\(name)")
    }
  }
}

/// Scripts whose models go out: every way from a table to an answer.
struct ExitScript: Sendable {
  var name: String
  /// What trains the model of `data`.
  var text: String
  /// A table that it reads as `table.csv`, if it brings one.
  var table: String?
  /// Whether rows are given as the table spells them.
  private var isSpelt: Bool { name == Self.spelt.name }

  init(_ name: String, _ text: String, table: String? = nil) {
    (self.name, self.text, self.table) = (name, text, table)
  }

  /// Runs the script, and saves what it learnt.
  ///
  /// - Parameters:
  ///   - path: where the model goes.
  ///   - options: of `save`.
  /// - Returns: the host, whose files are the model, `data.csv` and `answers.csv`.
  func run(saving path: String, _ options: String = "") throws -> ScratchHost {
    let host = ScratchHost(table.map { ["table.csv": $0] } ?? [:])
    let session = Words.session(host: host)
    try session.run(
      """
      \(text)
      save "\(path)" \(options)
      \(isSpelt ? "" : "save data \"data.csv\"")
      predict "\(isSpelt ? "table.csv" : "data.csv")" to="answers.csv"
      """)
    if isSpelt { try host.files.write(host.files.read("table.csv"), to: "data.csv") }
    return host
  }

  private static let people = """
    age,sex,city,day,member,income,bought
    25,male,Oslo,2024-01-05,yes,31.5,no
    ,female,Rome,2024-02-11,no,22.25,yes
    41,female,Oslo,2024-03-09,yes,,yes
    33,male,,2024-04-21,no,44.1,no
    29,female,Bern,2024-05-30,no,38.0,yes
    52,male,Rome,2024-07-04,yes,51.2,no
    47,male,Bern,2024-08-15,no,,yes
    38,female,Oslo,2024-09-02,yes,29.9,no
    61,male,Rome,2024-10-10,no,60.0,yes

    """

  private static let hours = """
    when,place,load
    2024-01-05 06:30,7,101250.5
    2024-02-29 23:59,8,99210.25
    2024-12-31 00:00,7,100410
    1999-06-15 12:00,9,98765.75
    2031-03-01 18:45,8,102030
    2024-05-05 09:15,7,100999

    """

  /// Sixty categories, of which most are rare.
  private static let rare =
    "shop,size,sold\n"
    + (0..<240).map { row in
      let shop = row % 3 == 0 ? "s\(row % 60)" : "main\(row % 4)"
      return "\(shop),\(row % 7),\(row % 5 * row % 11)\n"
    }.joined()

  /// Numbers and dates as people write them.
  private static let spellings = """
    price;share;sum;born;on;kind
    1,5;12 %;1.234,50;03.04.2001;y;a
    2,25;8 %;20.000,00;13.12.1999;n;b
    3;7,5 %;3,75;01.02.2003;y;a
    0,75;100 %;999,00;28.02.2000;n;b
    -1,25;0 %;1.000.000,25;30.06.1998;y;b
    4,125;55 %;12,00;09.11.2004;n;a

    """

  /// Only Python reads cells as they are written; others are given numbers.
  static let spelt = ExitScript(
    "spellings",
    "data \"table.csv\" target=kind dates=dmy\nlayer dense 5 mish\ntrain epochs=5 quiet",
    table: spellings)

  static let all: [ExitScript] = [
    ExitScript("classes", "data iris\nlayer dense 8 relu\ntrain epochs=2 quiet"),
    ExitScript(
      "people", "data \"table.csv\" target=bought\nlayer dense 6 gelu\ntrain epochs=9 quiet",
      table: people),
    ExitScript(
      "means",
      "data \"table.csv\" target=income missing=mean normalize=minmax\nlayer dense 6 tanh\ntrain epochs=9 quiet",
      table: people.replacing("31.5", with: "3150000.5")),
    ExitScript(
      "hours",
      "data \"table.csv\" target=load date=when category=place\nlayer dense 6 silu\ntrain epochs=9 quiet",
      table: hours),
    ExitScript(
      "rare",
      "data \"table.csv\" target=sold category=shop\nlayer dense 4 elu\nloss mse\ntrain epochs=2 quiet",
      table: rare),
    ExitScript(
      "two targets",
      "data \"table.csv\" target=[age, income]\nlayer dense 5 softplus\ntrain epochs=5 quiet",
      table: people.replacing("\n,", with: "\n28,").replacing("yes,,", with: "yes,1,").replacing(
        "no,,", with: "no,2,")),
    ExitScript(
      "one output", "data \"table.csv\" target=bought\nlayer dense 1 sigmoid\ntrain epochs=5 quiet",
      table: people),
    ExitScript(
      "hinge", "data \"table.csv\" target=bought\nlayer dense 1\nloss hinge\ntrain epochs=5 quiet",
      table: people),
    ExitScript("scores", "data iris\nlayer dense 3\nloss mse\ntrain epochs=2 quiet"),
    ExitScript(
      "likelihoods",
      "data iris\nlayer dense 3 sigmoid\nloss binary_crossentropy\ntrain epochs=2 quiet"),
    ExitScript(
      "numbered classes",
      "data digits\nlayer conv 4 3x3 relu\nlayer maxpool 2\nlayer dense 10\ntrain epochs=1 quiet"),
    ExitScript(
      "pictures",
      "data digits target=inputs\nlayer conv 3 3x3 stride=2 relu\nlayer upsample 2\nlayer conv 1 3x3\nloss mse\ntrain epochs=1 quiet"
    ),
    ExitScript(
      "ways",
      """
      data digits
      layer conv 4 3x3
      residual {
        layer batchnorm
        layer depthwise 3x3 relu
        layer conv 4 1x1
      }
      branch {
        layer conv 2 3x3 stride=2
      } {
        layer avgpool 2
      }
      layer globalpool
      layer dense 10
      train epochs=1 quiet
      """),
    ExitScript(
      "own words",
      """
      def squash(x, k = 2) = if x > 0 then k * x / (1 + x) else x * exp(-x ^ 2)
      def share(x) = (x - min(x)) / (max(x) - min(x) + 1)
      data iris
      layer dense 6 squash
      layer dense 5 squash
      layer dense 4 share
      layer dense 3
      train epochs=2 quiet
      """),
  ]
}
