// Stack sizes. The engine's stacks (984 KB on V8, 1 MiB on Firefox) can't be asked how full they are; CPython looks at the
// shadow stack pointer instead. So the shadow stack has to run out first, whatever recurses: the sizes are what the deepest
// recursion of each kind was measured to use of both (docs/contexts.md has the table).
#ifndef FROND_STACK_SIZES_H
#define FROND_STACK_SIZES_H

#ifdef __wasm__
/// Shadow stack of a thread's or a greenlet's context: 8,000 of them fit in memory.
#define FROND_CONTEXT_STACK (192 * 1024)
/// How much of the main stack CPython may use; the linker's STACK_SIZE is not smaller.
#define FROND_MAIN_STACK (512 * 1024)
#else
#define FROND_CONTEXT_STACK (256 * 1024)
#endif

#define FROND_KEYS 128

#endif
