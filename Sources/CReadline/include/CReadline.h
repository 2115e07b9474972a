// GNU readline for the prompt, behind functions: its C globals are variables that Swift 6
// refuses to touch.

#ifndef CREADLINE_H
#define CREADLINE_H

#include <stdbool.h>

/// How reading a line ended.
typedef enum __attribute__((enum_extensibility(closed))) {
  CReadlineLine,
  CReadlineEnd,
  CReadlineInterrupted
} CReadlineOutcome;

/// Reads a line with editing and history; on `CReadlineLine` the caller frees `*line`.
CReadlineOutcome creadline_read(const char *prompt, char **line);

/// Puts a line into the history that the arrow keys walk through.
void creadline_remember(const char *line);

#endif
