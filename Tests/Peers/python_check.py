"""Runs saved modules of Python on the tables that the models learnt from.

usage: python_check.py FOLDER...

Each folder holds model.py with its weights, data.csv (a header, then rows as they stand in the table)
and answers.csv, what nns answers for these rows. For each folder a line is printed: its name, how many
numbers were compared, and the largest difference.
"""

import importlib.util
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import answers  # noqa: E402


def check(folder):
    place = importlib.util.spec_from_file_location("model", os.path.join(folder, "model.py"))
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    table, wanted = answers.tables(folder)
    rows = table
    if not hasattr(module, "column"):
        rows = [[float(cell) for cell in list(row.values())[: module.INPUTS]] for row in table]
    if not hasattr(module, "load"):
        numbers = module.predict(rows)
    elif hasattr(module, "Model"):
        numbers = module.load().predict(rows)
    else:
        numbers = module.predict(module.load(), rows)
    numbers = numbers.reshape(len(table), -1).tolist()
    classes = None
    if hasattr(module, "CLASSES"):
        classes = [module.CLASSES[own.index(max(own))] for own in numbers]
    return answers.compare(wanted, classes, numbers)


answers.report(check)
