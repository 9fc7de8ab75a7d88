// Small tables of the network: protocols (Emscripten has them in JavaScript), and the one interface (musl asks netlink).
#include <net/if.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

#include "port.h"

static char *no_aliases[] = {NULL};
static struct protoent protocols[] = {
    {"ip", no_aliases, 0},     {"icmp", no_aliases, 1},      {"tcp", no_aliases, 6},
    {"udp", no_aliases, 17},   {"ipv6", no_aliases, 41},     {"ipv6-icmp", no_aliases, 58},
};
#define COUNT (sizeof protocols / sizeof *protocols)
static size_t next;

FROND_PUBLIC struct protoent *getprotobyname(const char *name) {
    for (size_t i = 0; i < COUNT; i++)
        if (!strcmp(protocols[i].p_name, name)) return &protocols[i];
    return NULL;
}

FROND_PUBLIC struct protoent *getprotobynumber(int number) {
    for (size_t i = 0; i < COUNT; i++)
        if (protocols[i].p_proto == number) return &protocols[i];
    return NULL;
}

FROND_PUBLIC void setprotoent(int stay_open) {
    (void)stay_open;
    next = 0;
}
FROND_PUBLIC void endprotoent(void) {}
FROND_PUBLIC struct protoent *getprotoent(void) {
    return next < COUNT ? &protocols[next++] : NULL;
}

FROND_PUBLIC struct if_nameindex *if_nameindex(void) {
    static char loopback[] = "lo";
    static struct if_nameindex interfaces[] = {{1, loopback}, {0, NULL}};
    return interfaces;
}
FROND_PUBLIC void if_freenameindex(struct if_nameindex *list) {
    (void)list;
}
