"""Runs saved PyTorch modules on the tables that the models learnt from.

usage: pytorch_check.py FOLDER...

Each folder holds model.py with its weights, data.csv (a header, then rows as they stand in the table)
and answers.csv, what nns answers for these rows. For each folder a line is printed: its name, how many
numbers were compared, and the largest difference, relative to numbers greater than 1.
"""

import csv
import importlib.util
import math
import os
import sys


def check(folder):
    place = importlib.util.spec_from_file_location("model", os.path.join(folder, "model.py"))
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    model = module.load()
    with open(os.path.join(folder, "data.csv"), newline="") as file:
        table = list(csv.DictReader(file))
    with open(os.path.join(folder, "answers.csv"), newline="") as file:
        answers = list(csv.reader(file))[1:]
    rows = table
    if not hasattr(module, "column"):
        width = module.INPUTS
        rows = [[float(cell) for cell in list(row.values())[:width]] for row in table]
    numbers = model.predict(rows).reshape(len(table), -1).tolist()
    worst, count = 0.0, 0
    for row, own in zip(answers, numbers):
        first = 1 if hasattr(module, "CLASSES") else 0
        if len(row) != first + len(own):
            raise AssertionError(f"{len(row) - first} numbers, the module gives {len(own)}")
        if first and row[0] != module.CLASSES[own.index(max(own))]:
            raise AssertionError(f"{row[0]}, the module says {own}")
        for text, value in zip(row[first:], own):
            if not math.isfinite(value):
                raise AssertionError(f"the module gives {value}, nns {text}")
            worst = max(worst, abs(float(text) - value) / max(1.0, abs(float(text))))
            count += 1
    return count, worst


for folder in sys.argv[1:]:
    try:
        print(os.path.basename(folder), *check(folder))
    except Exception as error:
        print(os.path.basename(folder), 0, f"failed: {' '.join(str(error).split())}")
