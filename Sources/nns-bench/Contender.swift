import NNScript

/// Seconds for the work, and what came out of it.
struct Sample {
  let seconds: Double
  let answer: Double
  /// The most memory the process held, in bytes, where it was one of its own.
  var peakMemory: Int?
}

/// Somebody who does the work of a benchmark.
struct Contender {
  let name: String
  /// At least how many times our time it should need.
  var goal: Double?
  /// At most how many times the first contender's time it may need.
  var most: Double?
  /// At most how many seconds it may need.
  var limit: Double?
  /// At least how many times our memory it should need.
  var memoryGoal: Double?
  /// What is missing where it cannot be opened.
  var whenAbsent = "it did not start"
  /// Gets ready, untimed; `nil` where that is not possible. Gives what does the work once.
  let open: () -> (() -> Sample?)?
}

extension Contender {
  /// A script in this process: `setUp` untimed, then `run`, which sets `answer`, once a sample.
  /// State stays from sample to sample unless the set-up is to be repeated.
  static func script(
    _ name: String, setUp: String, run: String, threads: Int? = nil, clock: Clock = .wall,
    continues: Bool = false
  ) -> Contender {
    func session() -> Session? {
      var options = Session.Options()
      options.threads = threads
      let session = Session(options: options)
      do { try session.run(setUp) } catch {
        print("  \(name): \(error)")
        return nil
      }
      return session
    }
    return Contender(name: name) {
      guard let first = session() else { return nil }
      return {
        guard let session = continues ? first : session() else { return nil }
        do {
          let start = clock.seconds
          try session.run(run)
          let seconds = clock.seconds - start
          guard case .number(let answer)? = session["answer"] else { return nil }
          return Sample(seconds: seconds, answer: answer)
        } catch {
          print("  \(name): \(error)")
          return nil
        }
      }
    }
  }

  /// Another interpreter, started anew for each sample.
  static func interpreter(_ peer: Peer, _ source: String) -> Contender {
    Contender(name: peer.name, whenAbsent: "`\(peer.command)` did not run it") {
      // Tried once: what is not installed is left out.
      peer.run(source) == nil ? nil : { peer.run(source) }
    }
  }

  /// A program of the folder `Peers` that stays, says `ready`, and answers each line with a sample.
  static func resident(
    _ name: String, _ command: [String]?, goal: Double? = nil,
    whenAbsent: String = "`scripts/bench --peers` sets it up"
  ) -> Contender {
    Contender(name: name, goal: goal, whenAbsent: whenAbsent) {
      guard let command, let program = ResidentProgram(command) else { return nil }
      return { program.sample() }
    }
  }

  /// A program from its start to its exit; the answer is the last number it prints.
  static func program(
    _ name: String, _ command: [String]?, goal: Double? = nil, limit: Double? = nil,
    whenAbsent: String = "`scripts/bench --peers` sets it up"
  ) -> Contender {
    Contender(name: name, goal: goal, limit: limit, whenAbsent: whenAbsent) {
      command.map { command in { runToTheEnd(command) } }
    }
  }

  /// A program of the folder `Peers` in the peers' Python.
  static func python(_ name: String, _ arguments: [String], goal: Double? = nil) -> Contender {
    resident(name, Surroundings.peersPython.map { [$0] + arguments }, goal: goal)
  }
}
