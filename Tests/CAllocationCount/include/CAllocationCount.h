#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H

/// How many blocks the calling thread has taken from the heap since it started.
long allocations_of_this_thread(void);

#endif
