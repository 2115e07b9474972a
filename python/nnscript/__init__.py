"""nnscript: a small language for neural networks.

    import nnscript

    session = nnscript.Session()
    session.run('''
      data "iris.csv" target=species test=20%
      layer dense 16 relu
      layer dense 3 softmax
      train epochs=60 lr=0.01
    ''')
    session.predict([[5.1, 3.5, 1.4, 0.2]])   # probabilities of the classes, as a NumPy array

A session keeps names, data and models between runs. `session["x"]` reads and writes the names of
scripts, `help(nnscript.Session)` tells the rest.
"""

from .session import Cancelled, Diagnostic, Error, LimitReached, Session, version

__all__ = ["Cancelled", "Diagnostic", "Error", "LimitReached", "Session", "version"]
__version__ = version()
