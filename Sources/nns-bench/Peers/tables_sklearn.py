"""scikit-learn's models on the folds of a table: tables_sklearn.py classes|numbers SEED FOLDER ...

Prints for each folder and model: its name, seconds to fit, accuracy and log-loss, or R2 and the root
of the mean squared error.
"""

import os
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas
import sklearn
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, r2_score, root_mean_squared_error
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
kind, seed, folders = sys.argv[1], int(sys.argv[2]), sys.argv[3:]


def models(chance):
    if kind == "classes":
        return {
            "mlp": MLPClassifier(random_state=chance),
            "linear": LogisticRegression(max_iter=1000),
            "forest": RandomForestClassifier(random_state=chance),
            "boosting": HistGradientBoostingClassifier(random_state=chance),
        }
    return {
        # Unscaled targets are beyond its 200 epochs: they are scaled for it.
        "mlp": TransformedTargetRegressor(MLPRegressor(random_state=chance), transformer=StandardScaler()),
        "linear": Ridge(),
        "forest": RandomForestRegressor(random_state=chance),
        "boosting": HistGradientBoostingRegressor(random_state=chance),
    }


def columns(x, boosts):
    numbers = x.select_dtypes("number").columns
    texts = [name for name in x.columns if name not in numbers]
    # Boosted trees take gaps as they are.
    scaled = "passthrough" if boosts else make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    coded = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer([("numbers", scaled, numbers), ("texts", coded, texts)])


def measure(task):
    number, folder = task
    train, test = (pandas.read_csv(f"{folder}/{part}.csv") for part in ("train", "test"))
    x, y = train.iloc[:, :-1], train.iloc[:, -1]
    x_test, y_test = test.iloc[:, :-1], test.iloc[:, -1]
    if kind == "classes":
        y, y_test = y.astype(str), y_test.astype(str)
    lines = []
    for name, model in models(seed + number).items():
        whole = make_pipeline(columns(x, name == "boosting"), model)
        start = time.perf_counter()
        whole.fit(x, y)
        seconds = time.perf_counter() - start
        answers = whole.predict(x_test)
        if kind == "classes":
            score = accuracy_score(y_test, answers)
            loss = log_loss(y_test, whole.predict_proba(x_test), labels=whole.classes_)
        else:
            score, loss = r2_score(y_test, answers), root_mean_squared_error(y_test, answers)
        lines.append(f"{name} {seconds:.4f} {score} {loss}")
    return lines


if __name__ == "__main__":
    print("ready scikit-learn", sklearn.__version__, flush=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for lines in pool.map(measure, enumerate(folders)):
            print("\n".join(lines), flush=True)
