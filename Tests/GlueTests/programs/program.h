// What the programs of these tests have in common: no libc, so types, the imports that each needs, and text.

typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned u32;
typedef long long i64;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name), used))

typedef struct { void *at; u32 size; } span;

IMPORT("frond", "switch") i32 host_switch(i32 me, i32 next, double wait_ms);
IMPORT("frond", "take_event") i32 host_take_event(void);
IMPORT("frond", "watch") i32 host_watch(i32 fd, i32 events, i32 thread);
IMPORT("frond", "fd_read") i32 host_read(i32 fd, const span *spans, i32 count, u32 *got);
IMPORT("frond", "fd_write") i32 host_write(i32 fd, const span *spans, i32 count, u32 *written);
IMPORT("wasi_snapshot_preview1", "args_sizes_get") i32 args_sizes_get(u32 *count, u32 *size);
IMPORT("wasi_snapshot_preview1", "args_get") i32 args_get(u8 **argv, u8 *buffer);
IMPORT("env", "emscripten_get_now") double now(void);

// What the host looks for.
i32 frond_host_depth, frond_events_pending;

static u32 length(const char *s) {
    u32 n = 0;
    while (s[n]) n++;
    return n;
}

static i32 same(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static void put_bytes(const char *s, u32 size) {
    span all = {(void *)s, size};
    u32 written;
    host_write(1, &all, 1, &written);
}

static void put(const char *s) {
    put_bytes(s, length(s));
}

static void say(const char *what, i64 n) {
    char text[24], *at = text + 23;
    i32 negative = n < 0;
    *at = 0;
    if (negative) n = -n;
    do *--at = '0' + n % 10;
    while (n /= 10);
    if (negative) *--at = '-';
    put(what), put(" "), put(at), put("\n");
}
