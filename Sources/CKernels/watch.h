// What the thread pool shares with watch.c.
#ifndef WATCH_H
#define WATCH_H

#include <stdatomic.h>
#include <stdint.h>

struct nn_watch {
  // Read by all threads that help with a job, written by its owner.
  _Atomic unsigned char halted;
  int64_t asked;
  void (*ask)(void *);
  void *context;
};

#endif
