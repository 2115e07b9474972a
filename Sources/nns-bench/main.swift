import NNScript
