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

/// What the Tab key does. All texts come from `malloc` and are freed here.
typedef struct {
  /// The bytes of the line that `text` is put in place of.
  int start, end;
  /// `NULL` if the line stays as it is.
  char *text;
  /// Lines to show below, each with its end; `NULL` for none.
  char *menu;
} CReadlineCompletion;

/// Asked when Tab is pressed: the line and the cursor's place in it, in bytes.
typedef CReadlineCompletion (*CReadlineCompleter)(void *context, const char *line, int cursor);

/// Sets readline up; once, before anything else.
void creadline_begin(CReadlineCompleter completer, void *context);

/// Reads a line with editing and history; on `CReadlineLine` the caller frees `*line`. Pasted text
/// may hold many lines. Signals are those that `CSignals` notes while reading.
CReadlineOutcome creadline_read(const char *prompt, char **line);

/// Drops what has been typed ahead.
void creadline_forget_input(void);

/// Puts an entry into the history that the arrow keys walk through.
void creadline_remember(const char *entry);

#endif
