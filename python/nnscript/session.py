"""Sessions: a script's world, from Python."""

import contextlib
import ctypes
import json
import os
import signal
import socket
import threading
import weakref
from ctypes import byref, c_int64, c_size_t, c_void_p
from dataclasses import dataclass, field

import numpy

from . import _library as c

_calls = c.library
_predict = _calls.nns_predict
_wide = numpy.dtype(numpy.float64)
_size_of_size = ctypes.sizeof(c_size_t)
# Those that a forked process must leave alone: the threads at work for them are not there.
_sessions = weakref.WeakSet()


def _forget_sessions():
    for session in _sessions:
        (session._handle, session._is_foreign) = (None, True)


os.register_at_fork(after_in_child=_forget_sessions)


def version():
    """The version of the library, such as "0.1.0"."""
    return _calls.nns_version().decode()


@dataclass(frozen=True)
class Diagnostic:
    """A warning or an error of a script."""

    code: str
    severity: str
    message: str
    line: int = 0
    column: int = 0
    hints: list = field(default_factory=list)
    facts: dict = field(default_factory=dict, repr=False)

    @staticmethod
    def _of(facts):
        return Diagnostic(
            facts.get("code", ""), facts.get("severity", "error"), facts.get("message", ""),
            int(facts.get("line") or 0), int(facts.get("column") or 0),
            facts.get("help") or facts.get("hints") or [], facts)


class Error(Exception):
    """A script that was refused or failed. Its text shows the lines with marks under what matters.

    `diagnostics` holds all errors and warnings; `code`, `line`, `column` and `hints` are those of the
    first error, where there is one."""

    def __init__(self, text, diagnostics=()):
        super().__init__(text)
        self.diagnostics = list(diagnostics)
        first = next((d for d in self.diagnostics if d.severity == "error"), None)
        self.code = first.code if first else ""
        (self.line, self.column) = (first.line, first.column) if first else (0, 0)
        self.hints = first.hints if first else []


class Cancelled(Error):
    """`Session.cancel` stopped the call. A training keeps its whole epochs."""


class LimitReached(Error):
    """The call reached the session's limit of time or output."""


class Session:
    """A script's world: its names, its data and its models.

    Parameters:
        output: called with each text of results; without it `run` returns them.
        events: called with a dict for each note and each step of a training.
        warnings: called with each `Diagnostic` of a script.
        read, write: the folders below which scripts read and write files; None for none.
        folder: where relative paths start; the working directory where it lies in `read`.
        data: a folder with sets such as `data iris`.
        time: seconds that one call may take.
        memory: bytes that the session may hold.
        output_limit: bytes of results of one call.
        threads: threads of the engine; results are the same for any number.
        width: columns of text that results may be wide.

    One session serves one thread at a time; `cancel` may be called from any. A forked process may
    not use the session of its parent.
    """

    def __init__(
        self, *, output=None, events=None, warnings=None, read="/", write="/", folder=None,
        data=None, time=None, memory=None, output_limit=None, threads=None, width=None,
    ):
        self._handle = None
        self._texts = []
        self._failure = None
        self._functions = {}
        self._is_foreign = False
        self._sizes = (c_size_t * 2)()
        # The array that was filled last, its place and how many numbers it holds.
        self._last_out = (None, 0, 0)
        if folder is None and read is not None:
            here = os.getcwd()
            root = os.path.realpath(read)
            folder = here if os.path.commonpath([here, root]) == root else read
        config = c.Config(size=ctypes.sizeof(c.Config))
        self._callbacks = (
            self._guarded(lambda text: (output or self._texts.append)(text.decode())),
            self._guarded(lambda text: warnings(Diagnostic._of(json.loads(text))), warnings),
            self._guarded(lambda text: events(json.loads(text)), events),
        )
        (config.write, config.diagnose, config.event) = self._callbacks
        paths = {"read_root": read, "write_root": write, "folder": folder, "data_folder": data}
        for name, path in paths.items():
            setattr(config, name, os.fsencode(path) if path is not None else None)
        config.time_limit = time or 0
        config.memory_limit = memory or 0
        config.output_limit = output_limit or 0
        config.threads = threads or 0
        config.width = width or 0
        config.uses_libraries = 1
        handle = c_void_p()
        if _calls.nns_open(byref(config), byref(handle)) != c.OK:
            raise ValueError("a folder does not exist, or a limit is below 0")
        self._handle = handle.value
        _sessions.add(self)

    def close(self):
        """Frees what the session holds."""
        (handle, self._handle) = (self._handle, None)
        if handle:
            _calls.nns_close(handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None):
            self.close()

    # Running

    def run(self, text):
        """Checks a script, then runs it; what it defines stays. Returns what it printed, unless the
        session has an `output` of its own.

        Ctrl-C stops it and raises KeyboardInterrupt; a training keeps its whole epochs."""
        return self._run(_calls.nns_run, text.encode(), len(text.encode()))

    def run_file(self, path):
        """Runs a file; paths in it start from its folder."""
        return self._run(_calls.nns_run_file, os.fsencode(path))

    def check(self, text):
        """The errors and warnings that can be found without running a script."""
        self._checked(
            self._call(_calls.nns_check, text.encode(), len(text.encode())), c.OK, c.FAILED)
        return self.diagnostics

    def load(self, path):
        """Loads a model."""
        self._run(_calls.nns_load, os.fsencode(path))

    def save(self, path):
        """Saves the model; the extension says in which form."""
        self._run(_calls.nns_save, os.fsencode(path))

    def cancel(self):
        """Stops the call at work, from any thread."""
        if self._handle:
            _calls.nns_cancel(self._handle)

    @property
    def diagnostics(self):
        """The errors and warnings of the last call."""
        length = c_size_t()
        place = _calls.nns_diagnostics(self._own, byref(length))
        text = ctypes.string_at(place, length.value) if place else b"[]"
        return [Diagnostic._of(facts) for facts in json.loads(text)]

    # Typing

    @staticmethod
    def is_complete(text):
        """True where a text can be run, False where it waits for more lines, None where it is wrong."""
        return {1: True, 0: False}.get(
            _calls.nns_is_complete(text.encode(), len(text.encode())))

    def complete(self, text, cursor=None):
        """What may stand at a place of a text: a dict with `start`, `end`, `items`, `expected`. Places
        count characters."""
        before = text if cursor is None else text[:cursor]
        (status, found) = c.lent(
            _calls.nns_complete, self._own, text.encode(), len(text.encode()), len(before.encode()))
        self._checked(status, c.OK)
        result = json.loads(found)
        for name in ("start", "end"):
            result[name] = len(text.encode()[: int(result[name])].decode(errors="ignore"))
        return result

    def help(self, topic=""):
        """Help for a topic, such as "layer dense"."""
        (status, text) = c.lent(_calls.nns_help, self._own, topic.encode())
        self._checked(status, c.OK)
        return text.decode()

    # Values

    def __getitem__(self, name):
        """The value of a name or of a field behind it: `session["model.dense1.weights"]`. Tensors are
        NumPy arrays of 64 bits, records are dicts."""
        key = name.encode()
        (status, text) = c.lent(_calls.nns_get_json, self._own, key)
        if status == c.MISSING:
            raise KeyError(name)
        self._checked(status, c.OK)
        value = json.loads(text)
        if isinstance(value, dict) and list(value) == ["shape", "values"]:
            return self._array(key)
        return value

    def __setitem__(self, name, value):
        """Gives a name a value. A NumPy array of two axes or more becomes a tensor of 32 bits; one of
        one axis, like a list, keeps 64."""
        key = name.encode()
        if isinstance(value, numpy.ndarray) and value.ndim > 1:
            numbers = numpy.ascontiguousarray(
                value, dtype=numpy.float32 if value.dtype == numpy.float32 else numpy.float64)
            is_narrow = numbers.dtype == numpy.float32
            call = _calls.nns_set_array_f32 if is_narrow else _calls.nns_set_array
            shape = (c_int64 * numbers.ndim)(*numbers.shape)
            status = self._call(call, key, numbers.ctypes.data, shape, numbers.ndim)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            status = self._call(_calls.nns_set_number, key, float(value))
        else:
            text = json.dumps(value, default=_plain).encode()
            status = self._call(_calls.nns_set_json, key, text, len(text))
        self._checked(status, c.OK)

    def __contains__(self, name):
        return c.lent(_calls.nns_get_json, self._own, name.encode())[0] == c.OK

    def __iter__(self):
        """The names that there are."""
        (status, text) = c.lent(_calls.nns_get_json, self._own, None)
        self._checked(status, c.OK)
        return iter(json.loads(text))

    def _array(self, key):
        (count, rank, shape) = (c_size_t(), c_size_t(), (c_int64 * 8)())

        def ask(place, room):
            return _calls.nns_get_array(
                self._own, key, place, room, byref(count), shape, 8, byref(rank))

        self._checked(ask(None, 0), c.OK)
        numbers = numpy.empty(count.value)
        self._checked(ask(numbers.ctypes.data, count.value), c.OK)
        return numbers.reshape(list(shape[: rank.value]))

    def define(self, signature, function=None, summary=""):
        """Makes a Python function known to scripts: `session.define("area(w, h=1)", lambda w, h: …)`.
        Values that a script leaves out are None. Also a decorator."""
        if function is None:
            return lambda own: self.define(signature, own, summary or own.__doc__ or "") or own

        def call(_, start, length, reply):
            try:
                arguments = json.loads(ctypes.string_at(start, length))
                result = json.dumps(function(*arguments), default=_plain).encode()
                _calls.nns_reply_json(reply, result, len(result))
            except BaseException as error:  # It cannot pass through C.
                if not isinstance(error, Exception):
                    self._fail(error)
                _calls.nns_reply_error(reply, (str(error) or repr(error)).encode(), None)

        own = c.Function(call)
        self._checked(
            self._call(_calls.nns_define, signature.encode(), summary.encode(), own, None), c.OK)
        self._functions.setdefault(signature.split("(")[0], []).append(own)
        return None

    # Networks

    def predict(self, rows, out=None):
        """Predicts rows of raw numbers, such as `[[5.1, 3.5, 1.4, 0.2]]` or an array of shape
        [rows, inputs]; one row may stand alone. Returns an array of 64 bits: the probabilities of the
        classes, or the values in the targets' own units. `out`, where given, is filled."""
        # Of one row, looking at arrays takes longer than predicting: hence the shortest ways.
        if type(rows) is not numpy.ndarray or rows.dtype is not _wide or not rows.flags.c_contiguous:
            rows = numpy.ascontiguousarray(rows, dtype=_wide)
        shape = rows.shape
        columns = shape[-1] if shape else 1
        count = rows.size // columns if columns else 0
        (last, place, room) = self._last_out
        if out is None:
            out = numpy.empty((*shape[:-1], self.sizes[1]))
            (place, room) = (out.__array_interface__["data"][0], out.size)
        elif out is not last:
            if out.dtype != _wide or not out.flags.c_contiguous or not out.flags.writeable:
                raise ValueError("out must be a contiguous, writable array of float64")
            (place, room) = (out.__array_interface__["data"][0], out.size)
            self._last_out = (out, place, room)
        status = _predict(
            self._own, rows.__array_interface__["data"][0], count, columns, place, room)
        if status != c.OK:
            self._checked(status)
        return out

    @property
    def sizes(self):
        """How many numbers a row of inputs and an answer have."""
        sizes = self._sizes
        status = _calls.nns_sizes(self._own, sizes, byref(sizes, _size_of_size))
        if status != c.OK:
            self._checked(status)
        return sizes[0], sizes[1]

    # Files in memory

    def put(self, path, content):
        """Makes a file in memory that scripts read by its path, such as "memory:table.csv". `content` is
        bytes, a text, or a data frame of pandas or polars, which becomes a CSV file."""
        if hasattr(content, "to_csv"):
            content = content.to_csv(index=False)
        elif hasattr(content, "write_csv"):
            content = content.write_csv()
        if isinstance(content, str):
            content = content.encode()
        content = bytes(content)
        self._checked(
            self._call(_calls.nns_put_file, os.fsencode(path), content, len(content)), c.OK)

    def get(self, path):
        """The bytes of a file in memory, also of one that a script has written."""
        (status, content) = c.lent(_calls.nns_get_file, self._own, os.fsencode(path))
        if status == c.MISSING:
            raise KeyError(path)
        self._checked(status, c.OK)
        return content

    # Calls

    @property
    def _own(self):
        if self._handle:
            return self._handle
        if self._is_foreign:
            raise RuntimeError("the session belongs to the process that was forked")
        raise ValueError("the session is closed")

    def _run(self, call, *arguments):
        self._texts.clear()
        status = self._call(call, *arguments)
        self._checked(status, c.OK)
        return "".join(self._texts)

    def _call(self, call, *arguments):
        """Calls the library so that Ctrl-C is not lost, and raises what a callback raised."""
        (self._failure, self._is_interrupted) = (None, False)
        with _cancelling_on_interrupt(self):
            status = call(self._own, *arguments)
        (failure, self._failure) = (self._failure, None)
        if failure is not None:
            raise failure
        # Python may have raised it where a callback began, from which nothing comes out.
        if self._is_interrupted and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            raise KeyboardInterrupt
        return status

    def _guarded(self, take, is_wanted=True):
        if not is_wanted:
            return c.Take()

        def call(_, start, length):
            try:
                take(ctypes.string_at(start, length))
            except BaseException as error:  # It cannot pass through C.
                self._fail(error)

        return c.Take(call)

    def _fail(self, error):
        if self._failure is None:
            self._failure = error
        self.cancel()

    def _checked(self, status, *expected):
        if status in expected:
            return
        if status == c.BUSY:
            raise RuntimeError("the session is at work, here or in another thread")
        text = (_calls.nns_error(self._own) or b"").decode()
        kinds = {c.CANCELLED: Cancelled, c.LIMIT: LimitReached}
        if status in (c.MISUSE, c.KIND, c.ROOM):
            raise ValueError(text or "the call makes no sense")
        raise kinds.get(status, Error)(text or "stopped", self.diagnostics)


def _plain(value):
    """What JSON has a form for."""
    if isinstance(value, numpy.ndarray):
        return value.tolist()
    if isinstance(value, numpy.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} has no form in scripts")


@contextlib.contextmanager
def _cancelling_on_interrupt(session):
    """Cancels the session's call when SIGINT comes: Python's own handler runs only after the call."""
    if threading.current_thread() is not threading.main_thread() \
            or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL, None):
        yield
        return
    (reader, writer) = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)

        def watch():
            while (signals := reader.recv(64)) and signals != b"\0":
                if signal.SIGINT in signals:
                    session._is_interrupted = True
                    session.cancel()
                if before >= 0:
                    with contextlib.suppress(OSError):
                        os.write(before, signals)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(before, warn_on_full_buffer=False)
            with contextlib.suppress(OSError):
                writer.send(b"\0")
            watcher.join()
