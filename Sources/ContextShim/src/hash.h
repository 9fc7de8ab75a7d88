// A hash for tables of a few hundred entries: FNV-1a.
#ifndef FROND_HASH_H
#define FROND_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t frond_hash(const char *bytes, size_t size) {
    uint32_t value = 2166136261;
    for (size_t i = 0; i < size; i++) value = (value ^ (uint8_t)bytes[i]) * 16777619;
    return value;
}

#endif
