"""An epoch in scikit-learn: epoch_sklearn.py BATCH"""

import sys

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from frame import fashion, serve

x, y = fashion()
model = MLPClassifier((256, 128), alpha=0, batch_size=int(sys.argv[1]), random_state=0)
classes = np.arange(10)


def run():
    model.partial_fit(x, y, classes=classes)
    return model.loss_


serve(f"scikit-learn {sklearn.__version__}", run)
