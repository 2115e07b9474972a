"""What nns answers for a table, and how far the answers of another program are from it."""

import csv
import math
import os
import sys


def tables(folder):
    """The rows of data.csv as records, and those of answers.csv, without its header, as lists."""
    with open(os.path.join(folder, "data.csv"), newline="") as file:
        lines = file.readlines()
    table = list(csv.DictReader(lines, delimiter=";" if ";" in lines[0] else ","))
    with open(os.path.join(folder, "answers.csv"), newline="") as file:
        return table, list(csv.reader(file))[1:]


def compare(answers, classes, numbers):
    """How many numbers were compared, and the largest difference, relative to numbers above 1.

    classes are the other program's, None where there are none.
    """
    if classes is not None:
        wrong = sum(row[0] != one for row, one in zip(answers, classes))
        if wrong:
            raise AssertionError(f"{wrong} of {len(answers)} classes differ")
    worst, count = 0.0, 0
    first = 0 if classes is None else 1
    for row, own in zip(answers, numbers, strict=True):
        for text, value in zip(row[first:], own, strict=True):
            if not math.isfinite(value):
                raise AssertionError(f"{value} instead of {text}")
            worst = max(worst, abs(float(text) - value) / max(1.0, abs(float(text))))
            count += 1
    return count, worst


def report(check):
    """Checks the folders of the command line and prints a line for each."""
    for folder in sys.argv[1:]:
        try:
            print(os.path.basename(folder), *check(folder))
        except Exception as error:
            print(os.path.basename(folder), 0, f"failed: {' '.join(str(error).split())}")
