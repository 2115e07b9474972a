import Glibc
import NNEngine
import Synchronization
import Testing

@testable import NNScript

/// Sessions in threads beside each other are as sessions alone.
@Suite(.serialized) struct SideBySideTests {
  private static let script = """
    seed 7
    data iris test=20%
    layer dense 24 tanh
    layer dense 3
    train epochs=6 batch=16 quiet
    let measured = evaluate()
    let texts = map(text, range(2000))
    let record = {}
    for i in range(300) { record["k{i}"] = [i, i * i] }
    let product = random(60, 60) @ random(60, 60)
    let answer = predict [5.1, 3.5, 1.4, 0.2]
    """

  /// What a session of its own comes to, to the bit.
  private static func outcome() throws -> [UInt32] {
    var options = Session.Options()
    options.dataFolders = [Repository.folder + "/scripts/models/data"]
    options.memory = 200_000_000
    let session = Session(options: options)
    try session.run(script)
    guard let network = session.workspace.model.network,
      case .tensor(let product)? = session["product"]
    else { return [] }
    var bits = network.values.map(\.bitPattern) + product.tensor.elements.map(\.bitPattern)
    for name in ["measured", "answer", "texts", "record"] {
      bits += Formatting.text(of: session[name] ?? .none).utf8.map(UInt32.init)
    }
    return bits
  }

  /// Eight sessions in eight threads, with stacks as small as a host may give them: two seconds with
  /// every test run, ten minutes with `scripts/test long`.
  @Test(.timeLimit(.minutes(20))) func eightSessionsGiveTheSameBytes() throws {
    let wanted = try Self.outcome()
    #expect(wanted.count > 3_700)
    let work = SharedWork(
      wanted: wanted, end: time(nil) + (getenv("NNS_LONG_TESTS") == nil ? 2 : 600))
    var threads: [pthread_t] = []
    for _ in 0..<8 {
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      pthread_attr_setstacksize(&attributes, 256 << 10)
      var thread = pthread_t()
      let status = pthread_create(
        &thread, &attributes,
        { context in
          guard let context else { return nil }
          Unmanaged<SharedWork>.fromOpaque(context).takeUnretainedValue().run()
          return nil
        }, Unmanaged.passUnretained(work).toOpaque())
      #expect(status == 0)
      threads.append(thread)
      pthread_attr_destroy(&attributes)
    }
    for thread in threads { pthread_join(thread, nil) }
    #expect(work.differing.load(ordering: .relaxed) == 0)
    #expect(work.rounds.load(ordering: .relaxed) >= 8)
    if getenv("NNS_LONG_TESTS") != nil {
      print("\(work.rounds.load(ordering: .relaxed)) sessions gave the same bytes")
    }
  }

  private final class SharedWork: Sendable {
    let wanted: [UInt32]
    let end: time_t
    let rounds = Atomic(0)
    let differing = Atomic(0)

    init(wanted: [UInt32], end: time_t) { (self.wanted, self.end) = (wanted, end) }

    func run() {
      repeat {
        let found = try? SideBySideTests.outcome()
        if found != wanted { differing.add(1, ordering: .relaxed) }
        rounds.add(1, ordering: .relaxed)
      } while time(nil) < end
    }
  }
}
