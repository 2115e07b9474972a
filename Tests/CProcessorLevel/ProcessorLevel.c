// Which clone of a kernel runs is decided while the program is loaded, by asking the compiler's
// runtime what the processor can do. This file stands in for that part of the runtime in the test
// program (an object file goes before a library) and answers what NNS_PROCESSOR_LEVEL says: 0, 3
// or 4, at most what the processor has. Without it, the answer is the runtime's.
//
// It runs before the program is relocated: it calls nothing that is linked, not even getenv.

#include "CProcessorLevel.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>

#define HIDDEN __attribute__((visibility("hidden")))

// What the runtime's own look like (gcc/common/config/i386/i386-cpuinfo.h). The bits asked for
// here are those of the levels: features 96 to 98 are x86-64-v2 to v4, from 32 on in the second.
HIDDEN struct {
  unsigned vendor, type, subtype, features[1];
} __cpu_model;
HIDDEN unsigned __cpu_features2[4];

static int chosen_level = -1;

static long call3(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return result;
}

// The number behind NNS_PROCESSOR_LEVEL= in the environment; -1 where there is none.
static int wanted_level(void) {
  static const char name[] = "NNS_PROCESSOR_LEVEL=";
  enum { READ = 0, OPEN = 2, CLOSE = 3 };
  long file = call3(OPEN, (long)"/proc/self/environ", 0, 0);
  if (file < 0) return -1;
  int level = -1, place = 0;
  char bytes[512];
  for (long count; (count = call3(READ, file, (long)bytes, sizeof bytes)) > 0;) {
    for (long i = 0; i < count; i++) {
      if (place == sizeof name - 1) {
        level = bytes[i] - '0';
        place = -1;
      } else if (place >= 0 && bytes[i] == name[place]) {
        place++;
      } else {
        place = bytes[i] ? -1 : 0;
      }
    }
  }
  call3(CLOSE, file, 0, 0);
  return level;
}

int highest_processor_level(void) {
  unsigned a, b, c, d, more_b, more_c, state, high;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  unsigned first = bit_FMA | bit_MOVBE | bit_F16C | bit_AVX | bit_OSXSAVE;
  if ((c & first) != first) return 0;
  if (!__get_cpuid_count(7, 0, &a, &more_b, &more_c, &d)) return 0;
  unsigned second = bit_AVX2 | bit_BMI | bit_BMI2;
  if ((more_b & second) != second) return 0;
  if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !(c & bit_LZCNT)) return 0;
  __asm__("xgetbv" : "=a"(state), "=d"(high) : "c"(0));
  if ((state & 0x6) != 0x6) return 0;
  unsigned third =
      bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
  return (more_b & third) == third && (state & 0xe0) == 0xe0 ? 4 : 3;
}

HIDDEN int __cpu_indicator_init(void);
// As in the runtime: before other constructors, and whenever a clone is chosen.
__attribute__((constructor(101))) int __cpu_indicator_init(void) {
  if (chosen_level >= 0) return 0;
  int wanted = wanted_level(), level = highest_processor_level();
  if (wanted >= 0 && wanted < level) level = wanted;
  if (level >= 3) __cpu_features2[2] |= 1 << 0 | 1 << 1;
  if (level >= 4) __cpu_features2[2] |= 1 << 2;
  chosen_level = level;
  return 0;
}

int processor_level(void) { return chosen_level; }
#else
int processor_level(void) { return -1; }
int highest_processor_level(void) { return -1; }
#endif
