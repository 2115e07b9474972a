"""Data of the small network: the same numbers in each language."""

import numpy as np

ROWS = 1600


def data():
    i = np.arange(ROWS)[:, None]
    j = np.arange(4)[None, :]
    x = np.sin(i * 0.37 * (j + 1) + j)
    y = np.where(x[:, 0] + x[:, 1] * x[:, 2] > 0.3, 0, np.where(x[:, 3] > 0, 1, 2))
    return x.astype(np.float32), y.astype(np.int64)
