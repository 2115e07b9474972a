/// A function that a file brings along, where its library has none.
enum PythonHelper: String, CaseIterable {
  case sigmoid, softmax, erf, convolve, pool
  case weights = "Weights"

  /// Its text.
  var text: String {
    switch self {
    case .sigmoid:
      """
      def sigmoid(x):
          return np.exp(-np.logaddexp(-x, 0.0))

      """
    case .softmax:
      """
      def softmax(x):
          powers = np.exp(x - x.max(-1, keepdims=True))
          return powers / powers.sum(-1, keepdims=True)

      """
    case .erf:
      """
      def erf(x):
          return np.vectorize(math.erf, otypes=[x.dtype])(x)

      """
    case .convolve:
      """
      def convolve(x, kernels, stride, padding, dilation=(1, 1), groups=1):
          \"\"\"Moves windows over pictures, channels last, and adds up what they see, weighed.\"\"\"
          height, width, channels, filters = kernels.shape
          size = ((height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1)
          x = np.pad(x, ((0, 0), *padding, (0, 0)))
          seen = np.lib.stride_tricks.sliding_window_view(x, size, (1, 2))
          seen = seen[:, :: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]
          outputs = []
          for group, own in enumerate(np.split(kernels, groups, -1)):
              part = seen[:, :, :, group * channels : (group + 1) * channels]
              part = part.transpose(0, 1, 2, 4, 5, 3).reshape(*seen.shape[:3], -1)
              outputs.append(part @ own.reshape(-1, filters // groups))
          return np.concatenate(outputs, -1)

      """
    case .pool:
      """
      def pool(choose, x, size, stride, padding, outside):
          \"\"\"One number of what windows see that move over pictures, channels last.\"\"\"
          x = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=outside)
          seen = np.lib.stride_tricks.sliding_window_view(x, size, (1, 2))
          return choose(seen[:, :: stride[0], :: stride[1]], (-2, -1))

      """
    case .weights:
      """
      class Weights(layers.Layer):
          \"\"\"Numbers that are learnt, where Keras has no layer for what is done with them.\"\"\"

          def __init__(self, shape, **settings):
              super().__init__(**settings)
              self.value = self.add_weight(shape=shape, name="value")

          def call(self, x):
              return ops.convert_to_tensor(self.value)

          def compute_output_spec(self, x):
              return keras.KerasTensor(self.value.shape, dtype="float32")

      """
    }
  }
}
