#include "CSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

// While a script runs, a flag is enough: it is asked between batches and rounds of loops.

static volatile sig_atomic_t interrupted = 0;
static volatile sig_atomic_t terminated = 0;
// Whether the flag is of a line that was just read: Ctrl-C right behind Enter means what runs next.
static bool is_of_line = false;

static void note_interrupt(int signal) {
  if (signal == SIGTERM) terminated = 1;
  interrupted = 1;
}

void csignals_begin_program(void) {
  struct sigaction old;
  // Who started the program with it switched off wants it so.
  if (sigaction(SIGQUIT, NULL, &old) != 0 || old.sa_handler == SIG_IGN) return;
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigemptyset(&action.sa_mask);
  sigaction(SIGQUIT, &action, NULL);
}

void csignals_request_interrupt(void) { interrupted = 1; }

void csignals_forget_interrupt(void) { interrupted = 0; }

void csignals_begin_running(bool once) {
  if (!is_of_line) interrupted = 0;
  is_of_line = false;
  // No SA_RESTART: whatever waits for the outside world shall notice.
  struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = once ? SA_RESETHAND : 0};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  // A parent may start programs from a thread that holds signals back, and that is inherited.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  if (once) {
    sigaction(SIGTERM, &action, NULL);
    sigaddset(&signals, SIGTERM);
  }
  sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

bool csignals_is_interrupted(void) { return interrupted; }

bool csignals_is_terminated(void) { return terminated; }

// While a line is read, each signal is one byte in a pipe of our own, which is polled together with
// the input: a signal that comes just before the waiting begins is not lost.

static const int watched[] = {SIGINT, SIGTSTP, SIGCONT, SIGWINCH, SIGTERM, SIGHUP, SIGQUIT};
enum { watched_count = sizeof watched / sizeof *watched };
static struct sigaction before[watched_count];
static int ends[2] = {-1, -1};

static void note_signal(int signal) {
  int error = errno;
  unsigned char byte = (unsigned char)signal;
  // A full pipe holds enough of them.
  (void)!write(ends[1], &byte, 1);
  errno = error;
}

static void listen_to(int signal, struct sigaction *old) {
  struct sigaction action = {.sa_handler = note_signal};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, old);
}

void csignals_begin_reading(void) {
  if (ends[0] < 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  while (csignals_next() != 0) {}
  for (int i = 0; i < watched_count; i++) {
    listen_to(watched[i], &before[i]);
    // Who started the program with a signal switched off (`nohup`) wants it so.
    if (before[i].sa_handler == SIG_IGN) sigaction(watched[i], &before[i], NULL);
  }
  // A Ctrl-C that nobody has answered, such as one between two lines of a statement, is answered by
  // this line.
  if (interrupted) note_signal(SIGINT);
  interrupted = 0;
  is_of_line = true;
}

int csignals_descriptor(void) { return ends[0]; }

int csignals_next(void) {
  unsigned char byte;
  return ends[0] >= 0 && read(ends[0], &byte, 1) == 1 ? byte : 0;
}

void csignals_yield_to(int signal) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
  raise(signal);
  listen_to(signal, NULL);
}

void csignals_end_reading(void) {
  for (int i = 0; i < watched_count; i++) sigaction(watched[i], &before[i], NULL);
  int signal;
  while ((signal = csignals_next()) != 0) {
    if (signal == SIGINT) interrupted = 1;
  }
}
