// The way into libFuzzer, where the program was linked with it.
#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

// Hands the arguments to libFuzzer, which calls `one` for each input; -1 where it was not linked.
int fuzz_drive(int argc, char **argv, int (*one)(const uint8_t *, size_t));

#endif
