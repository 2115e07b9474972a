import NNScript
import Testing
