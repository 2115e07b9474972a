"""Steps of a small network in scikit-learn, one thread: small_sklearn.py EPOCHS"""

import os
import sys

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from frame import serve
from small import data

epochs = int(sys.argv[1])
x, y = data()
model = MLPClassifier((16,), alpha=0, batch_size=16, random_state=0)
classes = np.arange(3)


def run():
    for _ in range(epochs):
        model.partial_fit(x, y, classes=classes)
    return model.loss_


serve(f"scikit-learn {sklearn.__version__}, one thread", run)
