// What every kernel file shares: one body compiled for several processors, chosen at load time.
#ifndef NN_CLONES_H
#define NN_CLONES_H

// Baseline x86-64 has 4-lane vectors and no fused multiply-add, ten times too slow for the loops
// here; a clone for each level keeps one binary for every machine. Other processors have their
// vector unit in the baseline.
#if defined(__x86_64__) && defined(__linux__)
#define NN_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NN_CLONES
#endif

// Before a loop whose rounds do not depend on each other although it may work in place: without
// it, the check that compilers make for overlap finds the same array and takes the slow loop.
#define NN_EACH _Pragma("clang loop vectorize(assume_safety)")

#define NN_INLINE static inline __attribute__((always_inline))

#endif
