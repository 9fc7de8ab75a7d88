// What CPython compiles of strings, kept from one start for the next.
#ifndef FROND_COMPILED_STRINGS_H
#define FROND_COMPILED_STRINGS_H

/// Frees what is known of compiled strings. The next string that is compiled looks for the files anew: they may be others, after a
/// start from a snapshot of memory.
void frond_forget_compiled_strings(void);

#endif
