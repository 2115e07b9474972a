/// Places for the numbers that a function works out on its way, each used again once nobody reads
/// what stands there.
struct CMemory {
  private var free: [Range<Int>] = []
  /// How many numbers it takes in all.
  private(set) var size = 0

  /// Finds room for so many numbers.
  mutating func take(_ count: Int) -> Int {
    if let index = free.firstIndex(where: { $0.count >= count }) {
      let place = free[index].lowerBound
      free[index] = place + count..<free[index].upperBound
      if free[index].isEmpty { free.remove(at: index) }
      return place
    }
    // The last piece may reach to the end.
    if let last = free.last, last.upperBound == size {
      free.removeLast()
      size = last.lowerBound + count
      return last.lowerBound
    }
    size += count
    return size - count
  }

  /// Gives room back.
  mutating func giveBack(_ place: Int, _ count: Int) {
    guard count > 0 else { return }
    free.append(place..<place + count)
    free.sort { $0.lowerBound < $1.lowerBound }
    var joined: [Range<Int>] = []
    for range in free {
      if let last = joined.last, last.upperBound == range.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<range.upperBound
      } else {
        joined.append(range)
      }
    }
    free = joined
  }
}
