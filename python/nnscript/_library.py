"""The C library, as `nnscript.h` declares it."""

import ctypes
import os
from ctypes import (
    CFUNCTYPE, POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p,
)

ABI = 1
WHOLE = ctypes.c_size_t(-1).value
OK, FAILED, CANCELLED, LIMIT, BUSY, MISUSE, MISSING, KIND, ROOM = range(9)

Take = CFUNCTYPE(None, c_void_p, POINTER(ctypes.c_char), c_size_t)
Function = CFUNCTYPE(None, c_void_p, POINTER(ctypes.c_char), c_size_t, c_void_p)


class Config(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t), ("context", c_void_p), ("write", Take), ("diagnose", Take),
        ("event", Take), ("read_root", c_char_p), ("write_root", c_char_p), ("folder", c_char_p),
        ("data_folder", c_char_p), ("time_limit", c_double), ("memory_limit", c_uint64),
        ("output_limit", c_uint64), ("threads", c_int32), ("width", c_int32),
        ("uses_libraries", c_int32),
    ]


def _open():
    name = f"libnnscript.so.{ABI}"
    beside = os.path.join(os.path.dirname(__file__), name)
    library = ctypes.CDLL(beside if os.path.exists(beside) else name)
    text = (c_char_p, c_size_t)
    lent = (POINTER(c_void_p), POINTER(c_size_t))
    array = (c_char_p, c_void_p, POINTER(c_int64), c_size_t)
    rows = (c_void_p, c_size_t, c_size_t, c_void_p, c_size_t)
    signatures = {
        "open": (POINTER(Config), POINTER(c_void_p)), "run": text, "run_file": (c_char_p,),
        "check": text, "help": (c_char_p, *lent),
        "complete": (c_char_p, c_size_t, c_size_t, *lent),
        "set_number": (c_char_p, c_double), "set_text": (c_char_p, *text),
        "set_json": (c_char_p, *text), "set_array": array, "set_array_f32": array,
        "get_array": (
            c_char_p, c_void_p, c_size_t, POINTER(c_size_t), POINTER(c_int64), c_size_t,
            POINTER(c_size_t)),
        "get_json": (c_char_p, *lent),
        "define": (c_char_p, c_char_p, Function, c_void_p),
        "sizes": (POINTER(c_size_t), c_void_p), "predict": rows, "predict_f32": rows,
        "load": (c_char_p,), "save": (c_char_p,),
        "put_file": (c_char_p, c_char_p, c_size_t), "get_file": (c_char_p, *lent),
    }
    for name, parameters in signatures.items():
        function = getattr(library, f"nns_{name}")
        function.restype = c_int32
        function.argtypes = parameters if name == "open" else (c_void_p, *parameters)
    others = {
        "version": (c_char_p, ()), "abi": (c_int32, ()), "close": (None, (c_void_p,)),
        "cancel": (None, (c_void_p,)), "error": (c_char_p, (c_void_p,)),
        "diagnostics": (c_void_p, (c_void_p, POINTER(c_size_t))), "is_complete": (c_int32, text),
        "reply_json": (None, (c_void_p, *text)), "reply_error": (None, (c_void_p, c_char_p, c_char_p)),
    }
    for name, (result, parameters) in others.items():
        function = getattr(library, f"nns_{name}")
        (function.restype, function.argtypes) = (result, parameters)
    if library.nns_abi() != ABI:
        raise ImportError(f"{library._name} has the interface {library.nns_abi()}, {ABI} is needed")
    return library


library = _open()


def lent(call, *arguments):
    """What a function lends: its status, and a copy of the bytes."""
    (place, length) = (c_void_p(), c_size_t())
    status = call(*arguments, byref(place), byref(length))
    return status, ctypes.string_at(place, length.value) if status == OK else b""
