// Starts programs in terminals of their own, which Swift cannot do: it may not fork.

#ifndef CTERMINAL_H
#define CTERMINAL_H

/// Starts a program as the leader of a new terminal's session.
///
/// Returns the terminal's other side, -1 on failure.
int cterminal_start(char *const arguments[], char *const environment[], const char *folder,
                    int rows, int columns, int *process);

/// Changes the terminal's size, which the program is told of.
void cterminal_resize(int terminal, int rows, int columns);

#endif
