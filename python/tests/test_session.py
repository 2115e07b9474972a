"""What Python programs rely on. Run with the library's folder in LD_LIBRARY_PATH."""

import os
import signal
import tempfile
import threading
import time
import unittest

import numpy

import nnscript

XOR = """
data [[0, 0], [0, 1], [1, 0], [1, 1]] target=[0, 1, 1, 0]
layer dense 8 tanh
layer dense 1 sigmoid
train epochs=EPOCHS lr=0.05
"""
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]


def xor(epochs=500):
    return XOR.replace("EPOCHS", str(epochs))


class Running(unittest.TestCase):
    def test_results_are_returned_or_handed_over(self):
        self.assertEqual(nnscript.Session().run("print 6 * 7\nprint 1"), "42\n1\n")
        texts = []
        self.assertEqual(nnscript.Session(output=texts.append).run("print 1"), "")
        self.assertEqual(texts, ["1\n"])

    def test_errors_have_code_place_and_hints(self):
        session = nnscript.Session()
        with self.assertRaises(nnscript.Error) as raised:
            session.run("let x = 1\nlayer dense 16 rleu")
        self.assertEqual(raised.exception.line, 2)
        self.assertIn("relu", str(raised.exception))
        self.assertTrue(raised.exception.code)
        self.assertNotIn("x", session)
        self.assertEqual([d.severity for d in session.check("print y")], ["error"])
        self.assertEqual(session.check("print 1"), [])

    def test_events_and_warnings_are_dicts_and_diagnostics(self):
        (events, warnings) = ([], [])
        session = nnscript.Session(events=events.append, warnings=warnings.append)
        session.run(xor(5))
        kinds = [event["event"] for event in events]
        self.assertIn("training_started", kinds)
        self.assertEqual(kinds.count("epoch"), 5)
        self.assertTrue(all(isinstance(w, nnscript.Diagnostic) for w in warnings))

    def test_what_a_callback_raises_comes_out_and_stops_the_run(self):
        def stop(event):
            if event["event"] == "epoch":
                raise RuntimeError("enough")

        session = nnscript.Session(events=stop, time=30)
        with self.assertRaisesRegex(RuntimeError, "enough"):
            session.run(xor(100_000_000))
        self.assertEqual(session.predict(ROWS).shape, (4, 2))

    def test_ctrl_c_stops_a_training_and_keeps_the_network(self):
        # Whoever starts the tests may have SIGINT ignored, as in the background, or blocked.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        session = nnscript.Session(time=30)
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        start = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            session.run(xor(100_000_000))
        self.assertLess(time.monotonic() - start, 20)
        self.assertGreater(session.predict(ROWS)[1, 1], 0.5)

    def test_cancel_comes_from_any_thread(self):
        session = nnscript.Session(time=30)
        threading.Timer(0.2, session.cancel).start()
        with self.assertRaises(nnscript.Cancelled):
            session.run("let n = 0\nwhile true { n = n + 1 }")

    def test_limits(self):
        with self.assertRaises(nnscript.LimitReached):
            nnscript.Session(time=0.05).run("let n = 0\nwhile true { n = n + 1 }")
        with self.assertRaises(nnscript.LimitReached):
            nnscript.Session(output_limit=50).run("for i in 1..1000 { print i }")
        with self.assertRaises(ValueError):
            nnscript.Session(time=-1)

    def test_a_session_at_work_and_a_closed_one_are_told(self):
        found = []

        def use(_):
            try:
                session.run("print 1")
            except RuntimeError as error:
                found.append(str(error))

        session = nnscript.Session(events=use)
        session.run(xor(2))
        self.assertIn("at work", found[0])
        session.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            session.run("print 1")

    def test_a_forked_process_is_told(self):
        session = nnscript.Session()
        session.run(xor(2))
        child = os.fork()
        if child == 0:
            try:
                session.predict(ROWS)
            except RuntimeError:
                os._exit(0)
            os._exit(1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        session.predict(ROWS)


class Values(unittest.TestCase):
    def test_values_come_back(self):
        session = nnscript.Session()
        values = {"n": 0.1, "t": "größer", "b": True, "r": {"a": [1, 2.5], "c": None}, "l": []}
        for name, value in values.items():
            session[name] = value
        for name, value in values.items():
            self.assertEqual(session[name], value)
        self.assertEqual(sorted(session), sorted(values))
        with self.assertRaises(KeyError):
            session["missing"]
        with self.assertRaises(nnscript.Error):
            session["a b"] = 1
        with self.assertRaises(TypeError):
            session["f"] = object()

    def test_arrays_of_all_kinds_and_layouts(self):
        session = nnscript.Session()
        base = numpy.arange(24).reshape(4, 6)
        for kind in ("float64", "float32", "int64", "int8", "uint16", "bool"):
            for array in (base.astype(kind), base.astype(kind)[::2, ::3], base.astype(kind).T):
                session["a"] = array
                numpy.testing.assert_array_equal(session["a"], array.astype(float))
        session["big"] = base.astype(">f8")
        numpy.testing.assert_array_equal(session["big"], base)
        session["v"] = numpy.array([0.1, 1e15 + 1])
        self.assertEqual(session["v"], [0.1, 1e15 + 1])
        session["s"] = numpy.float32(0.5)
        self.assertEqual(session["s"], 0.5)

    def test_functions_of_python(self):
        session = nnscript.Session()

        @session.define("area(width, height=2)")
        def area(width, height):
            if width == 0:
                raise ValueError("the width is 0")
            return {"area": width * (height or 2)}

        self.assertEqual(session.run("print area(3).area\nprint area(3, height=4).area"), "6\n12\n")
        with self.assertRaisesRegex(nnscript.Error, "the width is 0"):
            session.run("print area(0)")

    def test_typing(self):
        session = nnscript.Session()
        self.assertEqual(
            [session.is_complete(text) for text in ("print 1", "if x {", "let =")],
            [True, False, None])
        found = session.complete("print \"ö\"\nlayer den")
        self.assertEqual([item["text"] for item in found["items"]], ["dense"])
        self.assertEqual((found["start"], found["end"]), (16, 19))
        self.assertIn("units", session.help("layer dense"))


class Networks(unittest.TestCase):
    def test_prediction(self):
        session = nnscript.Session()
        session.run(xor())
        answers = session.predict(ROWS)
        self.assertEqual(answers.argmax(axis=1).tolist(), [0, 1, 1, 0])
        self.assertEqual(session.sizes, (2, 2))
        out = numpy.empty((4, 2))
        self.assertIs(session.predict(numpy.array(ROWS, dtype=numpy.float32), out), out)
        numpy.testing.assert_array_equal(out, answers)
        numpy.testing.assert_array_equal(session.predict([0, 1]), answers[1])
        numpy.testing.assert_array_equal(session.predict(numpy.asfortranarray(ROWS)), answers)
        for wrong in ([[1, 2, 3]], [[numpy.nan, 0]]):
            with self.assertRaises((ValueError, nnscript.Error)):
                session.predict(wrong)
        with self.assertRaises(ValueError):
            session.predict(ROWS, numpy.empty((4, 2), dtype=numpy.float32))
        with self.assertRaises(ValueError):
            session.predict(ROWS, numpy.empty((1, 2)))

    def test_models_and_tables_go_through_memory(self):
        first = nnscript.Session()
        first.put("memory:t.csv", "x,y\n" + "".join(f"{i},{2 * i}\n" for i in range(50)))
        first.run('data "memory:t.csv"\nlayer dense 1\nloss mse\ntrain epochs=200 lr=0.05')
        first.save("memory:m.safetensors")
        second = nnscript.Session()
        second.put("memory:m.safetensors", first.get("memory:m.safetensors"))
        second.load("memory:m.safetensors")
        self.assertEqual(first.predict([[7]]), second.predict([[7]]))
        self.assertAlmostEqual(second.predict([[7]])[0, 0], 14, delta=1)
        with self.assertRaises(KeyError):
            first.get("memory:nothing")

    def test_files_are_reached_below_the_folders_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(folder + "/in")
            for path in ("/in/t.csv", "/out.csv"):
                with open(folder + path, "w") as file:
                    file.write("x,y\n1,2\n2,3\n3,4\n")
            session = nnscript.Session(read=folder + "/in", write=None)
            session.run('data "t.csv"')
            for path in ("../out.csv", folder + "/out.csv"):
                with self.assertRaisesRegex(nnscript.Error, "outside"):
                    session.run(f'data "{path}"')
            session.run(xor(2))
            with self.assertRaises(nnscript.Error):
                session.save("m.safetensors")


if __name__ == "__main__":
    unittest.main()
