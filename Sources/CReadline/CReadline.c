#include "CReadline.h"

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

// Readline calls this from its read loop, outside the signal handler, so it may change the line.
// `rl_done` ends the read; the line must be empty by then, or it would be handed out.
static int endInterruptedLine(void) {
  if (!interrupted) return 0;
  rl_replace_line("", 0);
  rl_done = 1;
  return 0;
}

CReadlineOutcome creadline_read(const char *prompt, char **line) {
  // Ctrl-C means something else while a line is typed than while a script runs, so the program's
  // own handler is put aside for as long as the reading takes.
  struct sigaction ours = {.sa_handler = noteInterrupt}, programs;
  sigemptyset(&ours.sa_mask);
  interrupted = 0;
  rl_readline_name = "nns";
  rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr;
  rl_signal_event_hook = endInterruptedLine;
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
