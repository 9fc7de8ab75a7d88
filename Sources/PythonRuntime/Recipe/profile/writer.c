// The way out for the counters of a CPython that was compiled with -fprofile-generate: written at exit to descriptor 9,
// if the program has opened that. compiler-rt would write a file, which stays inside the kernel.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "InstrProfiling.h"
#include "InstrProfilingInternal.h"

int __llvm_profile_runtime = 0;

static void put(const char *data, size_t size) {
    while (size > 0) {
        ssize_t count = write(9, data, size);
        if (count <= 0) abort();
        data += count;
        size -= (size_t)count;
    }
}

static uint32_t put_pieces(ProfDataWriter *writer, ProfDataIOVec *pieces, uint32_t count) {
    (void)writer;
    for (uint32_t i = 0; i < count; i++) {
        size_t size = pieces[i].ElmSize * pieces[i].NumElm;
        if (pieces[i].Data) put(pieces[i].Data, size);
        else for (; size > 0; size--) put("", 1);
    }
    return 0;
}

static void write_profile(void) {
    if (fcntl(9, F_GETFD) < 0) return;
    ProfDataWriter writer = {.Write = put_pieces};
    if (lprofWriteData(&writer, lprofGetVPDataReader(), 0)) abort();
}

__attribute__((constructor)) static void initialise(void) { atexit(write_profile); }
