// Chance that is counted, not drawn in turn: tiles can be computed in any order by any thread.
#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

#include "clones.h"

// Two rounds of a 32-bit integer mix (Wellons' "lowbias32"), of an element's number and a key.
NN_INLINE uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

#endif
