internal import CKernels

/// Rows of examples as pointers, for as long as their arrays are held.
struct BatchSource {
  enum Inputs {
    case floats(UnsafePointer<Float>)
    case bytes(UnsafePointer<UInt8>)
  }

  var inputs: Inputs
  var classes: UnsafePointer<Int32>?
  var values: UnsafePointer<Float>?
  var count: Int
}

extension Examples {
  /// Runs something with the rows held in place.
  func withSource<R>(_ body: (BatchSource) throws -> R) rethrows -> R {
    func withTargets(_ inputs: BatchSource.Inputs) throws -> R {
      switch targets {
      case .none:
        return try body(BatchSource(inputs: inputs, classes: nil, values: nil, count: count))
      case .classes(let classes):
        return try classes.withUnsafeBufferPointer {
          try body(
            BatchSource(inputs: inputs, classes: $0.baseAddress, values: nil, count: count))
        }
      case .values(let values, _):
        return try values.withUnsafeBufferPointer {
          try body(
            BatchSource(inputs: inputs, classes: nil, values: $0.baseAddress, count: count))
        }
      }
    }
    switch inputs {
    case .floats(let numbers):
      // An empty array may have no address; no row of it is ever read.
      return try (numbers.isEmpty ? [0] : numbers).withUnsafeBufferPointer {
        try withTargets(.floats($0.baseAddress!))
      }
    case .bytes(let numbers):
      return try (numbers.isEmpty ? [0] : numbers).withUnsafeBufferPointer {
        try withTargets(.bytes($0.baseAddress!))
      }
    }
  }
}
