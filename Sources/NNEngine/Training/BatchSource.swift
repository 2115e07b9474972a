internal import CKernels

/// Rows of examples as pointers, for as long as their arrays are held.
struct BatchSource {
  enum Inputs {
    case floats(UnsafePointer<Float>)
    case bytes(UnsafePointer<UInt8>)
    case doubles(UnsafePointer<Double>)
  }

  var inputs: Inputs
  var classes: UnsafePointer<Int32>?
  var values: UnsafePointer<Double>?
  var count: Int
}

extension Examples {
  /// Runs something with the rows held in place.
  func withSource<R, E: Error>(_ body: (BatchSource) throws(E) -> R) throws(E) -> R {
    func withTargets(_ inputs: BatchSource.Inputs) throws(E) -> R {
      switch targets {
      case .none:
        return try body(BatchSource(inputs: inputs, classes: nil, values: nil, count: count))
      case .classes(let classes):
        return try classes.withUnsafeBufferPointer { places throws(E) in
          try body(
            BatchSource(inputs: inputs, classes: places.baseAddress, values: nil, count: count))
        }
      case .values(let values, _):
        return try values.withUnsafeBufferPointer { places throws(E) in
          try body(
            BatchSource(inputs: inputs, classes: nil, values: places.baseAddress, count: count))
        }
      }
    }
    switch inputs {
    case .floats(let numbers):
      // An empty array may have no address; no row of it is ever read.
      return try (numbers.isEmpty ? [0] : numbers).withUnsafeBufferPointer { places throws(E) in
        try withTargets(.floats(places.baseAddress!))
      }
    case .bytes(let numbers):
      return try (numbers.isEmpty ? [0] : numbers).withUnsafeBufferPointer { places throws(E) in
        try withTargets(.bytes(places.baseAddress!))
      }
    case .doubles(let numbers):
      return try (numbers.isEmpty ? [0] : numbers).withUnsafeBufferPointer { places throws(E) in
        try withTargets(.doubles(places.baseAddress!))
      }
    }
  }
}
