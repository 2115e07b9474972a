// Lets a test process take the processor for less than it is.
#ifndef CPROCESSORLEVEL_H
#define CPROCESSORLEVEL_H

/// The level the kernels of this process were chosen for: 0 for what every processor has, 3 and 4
/// for x86-64-v3 and -v4; -1 where levels cannot be chosen.
int processor_level(void);
/// The highest level of this processor.
int highest_processor_level(void);

#endif
