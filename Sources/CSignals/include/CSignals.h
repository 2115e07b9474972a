// All signal handling of the program: while a script runs, and while a line is typed.

#ifndef CSIGNALS_H
#define CSIGNALS_H

#include <stdbool.h>

/// To be called first: Ctrl-\ ends the program, whatever a run-time library would make of it.
void csignals_begin_program(void);

/// Takes Ctrl-C over while a script runs: it asks the script to stop. With `once`, SIGTERM does so
/// too, and the second of either ends the program, should the script not listen.
///
/// A Ctrl-C that came with the line that was read last, or right behind it, counts.
void csignals_begin_running(bool once);

/// Asks the script to stop, as Ctrl-C does.
void csignals_request_interrupt(void);

/// Forgets it: it has been answered.
void csignals_forget_interrupt(void);

/// Whether Ctrl-C came since the script began.
bool csignals_is_interrupted(void);

/// Whether it was SIGTERM.
bool csignals_is_terminated(void);

/// Takes all signals over that matter to whoever reads from a terminal.
void csignals_begin_reading(void);

/// Can be read as soon as there is a signal to take; to be polled together with the input.
int csignals_descriptor(void);

/// The next signal that came while reading, 0 if there is none.
int csignals_next(void);

/// Lets a signal do to the program what it does to programs that do not listen: stop it until it
/// is continued, or end it.
void csignals_yield_to(int signal);

/// Gives the signals back to their handlers before.
void csignals_end_reading(void);

#endif
