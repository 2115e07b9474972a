"""Runs saved ONNX graphs with onnxruntime on the tables that the models learnt from.

usage: onnx_check.py FOLDER...

Each folder holds model.onnx, data.csv (a header, then rows as they stand in the table) and
answers.csv, what nns answers for these rows. For each folder a line is printed: its name, how many
numbers were compared, and the largest difference, relative to numbers greater than 1.
"""

import csv
import datetime
import os
import sys

import numpy
import onnx
import onnxruntime


def number(text):
    """A cell as a number: dates as days since 1970, missing ones as NaN."""
    if text == "":
        return numpy.nan
    truths = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
    if text in truths:
        return truths[text]
    try:
        return float(text)
    except ValueError:
        moment = datetime.datetime.fromisoformat(text)
        return (moment - datetime.datetime(1970, 1, 1)).total_seconds() / 86400


def check(folder):
    path = os.path.join(folder, "model.onnx")
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    with open(os.path.join(folder, "data.csv"), newline="") as file:
        table = list(csv.DictReader(file))
    with open(os.path.join(folder, "answers.csv"), newline="") as file:
        answers = list(csv.reader(file))
    header, answers = answers[0], answers[1:]
    given = {}
    for one in session.get_inputs():
        if one.type == "tensor(string)":
            cells = [[row[one.name]] for row in table]
            given[one.name] = numpy.array(cells, dtype=object)
            continue
        dtype = numpy.float64 if one.type == "tensor(double)" else numpy.float32
        if one.name in table[0]:
            cells = [[number(row[one.name])] for row in table]
        else:
            columns = [name for name in table[0]][: int(numpy.prod(one.shape[1:]))]
            cells = [[number(row[name]) for name in columns] for row in table]
        shape = [len(table)] + list(one.shape[1:])
        given[one.name] = numpy.array(cells, dtype=dtype).reshape(shape)
    outputs = dict(zip([one.name for one in session.get_outputs()], session.run(None, given)))
    worst, count = 0.0, 0
    # A column of that name keeps it.
    name = next((name for name in outputs if name.startswith("class")), None)
    if name:
        classes = [str(one) for one in outputs[name]]
        wrong = sum(row[0] != one for row, one in zip(answers, classes))
        if wrong:
            raise AssertionError(f"{wrong} of {len(answers)} classes differ")
    numbers = outputs.get("probabilities", outputs.get("scores", outputs.get("prediction")))
    first = 1 if name else 0
    numbers = numbers.reshape(len(table), -1)
    for row, own in zip(answers, numbers):
        if len(row) != first + len(own):
            raise AssertionError(f"{len(row) - first} numbers, the graph gives {len(own)}")
        for text, value in zip(row[first:], own):
            if not numpy.isfinite(value):
                raise AssertionError(f"the graph gives {value}, nns {text}")
            worst = max(worst, abs(float(text) - value) / max(1.0, abs(float(text))))
            count += 1
    return count, worst


for folder in sys.argv[1:]:
    try:
        print(os.path.basename(folder), *check(folder))
    except Exception as error:
        print(os.path.basename(folder), 0, f"failed: {' '.join(str(error).split())}")
