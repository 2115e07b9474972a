"""An epoch in JAX, the step compiled: epoch_jax.py BATCH"""

import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from frame import fashion, serve

batch = int(sys.argv[1])
x, y = (jnp.asarray(part) for part in fashion())
sizes = [784, 256, 128, 10]
generator = np.random.default_rng(0)
weights = [
    (
        jnp.asarray(generator.normal(0, (2 / n) ** 0.5, (n, m)), jnp.float32),
        jnp.zeros(m, jnp.float32),
    )
    for n, m in zip(sizes, sizes[1:])
]


def loss_function(weights, x, y):
    for w, b in weights[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = weights[-1]
    return -jnp.mean(jax.nn.log_softmax(x @ w + b)[jnp.arange(len(y)), y])


@partial(jax.jit, donate_argnums=0)
def step(state, rows):
    weights, means, squares, t = state
    loss, gradients = jax.value_and_grad(loss_function)(weights, x[rows], y[rows])
    t = t + 1
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
    weights = jax.tree.map(
        lambda w, m, v: w
        - 0.001 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8),
        weights,
        means,
        squares,
    )
    return (weights, means, squares, t), loss


zeros = lambda: jax.tree.map(jnp.zeros_like, weights)
state = (weights, zeros(), zeros(), jnp.zeros((), jnp.float32))


def run():
    global state
    total = 0
    order = generator.permutation(len(x)).astype(np.int32)
    for first in range(0, len(x), batch):
        rows = order[first : first + batch]
        state, loss = step(state, rows)
        total = total + loss * len(rows)
    return float(total) / len(x)


serve(f"JAX {jax.__version__}", run)
