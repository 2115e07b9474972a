// What every kernel file shares: one body compiled for several processors, chosen at load time.
#ifndef NN_CLONES_H
#define NN_CLONES_H

// Baseline x86-64 has 4-lane vectors and no fused multiply-add, ten times too slow for the loops
// here; a clone for each level keeps one binary for every machine. Other processors have their
// vector unit in the baseline.
//
// Which clone it is, is asked while the program is loaded, before a sanitizer is ready to watch: built
// with one there is only the baseline.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer) \
    || __has_feature(undefined_behavior_sanitizer)
#define NN_SANITIZED 1
#endif
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(NN_SANITIZED)
#define NN_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NN_CLONES
#endif

// Before a loop whose rounds do not depend on each other although it may work in place: without
// it, the check that compilers make for overlap finds the same array and takes the slow loop.
#define NN_EACH _Pragma("clang loop vectorize(assume_safety)")

#define NN_INLINE static inline __attribute__((always_inline))

#endif
