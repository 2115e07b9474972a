"""Runs saved ONNX graphs with onnxruntime on the tables that the models learnt from.

usage: onnx_check.py FOLDER...

Each folder holds model.onnx, data.csv (a header, then rows as they stand in the table) and
answers.csv, what nns answers for these rows. For each folder a line is printed: its name, how many
numbers were compared, and the largest difference.
"""

import datetime
import os

import numpy
import onnx
import onnxruntime

import answers


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
    table, wanted = answers.tables(folder)
    given = {}
    for one in session.get_inputs():
        if one.type == "tensor(string)":
            given[one.name] = numpy.array([[row[one.name]] for row in table], dtype=object)
            continue
        dtype = numpy.float64 if one.type == "tensor(double)" else numpy.float32
        columns = [one.name]
        if one.name not in table[0]:
            columns = list(table[0])[: int(numpy.prod(one.shape[1:]))]
        cells = [[number(row[name]) for name in columns] for row in table]
        shape = [len(table)] + list(one.shape[1:])
        given[one.name] = numpy.array(cells, dtype=dtype).reshape(shape)
    outputs = dict(zip([one.name for one in session.get_outputs()], session.run(None, given)))
    # A column of that name keeps it.
    name = next((name for name in outputs if name.startswith("class")), None)
    classes = [str(one) for one in outputs.pop(name)] if name else None
    (numbers,) = outputs.values()
    return answers.compare(wanted, classes, numbers.reshape(len(table), -1))


answers.report(check)
