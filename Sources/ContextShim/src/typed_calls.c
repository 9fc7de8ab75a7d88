// Calls by type, and functions made at run time (typed_calls.h): each is a small module that imports memory and table of the program,
// and whose one function the host puts into the table. No JavaScript is between caller and callee, so that a switch of contexts stays
// legal in what is called.
//
//     a call of a type      trampoline(function, arguments, result) → whether        one for each type, kept
//                           ref.test the table's entry; load the cells; call_indirect; store the result
//     a function of a type  f(arguments…) → result                                   one for each closure
//                           a frame on the shadow stack; store the cells; handler(data, cells, result); load the result
//
// What was made is remembered: a program that goes on from a snapshot has this memory, but a table without them.
//
// The names do not begin with `frond_`, so that all of this is in a program only when a library asks for it.
#include "typed_calls.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "host.h"
#include "start.h"

void *_emscripten_stack_alloc(size_t size);
void _emscripten_stack_restore(void *pointer);

typedef struct {
    uint8_t *bytes;  // null when memory has run out, and where there is no function
    size_t size;
} module;

// --- functions in the table ---

/// The table's last slots.
static struct {
    module code;
    bool taken;
} *made;
static int first_slot, made_count, made_room, free_slots;

static void renew(void) {
    for (int i = 0; i < made_count; i++)
        if (frond_host_set_function(first_slot + i, made[i].code.bytes, made[i].code.size) < 0) abort();
}

/// A slot without a function; -1 when there is none to be had.
static int take_slot(void) {
    for (int i = 0; free_slots > 0 && i < made_count; i++) {
        if (made[i].taken) continue;
        made[i].taken = true;
        free_slots--;
        return first_slot + i;
    }
    if (made_count == made_room) {
        int room = made_room ? 2 * made_room : 16;
        typeof(made) larger = realloc(made, (size_t)room * sizeof *larger);
        if (!larger) return -1;
        made = larger;
        made_room = room;
    }
    int slot = frond_host_set_function(-1, NULL, 0);
    if (slot < 0) return -1;
    if (made_count == 0) first_slot = slot;
    frond_before_going_on = renew;
    made[made_count++] = (typeof(*made)){.taken = true};
    return slot;
}

static void release_slot(int slot) {
    typeof(made) old = &made[slot - first_slot];
    frond_host_set_function(slot, NULL, 0);
    free(old->code.bytes);
    *old = (typeof(*old)){.taken = false};
    free_slots++;
}

/// Puts the module's function into a slot that is taken, and takes the module over.
static bool fill_slot(int slot, module code) {
    if (!code.bytes || frond_host_set_function(slot, code.bytes, code.size) < 0) {
        free(code.bytes);
        return false;
    }
    free(made[slot - first_slot].code.bytes);
    made[slot - first_slot].code = code;
    return true;
}

// --- modules ---

typedef struct {
    uint8_t *bytes;  // null when memory has run out
    size_t size, room;
} writer;

static void put(writer *out, const void *bytes, size_t size) {
    if (!out->bytes) return;
    if (out->size + size > out->room) {
        out->room = 2 * (out->room + size);
        uint8_t *larger = realloc(out->bytes, out->room);
        if (!larger) free(out->bytes);
        if (!(out->bytes = larger)) return;
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void byte(writer *out, int value) {
    uint8_t single = (uint8_t)value;
    put(out, &single, 1);
}

static void leb_unsigned(writer *out, uint32_t value) {
    for (; value >= 0x80; value >>= 7) byte(out, 0x80 | (value & 0x7f));
    byte(out, (int)value);
}

static void leb_signed(writer *out, int32_t value) {
    for (; value < -64 || value > 63; value >>= 7) byte(out, 0x80 | (value & 0x7f));
    byte(out, value & 0x7f);
}

/// Begins something that says its size first, in five bytes; the end fills them in.
static size_t begin(writer *out) {
    put(out, "\x80\x80\x80\x80\x00", 5);
    return out->size;
}

static void end(writer *out, size_t begun) {
    if (!out->bytes) return;
    size_t size = out->size - begun;
    for (int i = 0; i < 4; i++, size >>= 7) out->bytes[begun - 5 + (size_t)i] = (uint8_t)(0x80 | (size & 0x7f));
    out->bytes[begun - 1] = (uint8_t)size;
}

enum {
    OP_BLOCK = 0x02, OP_IF = 0x04, OP_END = 0x0b, OP_BR_IF = 0x0d, OP_RETURN = 0x0f, OP_CALL_INDIRECT = 0x11, OP_DROP = 0x1a,
    OP_LOCAL_GET = 0x20, OP_LOCAL_TEE = 0x22, OP_TABLE_GET = 0x25, OP_I32_CONST = 0x41, OP_I64_CONST = 0x42,
    OP_I32_EQZ = 0x45, OP_I32_GE_U = 0x4f, OP_I32_ADD = 0x6a, OP_I64_STORE = 0x37, OP_GC = 0xfb, GC_REF_TEST = 0x14,
    OP_NUMERIC = 0xfc, NUMERIC_TABLE_SIZE = 0x10, NO_RESULT = 0x40, FUNCTION_TYPE = 0x60,
};

static int value_type(char letter) {
    return letter == 'i' ? 0x7f : letter == 'j' ? 0x7e : letter == 'f' ? 0x7d : 0x7c;
}

static int load_opcode(char letter) {
    return letter == 'i' ? 0x28 : letter == 'j' ? 0x29 : letter == 'f' ? 0x2a : 0x2b;
}

static int store_opcode(char letter) {
    return letter == 'i' ? 0x36 : letter == 'j' ? 0x37 : letter == 'f' ? 0x38 : 0x39;
}

static void access_memory(writer *out, int opcode, uint32_t offset) {
    byte(out, opcode);
    byte(out, 2);  // alignment: of the cells at least this
    leb_unsigned(out, offset);
}

static void local(writer *out, int opcode, uint32_t index) {
    byte(out, opcode);
    leb_unsigned(out, index);
}

static void constant(writer *out, uint32_t value) {
    byte(out, OP_I32_CONST);
    leb_signed(out, (int32_t)value);
}

/// Of the program's table.
static void call_indirect(writer *out, uint32_t type) {
    byte(out, OP_CALL_INDIRECT);
    leb_unsigned(out, type);
    byte(out, 0);
}

/// A function type: that of a string, with another result.
static void function_type(writer *out, char result, const char *parameters) {
    byte(out, FUNCTION_TYPE);
    leb_unsigned(out, (uint32_t)strlen(parameters));
    for (const char *each = parameters; *each; each++) byte(out, value_type(*each));
    byte(out, result != 'v');
    if (result != 'v') byte(out, value_type(result));
}

/// Everything before the function's body: types, memory and table of the program, one function, its export.
static size_t begin_module(writer *out, const char *const types[], uint32_t count, uint32_t type) {
    *out = (writer){malloc(256), 0, 256};
    put(out, "\0asm\1\0\0\0", 8);
    byte(out, 1);
    size_t section = begin(out);
    leb_unsigned(out, count);
    for (uint32_t i = 0; i < count; i++) function_type(out, types[i][0], types[i] + 1);
    end(out, section);
    static const char imports[] = "\2\x03""env\x06memory\2\0\0\x03""env\x05table\1\x70\0\0";
    byte(out, 2);
    section = begin(out);
    put(out, imports, sizeof imports - 1);
    end(out, section);
    byte(out, 3);
    section = begin(out);
    byte(out, 1);
    leb_unsigned(out, type);
    end(out, section);
    put(out, "\7\5\1\1f\0\0", 7);
    byte(out, 10);
    section = begin(out);
    byte(out, 1);
    return section;
}

static module end_module(writer *out, size_t section, size_t body) {
    byte(out, OP_END);
    end(out, body);
    end(out, section);
    return (module){out->bytes, out->size};
}

// --- calls ---

/// A part of the trampoline: `called` is what the call has as its result, `wanted` what the caller expects.
static void call_as(writer *out, uint32_t type, char called, char wanted, const char *parameters) {
    enum { FUNCTION, ARGUMENTS, RESULT };
    byte(out, OP_BLOCK);
    byte(out, NO_RESULT);
    local(out, OP_LOCAL_GET, FUNCTION);
    put(out, (uint8_t[]){OP_TABLE_GET, 0, OP_GC, GC_REF_TEST}, 4);
    leb_signed(out, (int32_t)type);
    put(out, (uint8_t[]){OP_I32_EQZ, OP_BR_IF, 0}, 3);
    // Only to be looked at?
    local(out, OP_LOCAL_GET, ARGUMENTS);
    put(out, (uint8_t[]){OP_I32_EQZ, OP_IF, NO_RESULT, OP_I32_CONST, 1, OP_RETURN, OP_END}, 7);
    if (wanted != 'v') local(out, OP_LOCAL_GET, RESULT);
    for (uint32_t i = 0; parameters[i]; i++) {
        local(out, OP_LOCAL_GET, ARGUMENTS);
        access_memory(out, load_opcode(parameters[i]), 8 * i);
    }
    local(out, OP_LOCAL_GET, FUNCTION);
    call_indirect(out, type);
    if (called != 'v' && wanted == 'v') byte(out, OP_DROP);
    if (called == 'v' && wanted != 'v') {
        put(out, (uint8_t[]){OP_I64_CONST, 0}, 2);
        access_memory(out, OP_I64_STORE, 0);
    } else if (wanted != 'v') {
        access_memory(out, store_opcode(wanted), 0);
    }
    put(out, (uint8_t[]){OP_I32_CONST, 1, OP_RETURN, OP_END}, 4);
}

static module make_trampoline(const char *type, const char *other) {
    writer out;
    const char *const types[] = {type, other, "iiii"};
    size_t section = begin_module(&out, types, 3, 2);
    size_t body = begin(&out);
    byte(&out, 0);  // no locals
    // A pointer that is no slot of the table is none of a function.
    local(&out, OP_LOCAL_GET, 0);
    put(&out, (uint8_t[]){OP_NUMERIC, NUMERIC_TABLE_SIZE, 0, OP_I32_GE_U, OP_IF, NO_RESULT, OP_I32_CONST, 0, OP_RETURN, OP_END}, 10);
    call_as(&out, 0, type[0], type[0], type + 1);
    call_as(&out, 1, other[0], type[0], type + 1);
    put(&out, (uint8_t[]){OP_I32_CONST, 0}, 2);
    return end_module(&out, section, body);
}

typedef int (*trampoline_function)(void (*function)(void), const uint64_t *arguments, uint64_t *result);

typedef struct trampoline {
    struct trampoline *next;
    trampoline_function call;
    char type[];
} trampoline;

static trampoline *trampolines[64];

static trampoline *trampoline_for(const char *type) {
    size_t length = strlen(type);
    trampoline **list = &trampolines[frond_hash(type, length) % 64], *found = *list;
    while (found && strcmp(found->type, type)) found = found->next;
    if (found) return found;
    size_t size = length + 1;
    found = malloc(sizeof *found + 2 * size);
    int slot = found ? take_slot() : -1;
    if (slot < 0) {
        free(found);
        return NULL;
    }
    memcpy(found->type, type, size);
    char *other = found->type + size;
    memcpy(other, type, size);
    other[0] = type[0] == 'v' ? 'i' : 'v';
    if (!fill_slot(slot, make_trampoline(type, other))) {
        release_slot(slot);
        free(found);
        return NULL;
    }
    found->call = (trampoline_function)(intptr_t)slot;
    found->next = *list;
    return *list = found;
}

FROND_PUBLIC bool _frond_call_typed(const char *type, void (*function)(void), const uint64_t *arguments, uint64_t *result) {
    trampoline *found = trampoline_for(type);
    return found && found->call(function, arguments, result);
}

// --- functions ---

FROND_PUBLIC void (*_frond_function_reserve(void))(void) {
    int slot = take_slot();
    return slot < 0 ? NULL : (void (*)(void))(intptr_t)slot;
}

FROND_PUBLIC bool _frond_function_make(
    void (*function)(void), const char *type, void (*handler)(void *, uint64_t *, uint64_t *), void *data) {
    uint32_t count = (uint32_t)strlen(type + 1);
    uint32_t size = (8 * count + 8 + 15) & ~15u;  // the stack's alignment
    uint32_t frame = count;                       // the local behind the parameters
    writer out;
    const char *const types[] = {type, "ii", "vi", "viii"};
    size_t section = begin_module(&out, types, 4, 0);
    size_t body = begin(&out);
    put(&out, (uint8_t[]){1, 1, 0x7f}, 3);
    constant(&out, size);
    constant(&out, (uint32_t)(uintptr_t)_emscripten_stack_alloc);
    call_indirect(&out, 1);
    local(&out, OP_LOCAL_TEE, frame);
    put(&out, (uint8_t[]){OP_I64_CONST, 0}, 2);
    access_memory(&out, OP_I64_STORE, 8 * count);
    for (uint32_t i = 0; i < count; i++) {
        local(&out, OP_LOCAL_GET, frame);
        local(&out, OP_LOCAL_GET, i);
        access_memory(&out, store_opcode(type[1 + i]), 8 * i);
    }
    constant(&out, (uint32_t)(uintptr_t)data);
    local(&out, OP_LOCAL_GET, frame);
    local(&out, OP_LOCAL_GET, frame);
    constant(&out, 8 * count);
    byte(&out, OP_I32_ADD);
    constant(&out, (uint32_t)(uintptr_t)handler);
    call_indirect(&out, 3);
    if (type[0] != 'v') {
        local(&out, OP_LOCAL_GET, frame);
        access_memory(&out, load_opcode(type[0]), 8 * count);
    }
    local(&out, OP_LOCAL_GET, frame);
    constant(&out, size);
    byte(&out, OP_I32_ADD);
    constant(&out, (uint32_t)(uintptr_t)_emscripten_stack_restore);
    call_indirect(&out, 2);
    return fill_slot((int)(intptr_t)function, end_module(&out, section, body));
}

FROND_PUBLIC void _frond_function_free(void (*function)(void)) {
    release_slot((int)(intptr_t)function);
}
