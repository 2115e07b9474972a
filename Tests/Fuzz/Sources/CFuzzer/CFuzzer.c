#include "CFuzzer.h"

extern __attribute__((weak)) int LLVMFuzzerRunDriver(
  int *argc, char ***argv, int (*one)(const uint8_t *, size_t));

int fuzz_drive(int argc, char **argv, int (*one)(const uint8_t *, size_t)) {
  return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(&argc, &argv, one) : -1;
}
