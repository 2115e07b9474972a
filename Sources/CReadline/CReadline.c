#include "CReadline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "CSignals.h"

// Readline's callback interface: we wait for keys and signals, and readline is called only when
// there is a key. It then never sits in a `read` that a signal would have to get it out of.

static CReadlineCompleter completer;
static void *completer_context;

// MARK: Input

// Taken in larger pieces than readline asks for: a paste of ten thousand lines is three hundred
// thousand keys.
static unsigned char keys[1 << 14];
static size_t next_key = 0, key_count = 0;
static int pending_signal = 0;

static bool has_keys(void) { return next_key < key_count; }

void creadline_forget_input(void) { next_key = key_count = 0; }

// Waits until there is a key or a signal; false for a signal, which is left in `pending_signal`.
static bool wait_for_key(void) {
  while (!has_keys() && pending_signal == 0) {
    struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = csignals_descriptor(), .events = POLLIN}};
    if (poll(waits, 2, -1) < 0) continue;
    if (waits[1].revents != 0) pending_signal = csignals_next();
    if (pending_signal == 0 && waits[0].revents != 0) break;
  }
  return pending_signal == 0;
}

// Readline asks for a key. Inside of a sequence of keys (a paste whose end was lost) it may have to
// wait, and then Ctrl-C must get it out.
static int read_key(FILE *stream) {
  (void)stream;
  while (!has_keys()) {
    if (!wait_for_key()) {
      if (pending_signal == SIGINT) return EOF;
      pending_signal = 0;
      continue;
    }
    ssize_t count = read(STDIN_FILENO, keys, sizeof keys);
    if (count > 0) {
      next_key = 0;
      key_count = (size_t)count;
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      return EOF;
    }
  }
  return keys[next_key++];
}

// Whether there is a key within readline's time limit, which it tells by setting it.
static int is_input_available(void) {
  if (has_keys()) return 1;
  int microseconds = rl_set_keyboard_input_timeout(0);
  rl_set_keyboard_input_timeout(microseconds);
  struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&wait, 1, microseconds / 1000) > 0;
}

// MARK: Completion

// The cursor goes behind all of the text, so that what is written next does not overwrite it.
static void leave_line(void) {
  rl_point = rl_end;
  rl_redisplay();
}

static int complete(int count, int key) {
  // With more keys right behind it, the Tab is one of a pasted text.
  if (has_keys()) return rl_insert(count, key);
  CReadlineCompletion answer = completer(completer_context, rl_line_buffer, rl_point);
  if (answer.text != NULL) {
    rl_begin_undo_group();
    rl_delete_text(answer.start, answer.end);
    rl_point = answer.start;
    rl_insert_text(answer.text);
    rl_end_undo_group();
  }
  if (answer.menu != NULL) {
    int point = rl_point;
    leave_line();
    fputc('\n', rl_outstream);
    fputs(answer.menu, rl_outstream);
    rl_point = point;
    rl_on_new_line();
  } else if (answer.text == NULL) {
    rl_ding();
  }
  free(answer.text);
  free(answer.menu);
  return 0;
}

// MARK: Lines

static bool is_finished;
static char *finished_line;

static void take_line(char *line) {
  finished_line = line;
  is_finished = true;
  // At once: else readline would show the prompt again.
  rl_callback_handler_remove();
}

void creadline_begin(CReadlineCompleter given, void *context) {
  completer = given;
  completer_context = context;
  // Where nothing says which characters the terminal shows, it is likely the world's usual ones.
  const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  bool is_known = false;
  for (int i = 0; i < 3; i++) {
    const char *value = getenv(names[i]);
    is_known = is_known || (value != NULL && *value != '\0');
  }
  if (!is_known) setenv("LC_CTYPE", "C.UTF-8", 1);
  rl_readline_name = "nns";
  rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr;
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_getc_function = read_key;
  rl_input_available_hook = is_input_available;
  // Behind the user's own settings.
  rl_add_defun("complete-script", complete, '\t');
  rl_initialize();
  rl_bind_key('\t', complete);
}

static void handle_signal(int signal) {
  switch (signal) {
    case SIGINT:
      // Out of searches and half-typed sequences of keys, then out of the line.
      rl_callback_sigcleanup();
      creadline_forget_input();
      leave_line();
      fputs("^C\n", rl_outstream);
      rl_free_line_state();
      rl_replace_line("", 1);
      rl_callback_handler_remove();
      break;
    case SIGWINCH:
      rl_resize_terminal();
      break;
    case SIGTSTP:
      rl_deprep_terminal();
      fflush(rl_outstream);
      csignals_yield_to(signal);
      // The program goes on. That it does is a signal too, and need not be told again.
      while (csignals_next() == SIGWINCH) {}
      // The window may have changed, and the shell has written.
      __attribute__((fallthrough));
    case SIGCONT:
      rl_reset_screen_size();
      rl_prep_terminal(1);
      fputc('\r', rl_outstream);
      rl_forced_update_display();
      break;
    default:
      rl_callback_handler_remove();
      csignals_yield_to(signal);
      is_finished = true;
  }
}

CReadlineOutcome creadline_read(const char *prompt, char **line) {
  is_finished = false;
  finished_line = NULL;
  csignals_begin_reading();
  // The window may have changed while nobody looked.
  rl_reset_screen_size();
  rl_callback_handler_install(prompt, take_line);
  bool is_interrupted = false;
  while (!is_finished && !is_interrupted) {
    if (wait_for_key()) rl_callback_read_char();
    // A line that was finished first counts, unless it ended because of the signal.
    if (pending_signal != 0 && finished_line == NULL) {
      is_interrupted = pending_signal == SIGINT;
      handle_signal(pending_signal);
    } else if (pending_signal == SIGINT) {
      csignals_request_interrupt();
    }
    pending_signal = 0;
  }
  fflush(rl_outstream);
  csignals_end_reading();
  if (is_interrupted) return CReadlineInterrupted;
  if (finished_line == NULL) return CReadlineEnd;
  *line = finished_line;
  return CReadlineLine;
}

void creadline_remember(const char *entry) { add_history(entry); }
