/// Scripts that use every form of the language, for the sweeps.
enum SampleScripts {
  static let all = [job, statements, expressions, commands, texts, equations]

  static let job = """
    #!/usr/bin/env nns
    data "iris.csv" target=species test=20%   # a share
    layer dense 16 relu
    layer dense 3 softmax
    loss crossentropy
    optimizer adam lr=0.01
    train epochs=60 until=(accuracy > 0.98) lr=0.1 * 0.95^epoch quiet
    evaluate; save "iris.safetensors";
    """

  static let statements = """
    let rate = 0.1
    rate = 0.05; rate *= 2
    if rate > 0.05 { print rate } else if rate == 0 { print "none" } else { rate += 1 }
    for lr in [0.1, 0.01] { print lr }
    for i, x in xs {
      if x in [1, 2] { continue }
      break
    }
    while best > 0.1 {
      best = best / 2
    }
    def square(x) = x^2
    def stage(filters, size=3x3) {
      layer conv filters size relu
      return filters * 2
    }
    stage 32
    stage(64, size=5x5)
    let e = evaluate on=test
    model.dense1.weights[0, 1] = 0.5
    """

  static let expressions = """
    let a = -x^2 + 2^-1 * (3 - 4) / 5 % 6
    let b = not a == 1 and 0 < a <= 1 or a not in [1, 2.5, 1e-3]
    let c = if a > 1 then b else if b then c.d(1, k=2)[0] else none
    let d = [x^2 for x in 1..10 if x > 2]
    let e = [x for i, x in 0..1 by 0.25]
    let r = {loss: 0.3, "a b": 0.9, in: {}}
    let w = W[0, 2] @ W[1..2] + W[.., 0].T - W[1..] * W[..3]
    let s = [
      28x28x1,
      true, false, 60_000, .5, 20%,
    ]
    let y = sqrt (2) + 1
    (a + b)
    r.loss
    """

  static let commands = """
    model digits {
      residual { layer dense 8 relu }
      branch { layer dense 4 } {
        layer dense 2 * n -1 [1, 2] {cat: 2}
      }
    }
    param epochs = 10 "how long to train"
    assert e.accuracy > 0.95 "too weak"
    sweep lr=[0.1, 0.01] units=[16, 64] by=val_accuracy { train quiet }
    plot [sigmoid(x) for x in -5..5 by 0.1] \\
      to="loss.svg"
    help for
    predict {width: 1, height: 2}
    let t = time { train epochs=1 }
    """

  static let texts = """
    print "model {name}: {100 * acc:.1f} % {{}} \\n\\t\\"\\\\"
    print 'as it {is}' "{f("{x:>8}")} {r.a[1]:08.3e} {n:,}"
    let größe = "ü 😀 {größe}"
    """

  static let equations = """
    def huberish(y, p) = if abs(y - p) < 1 then 0.5 * (y - p)^2 else abs(y - p) - 0.5
    def article_adam(w, g, lr=0.001, b1=0.9) {
      state m=0 v=0
      m = b1 * m + (1 - b1) * g
      return w - lr / (sqrt(v) + 1e-8) * m
    }
    train epochs=20 lr=0.01 * min(1, epoch / 5)
    """
}
