import Glibc
import NNEngine

extension FunctionEntry {
  /// Functions that draw from the session's stream for `random` and its like.
  static var chance: [FunctionEntry] {
    [
      .make(
        "random", "Numbers from 0 to below 1: one, a list of one size, a tensor of several.",
        "sizes...=none", example: "seed 1\nprint random(3)"
      ) { call in
        try Sizes(call, 0).value { uniform(call.context) }
      },
      .make(
        "normal",
        "Numbers of mean 0 and deviation 1: one, a list of one size, a tensor of several.",
        "sizes...=none", example: "seed 1\nprint normal(3)"
      ) { call in
        try Sizes(call, 0).value { gaussian(call.context) }
      },
      .make("shuffle", "The items in random order.", "list", example: "seed 1\nprint shuffle(1..5)")
      { call in
        let list = try call.list(0)
        var items = try made(list.count) { list[$0] }
        for last in stride(from: items.count - 1, to: 0, by: -1) {
          try Allowance.proceed()
          items.swapAt(last, below(last + 1, call.context))
        }
        return .list(items)
      },
      .make("choice", "One item by chance.", "list", example: "seed 1\nprint choice([1, 2, 3])") {
        call in
        let list = try call.list(0)
        guard list.count > 0 else {
          throw ValueError(
            code: .domainFault, message: "`choice` needs at least one item",
            label: "this list is empty", argument: 0)
        }
        return list[below(list.count, call.context)]
      },
    ]
  }

  private static func uniform(_ context: any FunctionContext) -> Double {
    Double(context.drawRandom() >> 11) * 0x1p-53
  }

  /// Box and Muller; one of the two numbers is dropped, so that no state is left between calls.
  private static func gaussian(_ context: any FunctionContext) -> Double {
    let radius = (-2 * log(1 - uniform(context))).squareRoot()
    return radius * cos(2 * .pi * uniform(context))
  }

  /// A whole number below a bound; the bias of the product is below 2^-40 for any list.
  private static func below(_ bound: Int, _ context: any FunctionContext) -> Int {
    Int(UInt64(bound).multipliedFullWidth(by: context.drawRandom()).high)
  }
}
