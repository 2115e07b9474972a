#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H

#include <stdbool.h>

/// Whether blocks are counted: not under a sanitizer, which takes the place of the heap itself.
bool allocations_are_counted(void);

/// How many blocks the calling thread has taken from the heap since it started.
long allocations_of_this_thread(void);

#endif
