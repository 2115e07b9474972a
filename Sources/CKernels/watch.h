// What the thread pool shares with watch.c.
#ifndef WATCH_H
#define WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct nn_watch {
  // Read by all threads that help with a job, written by its owner.
  _Atomic unsigned char halted;
  // Written and read by its owner alone.
  unsigned char unsettled;
  int64_t asked;
  void (*ask)(void *);
  void *context;
};

// Whether the work of this thread is to end, asked where it is time to: some nanoseconds.
bool nn_watch_ends(void);

// Says whose job the work of this thread is part of; the watch must stand until it says another.
void nn_watch_help(const struct nn_watch *watch);

#endif
