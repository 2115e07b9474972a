import CAllocationCount
import NNScript

/// Blocks of memory taken from the heap in a step of training, once the first epoch is over.
struct Allocations: Measurement {
  let name = "allocations"
  let summary = "heap allocations in a step after the first epoch, small and large, one thread"

  func measure() -> Bool {
    print("\(name): \(summary)")
    var isRight = true
    for (title, set, layers, batch) in [
      ("4-16-3, batch 16", "data iris", "layer dense 16 relu\nlayer dense 3 softmax", 16),
      ("784-256-128-10, batch 128", "data fashion_mnist limit=6000", "layer dense 256 relu", 128),
    ] {
      let host = Counter()
      var options = Session.Options()
      options.threads = 1
      options.dataFolders = ["scripts/models/data"]
      let session = Session(host: host, options: options)
      do { try session.run("\(set)\n\(layers)\ntrain epochs=3 batch=\(batch) quiet") } catch {
        print("  \(title): left out, \(error)")
        continue
      }
      print("  \(pad(title, 28))\(host.most) \(verdict(host.most == 0, "≤ 0"))")
      if host.most > 0 { isRight = false }
    }
    return isRight
  }

  /// Counts from one batch to the next, within an epoch.
  private final class Counter: Host {
    private(set) var most = 0
    private var isFirstEpoch = true
    private var last: Int?

    func receive(_ event: Event) {
      switch event {
      case .batch:
        let now = allocations_of_this_thread()
        if let last, !isFirstEpoch { most = max(most, now - last) }
        last = allocations_of_this_thread()
      case .epoch:
        isFirstEpoch = false
        last = nil
      default: break
      }
    }
  }
}
