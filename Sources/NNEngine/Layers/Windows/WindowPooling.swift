/// A layer that makes one number of each window, channel by channel.
protocol WindowPooling: Layer {
  /// The window.
  var window: Window { get }
  /// Whether that is the largest; else it is the mean of what lies inside of the picture.
  var takesLargest: Bool { get }
}

extension MaxPooling: WindowPooling { var takesLargest: Bool { true } }
extension AveragePooling: WindowPooling { var takesLargest: Bool { false } }
