/* libffi for WebAssembly without JavaScript: this file takes the place of src/wasm/ffi.c, whose calls and closures are
   functions in JavaScript, through which no context of Frond can switch.

       ffi_call     values of C types ─▶ cells of wasm types ─▶ _frond_call_typed      ─▶ the function
       a closure    the caller        ─▶ _frond_function_make's function ─▶ `called`   ─▶ the closure's function

   The calling convention is that of clang for wasm32 (Basic C ABI of tool-conventions): structures of one element are that
   element, other structures are passed by address, and so is a result that is one, or a long double, whose two halves are two
   i64 as an argument; what is variable is in memory, in slots of at least four bytes, and structures there by address.

   As in upstream's file: complex numbers, vectors and integers of 128 bits are refused. */
#include <ffi.h>
#include <ffi_common.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The context shim's typed_calls.h. */
_Bool _frond_call_typed(const char *type, void (*function)(void), const uint64_t *arguments, uint64_t *result);
void (*_frond_function_reserve(void))(void);
_Bool _frond_function_make(
    void (*function)(void), const char *type, void (*handler)(void *data, uint64_t *arguments, uint64_t *result), void *data);
void _frond_function_free(void (*function)(void));

enum { VARIADIC = 1, MOST_ARGUMENTS = 1000 };

static ffi_status prepare(ffi_cif *cif, unsigned flags, unsigned fixed) {
    if (cif->abi != FFI_DEFAULT_ABI) return FFI_BAD_ABI;
    cif->flags = flags;
    cif->nfixedargs = fixed;
    if (cif->nargs > MOST_ARGUMENTS || cif->rtype->type > FFI_TYPE_POINTER) return FFI_BAD_TYPEDEF;
    for (unsigned i = 0; i < cif->nargs; i++)
        if (cif->arg_types[i]->type > FFI_TYPE_POINTER) return FFI_BAD_TYPEDEF;
    return FFI_OK;
}

ffi_status FFI_HIDDEN ffi_prep_cif_machdep(ffi_cif *cif) {
    return prepare(cif, 0, cif->nargs);
}

ffi_status FFI_HIDDEN ffi_prep_cif_machdep_var(ffi_cif *cif, unsigned fixed, unsigned total) {
    (void)total;
    return prepare(cif, VARIADIC, fixed);
}

/* The type that a value is passed as: of a structure with one element, that of the element. ctypes describes arrays in structures
   by elements that are too small, hence the limit (upstream's unbox_small_structs). */
static ffi_type *unboxed(ffi_type *type) {
    while (type->type == FFI_TYPE_STRUCT && type->size <= 16) {
        if (!type->elements[0]) return &ffi_type_void;
        if (type->elements[1]) break;
        type = type->elements[0];
    }
    return type;
}

static char letter(const ffi_type *type) {
    switch (type->type) {
    case FFI_TYPE_VOID: return 'v';
    case FFI_TYPE_FLOAT: return 'f';
    case FFI_TYPE_DOUBLE: return 'd';
    case FFI_TYPE_SINT64:
    case FFI_TYPE_UINT64: return 'j';
    default: return 'i';
    }
}

static int is_returned_by_address(const ffi_type *unboxed) {
    return unboxed->type == FFI_TYPE_STRUCT || unboxed->type == FFI_TYPE_LONGDOUBLE;
}

/* The wasm type of a call; room for it are 2 * nargs + 4 characters. */
static void describe(const ffi_cif *cif, char *out) {
    ffi_type *result = unboxed(cif->rtype);
    *out++ = is_returned_by_address(result) ? 'v' : letter(result);
    if (is_returned_by_address(result)) *out++ = 'i';
    for (unsigned i = 0; i < cif->nfixedargs; i++) {
        ffi_type *type = unboxed(cif->arg_types[i]);
        if (type->type == FFI_TYPE_VOID) continue; /* an empty structure */
        if (type->type == FFI_TYPE_LONGDOUBLE) {
            *out++ = 'j';
            *out++ = 'j';
        } else {
            *out++ = letter(type);
        }
    }
    if (cif->flags & VARIADIC) *out++ = 'i';
    *out = 0;
}

static uint64_t load(const ffi_type *type, const void *from) {
    switch (type->type) {
    case FFI_TYPE_UINT8: return *(const uint8_t *)from;
    case FFI_TYPE_SINT8: return (uint32_t)*(const int8_t *)from;
    case FFI_TYPE_UINT16: return *(const uint16_t *)from;
    case FFI_TYPE_SINT16: return (uint32_t)*(const int16_t *)from;
    case FFI_TYPE_DOUBLE:
    case FFI_TYPE_SINT64:
    case FFI_TYPE_UINT64: return *(const uint64_t *)from;
    default: return *(const uint32_t *)from;
    }
}

static uintptr_t aligned(uintptr_t address, uintptr_t alignment) {
    return (address + alignment - 1) & ~(alignment - 1);
}

/* A copy that the called function may change. */
#define COPIED(type, from)                                                                          \
    memcpy((void *)aligned((uintptr_t)alloca((type)->size + (type)->alignment), (type)->alignment), \
           (from), (type)->size)

/* A slot of variable arguments, and the place behind it. */
static uintptr_t slot(const ffi_type *type, uintptr_t *at) {
    int by_address = type->type == FFI_TYPE_STRUCT;
    uintptr_t size = by_address || type->size < 4 ? 4 : type->size;
    uintptr_t alignment = by_address || type->alignment < 4 ? 4 : type->alignment;
    uintptr_t place = aligned(*at, alignment);
    *at = place + size;
    return place;
}

static void store_result(const ffi_cif *cif, const ffi_type *type, uint64_t cell, void *to) {
    /* A scalar is widened to ffi_arg; a structure has just its size. */
    int widened = cif->rtype->type != FFI_TYPE_STRUCT;
    switch (type->type) {
    case FFI_TYPE_VOID: break;
    case FFI_TYPE_UINT8:
        if (widened) *(ffi_arg *)to = (uint8_t)cell;
        else *(uint8_t *)to = (uint8_t)cell;
        break;
    case FFI_TYPE_SINT8:
        if (widened) *(ffi_sarg *)to = (int8_t)cell;
        else *(int8_t *)to = (int8_t)cell;
        break;
    case FFI_TYPE_UINT16:
        if (widened) *(ffi_arg *)to = (uint16_t)cell;
        else *(uint16_t *)to = (uint16_t)cell;
        break;
    case FFI_TYPE_SINT16:
        if (widened) *(ffi_sarg *)to = (int16_t)cell;
        else *(int16_t *)to = (int16_t)cell;
        break;
    case FFI_TYPE_DOUBLE:
    case FFI_TYPE_SINT64:
    case FFI_TYPE_UINT64: *(uint64_t *)to = cell; break;
    default: *(uint32_t *)to = (uint32_t)cell;
    }
}

static int fits(const ffi_cif *cif, void (*function)(void)) {
    char *type = alloca(2 * cif->nargs + 4);
    describe(cif, type);
    return _frond_call_typed(type, function, NULL, NULL);
}

/* Whether a call would find a function of its type: for CPython's ctypes, which raises if not (ctypes.patch). Some calls are right
   elsewhere though they are of another type, and are made to fit: of one whose variable arguments nobody has told (`is_typed` 0), as
   few of the last ones as do are variable, in any case perhaps none; and one with more arguments than the function has loses them. */
int ffi_frond_fits(ffi_cif *cif, void (*function)(void), int is_typed) {
    if (fits(cif, function)) return 1;
    unsigned named = cif->nfixedargs;
    if (!(cif->flags & VARIADIC)) {
        cif->flags = VARIADIC;
        for (unsigned least = is_typed ? named : 1; cif->nfixedargs > 0 && cif->nfixedargs >= least; cif->nfixedargs--)
            if (fits(cif, function)) return 1;
    }
    cif->flags = 0;
    for (cif->nargs = named;; cif->nargs--) {
        cif->nfixedargs = cif->nargs;
        if (fits(cif, function)) return 1;
        if (cif->nargs == 0) return 0;
    }
}

void ffi_call(ffi_cif *cif, void (*function)(void), void *to, void **values) {
    char *wasm_type = alloca(2 * cif->nargs + 4);
    describe(cif, wasm_type);
    uint64_t *cells = alloca((2 * cif->nargs + 3) * sizeof *cells), *cell = cells, result = 0;
    ffi_type *result_type = unboxed(cif->rtype);
    int by_address = is_returned_by_address(result_type);
    if (by_address) {
        /* Who does not want the result gives no room for it. */
        if (!to) to = (void *)aligned((uintptr_t)alloca(result_type->size + result_type->alignment), result_type->alignment);
        *cell++ = (uintptr_t)to;
    }
    for (unsigned i = 0; i < cif->nfixedargs; i++) {
        ffi_type *type = unboxed(cif->arg_types[i]);
        if (type->type == FFI_TYPE_VOID) continue;
        if (type->type == FFI_TYPE_STRUCT) {
            *cell++ = (uintptr_t)COPIED(type, values[i]);
        } else if (type->type == FFI_TYPE_LONGDOUBLE) {
            memcpy(cell, values[i], 16);
            cell += 2;
        } else {
            *cell++ = load(type, values[i]);
        }
    }
    if (cif->flags & VARIADIC) {
        uintptr_t size = 0;
        for (unsigned i = cif->nfixedargs; i < cif->nargs; i++) slot(unboxed(cif->arg_types[i]), &size);
        uintptr_t at = aligned((uintptr_t)alloca(size + 16), 16);
        *cell++ = at;
        for (unsigned i = cif->nfixedargs; i < cif->nargs; i++) {
            ffi_type *type = unboxed(cif->arg_types[i]);
            void *place = (void *)slot(type, &at);
            if (type->type == FFI_TYPE_STRUCT) *(void **)place = COPIED(type, values[i]);
            else if (type->type == FFI_TYPE_LONGDOUBLE) memcpy(place, values[i], 16);
            else if (letter(type) == 'j' || letter(type) == 'd') memcpy(place, values[i], 8);
            else *(uint32_t *)place = (uint32_t)load(type, values[i]);
        }
    }
    if (!_frond_call_typed(wasm_type, function, cells, &result)) {
        fprintf(stderr, "ffi_call: the function is not of the type that it is called as (%s)\n", wasm_type);
        abort();
    }
    if (!by_address && to) store_result(cif, result_type, result, to);
}

/* --- closures --- */

void *ffi_closure_alloc(size_t size, void **code) {
    ffi_closure *closure = malloc(size);
    if (!closure) return NULL;
    void (*function)(void) = _frond_function_reserve();
    if (!function) {
        free(closure);
        return NULL;
    }
    *code = closure->ftramp = (void *)function;
    return closure;
}

void ffi_closure_free(void *closure) {
    _frond_function_free((void (*)(void))((ffi_closure *)closure)->ftramp);
    free(closure);
}

static void called(void *data, uint64_t *cells, uint64_t *result) {
    ffi_closure *closure = data;
    ffi_cif *cif = closure->cif;
    void **values = alloca((cif->nargs + 1) * sizeof *values), *to = result;
    if (is_returned_by_address(unboxed(cif->rtype))) to = (void *)(uintptr_t)*cells++;
    for (unsigned i = 0; i < cif->nfixedargs; i++) {
        ffi_type *type = unboxed(cif->arg_types[i]);
        values[i] = cells;
        if (type->type == FFI_TYPE_VOID) continue;
        if (type->type == FFI_TYPE_STRUCT) values[i] = COPIED(type, (void *)(uintptr_t)*cells);
        cells += type->type == FFI_TYPE_LONGDOUBLE ? 2 : 1;
    }
    uintptr_t at = cif->flags & VARIADIC ? (uintptr_t)*cells : 0;
    for (unsigned i = cif->nfixedargs; i < cif->nargs; i++) {
        ffi_type *type = unboxed(cif->arg_types[i]);
        values[i] = (void *)slot(type, &at);
        if (type->type == FFI_TYPE_STRUCT) values[i] = COPIED(type, *(void **)values[i]);
    }
    closure->fun(cif, to, values, closure->user_data);
}

ffi_status ffi_prep_closure_loc(
    ffi_closure *closure, ffi_cif *cif, void (*fun)(ffi_cif *, void *, void **, void *), void *user_data, void *code) {
    if (cif->abi != FFI_DEFAULT_ABI) return FFI_BAD_ABI;
    closure->cif = cif;
    closure->fun = fun;
    closure->user_data = user_data;
    char *type = alloca(2 * cif->nargs + 4);
    describe(cif, type);
    return _frond_function_make((void (*)(void))code, type, called, closure) ? FFI_OK : FFI_BAD_TYPEDEF;
}
