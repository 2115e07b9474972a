/* nnscript.h: nnscript in C programs. C99 and C++17.
 *
 *     nns_session *session;
 *     if (nns_open(NULL, &session) != NNS_OK) return 1;
 *     const char *text = "data [[0,0],[0,1],[1,0],[1,1]] target=[0,1,1,0]\n"
 *                        "layer dense 8 tanh\n"
 *                        "layer dense 1 sigmoid\n"
 *                        "train epochs=500 lr=0.05\n";
 *     if (nns_run(session, text, strlen(text)) != NNS_OK) puts(nns_error(session));
 *     double rows[] = {0, 1, 1, 1}, answers[4];
 *     nns_predict(session, rows, 2, 2, answers, 4);
 *     nns_close(session);
 *
 * Promise. Programs built against this header work with every later library of the same NNS_ABI.
 * Functions, constants and fields at the end of nns_config may be added; a program built before sees
 * none of them. What a script means may change with the version. "Since" at a
 * function names the first version that has it.
 *
 * Texts are UTF-8 with a length; they need no 0 at the end, and may hold one inside. Where a length may
 * be NNS_WHOLE, it means up to the first 0. Texts that a function hands out end with a 0 that its
 * length leaves out. They belong to the session and stay until its next call, nns_close included.
 *
 * Threads. Different sessions may be used by different threads at once. One session serves one thread
 * at a time; whoever comes meanwhile, or from inside of a callback, gets NNS_BUSY and changes nothing.
 * nns_cancel alone may be called at any time, from any thread and from signal handlers.
 *
 * Side effects. The library prints nothing, reads no environment variable, changes no signal handler,
 * locale or working directory, and never ends the process. It reads and writes files only below the
 * folders that nns_config names, and no file where none is named. It does read what Linux tells of the
 * process's own memory (/proc/self, control groups).
 */
#ifndef NNSCRIPT_H
#define NNSCRIPT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number of this interface. It is part of the library's file name. */
#define NNS_ABI 1

/* In place of a length: up to the first 0. */
#define NNS_WHOLE SIZE_MAX

/* A script's world: its names, data and models. */
typedef struct nns_session nns_session;

/* How a call ended. */
typedef int32_t nns_status;
enum {
  NNS_OK = 0,
  /* The script has an error: nns_error and nns_diagnostics tell. */
  NNS_FAILED = 1,
  /* nns_cancel stopped it. A training keeps its whole epochs. */
  NNS_CANCELLED = 2,
  /* It reached the time or output limit of nns_config; like NNS_CANCELLED otherwise. */
  NNS_LIMIT = 3,
  /* The session is at work. */
  NNS_BUSY = 4,
  /* A parameter that makes no sense, such as a NULL session; nns_error tells where there is one. */
  NNS_MISUSE = 5,
  /* There is no such name, no network yet, or no such file. */
  NNS_MISSING = 6,
  /* The value is of another kind than asked for. */
  NNS_KIND = 7,
  /* The caller's buffer is too small; how much is needed has been stored. */
  NNS_ROOM = 8
};

/* Takes a text: results, a diagnostic, an event. The text is gone when the callback returns. */
typedef void nns_take(void *context, const char *text, size_t length);

/* How a session is opened. Set `size` to sizeof(nns_config) and everything not needed to 0:
 *
 *     nns_config config = {.size = sizeof config, .write = show, .time_limit = 2};
 */
typedef struct nns_config {
  size_t size;
  /* Handed to the callbacks, which run on the thread that calls nns_run and its like. */
  void *context;
  /* Takes results as text, whole lines with their ends. NULL drops them. */
  nns_take *write;
  /* Takes each warning and error as a JSON object. */
  nns_take *diagnose;
  /* Takes each note and what a training does as a JSON object: `{"event": "epoch", …}`. */
  nns_take *event;
  /* The folders below which scripts read and write; links may not lead out of them. NULL for none:
     then only the files of nns_put_file can be read. */
  const char *read_root;
  const char *write_root;
  /* The folder that relative paths start from; NULL for `read_root`, or `write_root` of paths that are
     written. */
  const char *folder;
  /* A folder in which sets such as `data iris` are found; NULL for none. */
  const char *data_folder;
  /* Seconds that one call may take; 0 for no limit. */
  double time_limit;
  /* Bytes that the session may hold: values, models, data; 0 for three quarters of what the process
     may have. */
  uint64_t memory_limit;
  /* Bytes of results that one call may hand to `write`; 0 for no limit. */
  uint64_t output_limit;
  /* Threads of the engine; 0 for one per processor. Results are the same for any number. */
  int32_t threads;
  /* Columns of text that results may be wide; 0 for 80. */
  int32_t width;
  /* Whether libraries of the machine may be opened for pictures (libturbojpeg, libpng) and databases
     (libsqlite3). */
  int32_t uses_libraries;
} nns_config;

/* ---- Version and sessions ---------------------------------------------------------- since 0.1 */

/* The version, such as "0.1.0"; never freed. */
const char *nns_version(void);

/* The NNS_ABI the library was built with. */
int32_t nns_abi(void);

/* Opens a session. `config` may be NULL for all defaults, and is not needed afterwards.
   Returns NNS_MISUSE for a folder that does not exist or a limit below 0; *session is NULL then. */
nns_status nns_open(const nns_config *config, nns_session **session);

/* Closes a session and frees what it holds; NULL is nothing. Nobody may be using it. */
void nns_close(nns_session *session);

/* Stops the call at work as soon as it can, within a tenth of a second; nothing where none is at work.
   Only stores a flag: safe from any thread and from signal handlers. */
void nns_cancel(nns_session *session);

/* ---- Running ----------------------------------------------------------------------- since 0.1 */

/* Checks a text, then runs it. What it defines stays. An error found by the check runs nothing. */
nns_status nns_run(nns_session *session, const char *text, size_t length);

/* Runs a file below `read_root`; paths in it start from its folder. */
nns_status nns_run_file(nns_session *session, const char *path);

/* Finds what can be found without running: NNS_OK or NNS_FAILED. Warnings are among nns_diagnostics. */
nns_status nns_check(nns_session *session, const char *text, size_t length);

/* The errors and warnings of the last call that ran or checked something, as text for people; empty
   where there were none. Also says why a call was NNS_MISUSE, NNS_MISSING or NNS_KIND. */
const char *nns_error(nns_session *session);

/* The same as a JSON array of objects: code, severity, message, line, column, labels, hints. */
const char *nns_diagnostics(nns_session *session, size_t *length);

/* ---- Typing ------------------------------------------------------------------------ since 0.1 */

/* 1 where a text can be run, 0 where it waits for more lines, -1 where more cannot put it right. */
int32_t nns_is_complete(const char *text, size_t length);

/* What may stand at a byte of a text: {"start": 6, "end": 9, "items": [{"text", "kind", "summary"}],
   "expected": "…"}. */
nns_status nns_complete(
    nns_session *session, const char *text, size_t length, size_t cursor, const char **json,
    size_t *json_length);

/* Help for a topic, such as "layer dense" or ""; NNS_MISSING where there is none. */
nns_status nns_help(nns_session *session, const char *topic, const char **text, size_t *length);

/* ---- Values ------------------------------------------------------------------------ since 0.1 */

/* Gives a name a value, as `let name = …` does. NNS_FAILED where it is no name or a word of the
   language. */
nns_status nns_set_number(nns_session *session, const char *name, double value);
nns_status nns_set_text(nns_session *session, const char *name, const char *text, size_t length);

/* A tensor of `rank` axes with the sizes `shape`, row after row; a copy is made. Scripts compute with
   32 bits of tensors. With rank 1, nns_set_json makes a list that keeps 64. */
nns_status nns_set_array(
    nns_session *session, const char *name, const double *values, const int64_t *shape, size_t rank);
nns_status nns_set_array_f32(
    nns_session *session, const char *name, const float *values, const int64_t *shape, size_t rank);

/* null, true, numbers, texts, lists and records. */
nns_status nns_set_json(nns_session *session, const char *name, const char *json, size_t length);

/* Reads a number, or true and false as 1 and 0. */
nns_status nns_get_number(nns_session *session, const char *name, double *value);

/* Copies a tensor, a number or a list of numbers, nested or not. `shape` takes the sizes of up to
   `max_rank` axes, `*rank` how many there are, `*count` how many numbers. Returns NNS_ROOM where
   `capacity` numbers or `max_rank` axes are too few; `values` may be NULL to ask. */
nns_status nns_get_array(
    nns_session *session, const char *name, double *values, size_t capacity, size_t *count,
    int64_t *shape, size_t max_rank, size_t *rank);

/* Any value as JSON; a tensor as {"shape": […], "values": […]}. A `name` of NULL gives
   the names that there are. */
nns_status nns_get_json(
    nns_session *session, const char *name, const char **json, size_t *length);

/* ---- Functions of the host --------------------------------------------------------- since 0.1 */

/* Takes the result of a function of the host. */
typedef struct nns_reply nns_reply;

/* Works a result out. `arguments` is a JSON array of the values, null where one was left out. Without
   a reply the result is none. It may be called from a thread of the library's own. */
typedef void nns_function(void *context, const char *arguments, size_t length, nns_reply *reply);

/* Makes a function of the host known to scripts by a signature such as "area(width, height=1)". */
nns_status nns_define(
    nns_session *session, const char *signature, const char *summary, nns_function *function,
    void *context);

/* Hands a result over, or an error with a hint (NULL for none) that is shown at the call. */
void nns_reply_json(nns_reply *reply, const char *json, size_t length);
void nns_reply_error(nns_reply *reply, const char *message, const char *hint);

/* ---- Networks ---------------------------------------------------------------------- since 0.1 */

/* How many numbers a row of the current model's inputs and of its answer has. An answer is one
   probability per class, in the order of `data.classes`, or the values in the targets' own units. */
nns_status nns_sizes(nns_session *session, size_t *inputs, size_t *outputs);

/* Predicts `rows` rows of `columns` numbers each, raw as in the file learnt from, into `answers`, which
   has room for `capacity` numbers. Once warm it allocates nothing. NNS_KIND where the model takes
   texts, dates or gaps: predict records in a script then. */
nns_status nns_predict(
    nns_session *session, const double *inputs, size_t rows, size_t columns, double *answers,
    size_t capacity);
nns_status nns_predict_f32(
    nns_session *session, const float *inputs, size_t rows, size_t columns, float *answers,
    size_t capacity);

/* The same as `load "path"` and `save "path"` in a script. */
nns_status nns_load(nns_session *session, const char *path);
nns_status nns_save(nns_session *session, const char *path);

/* ---- Files in memory --------------------------------------------------------------- since 0.1 */

/* Scripts read and write paths that begin with "memory:" here, whatever the roots are: tables, models,
   pictures. A copy is made. NULL removes the file. */
nns_status nns_put_file(
    nns_session *session, const char *path, const void *bytes, size_t length);

/* The bytes of such a file, also of one that a script has written; NNS_MISSING where there is none. */
nns_status nns_get_file(
    nns_session *session, const char *path, const void **bytes, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
