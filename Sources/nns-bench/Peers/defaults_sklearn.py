"""scikit-learn's defaults on folds: defaults_sklearn.py classes|numbers SEED FOLDER ...

Each line of the input asks for the next folder; the answer is accuracy or R2 on its test rows.
"""

import csv
import os
import sys
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
kind, seed, folders = sys.argv[1], int(sys.argv[2]), sys.argv[3:]


def read(path):
    with open(path) as file:
        rows = list(csv.reader(file))[1:]
    targets = [row[-1] for row in rows]
    inputs = np.array([[float(value) for value in row[:-1]] for row in rows])
    return inputs, np.array(targets if kind == "classes" else [float(y) for y in targets])


print("ready scikit-learn", sklearn.__version__, flush=True)
for number, folder in enumerate(folders):
    if not sys.stdin.readline():
        break
    x, y = read(f"{folder}/train.csv")
    x_test, y_test = read(f"{folder}/test.csv")
    scaler = StandardScaler().fit(x)
    make = MLPClassifier if kind == "classes" else MLPRegressor
    model = make(random_state=seed + number)
    start = time.perf_counter()
    model.fit(scaler.transform(x), y)
    seconds = time.perf_counter() - start
    print(seconds, model.score(scaler.transform(x_test), y_test), flush=True)
