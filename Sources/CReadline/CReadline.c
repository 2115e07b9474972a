#include "CReadline.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

static volatile sig_atomic_t interrupted = 0;

static void noteInterrupt(int signal) {
  (void)signal;
  interrupted = 1;
}

// Readline's own reader goes on waiting after a signal. This one lets readline deal with the signal
// (the size of the window, a suspended program) and then, after Ctrl-C, ends an emptied line.
static int readKey(FILE *stream) {
  for (;;) {
    unsigned char key;
    ssize_t count = read(fileno(stream), &key, 1);
    if (count == 1) return key;
    if (count == 0 || errno != EINTR) return EOF;
    rl_check_signals();
    if (interrupted) {
      rl_replace_line("", 0);
      return '\n';
    }
  }
}

CReadlineOutcome creadline_read(const char *prompt, char **line) {
  // Ctrl-C means something else while a line is typed than while a script runs, so the program's
  // own handler is put aside for as long as the reading takes.
  struct sigaction ours = {.sa_handler = noteInterrupt}, programs;
  sigemptyset(&ours.sa_mask);
  interrupted = 0;
  rl_readline_name = "nns";
  rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr;
  rl_getc_function = readKey;
  // Until there is a completion of the language's words, the tab key is an ordinary key: file
  // names offered in the middle of an expression only mislead.
  rl_bind_key('\t', rl_insert);
  sigaction(SIGINT, &ours, &programs);
  char *text = readline(prompt);
  sigaction(SIGINT, &programs, NULL);
  if (interrupted) {
    free(text);
    return CReadlineInterrupted;
  }
  if (text == NULL) return CReadlineEnd;
  *line = text;
  return CReadlineLine;
}

void creadline_remember(const char *line) { add_history(line); }
