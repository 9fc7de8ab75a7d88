// posix_spawn: the host starts a fresh instance of the program with its own memory. What a child inherits or opens is said
// by libc's list of file actions, which goes to the host as an array:
//
//     { kind, fd, source, flags, mode, path }    kind: 1 close, 2 dup2(source, fd), 3 open(path, flags, mode) as fd,
//     …                                                4 chdir(path), 5 fchdir(fd); 0 ends the array
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

#ifdef __wasm__
/// musl's src/process/fdop.h: a list whose first element was added last.
struct action {
    struct action *next, *previous;
    int kind, fd, source, flags;
    mode_t mode;
    char path[];
};

typedef struct {
    int kind, fd, source, flags, mode;
    const char *path;
} host_action;

/// The child's process id, or a negative errno.
FROND_IMPORT("spawn")
int frond_host_spawn(const char *path, char *const *arguments, char *const *environment, const host_action *actions);

FROND_PUBLIC int posix_spawn(
    pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict]) {
    (void)attributes;  // signals are at their defaults in a fresh instance, and it is in the only process group
    size_t count = 0;
    struct action *first = NULL;
    for (struct action *each = actions ? actions->__actions : NULL; each; each = each->next, count++) first = each;
    host_action *list = calloc(count + 1, sizeof *list);
    if (!list) return ENOMEM;
    size_t used = 0;
    for (struct action *each = first; each; each = each->previous) {
        bool opens = each->kind == 3, changes_folder = each->kind == 4;
        list[used++] = (host_action){
            each->kind, each->fd, each->source, opens ? each->flags : 0, opens ? (int)each->mode : 0,
            opens || changes_folder ? each->path : NULL};
    }
    int result = frond_host_spawn(path, arguments, environment ? environment : environ, list);
    free(list);
    if (result < 0) return -result;
    if (pid) *pid = result;
    return 0;
}

FROND_PUBLIC int posix_spawnp(
    pid_t *restrict pid, const char *restrict file, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict]) {
    if (strchr(file, '/')) return posix_spawn(pid, file, actions, attributes, arguments, environment);
    const char *folders = getenv("PATH");
    if (!folders) folders = "/usr/bin";
    char path[4096];
    for (;;) {
        size_t length = strcspn(folders, ":");
        if (length + strlen(file) + 2 <= sizeof path) {
            memcpy(path, folders, length);
            path[length] = '/';
            strcpy(path + length + (length > 0), file);
            if (!access(path, X_OK)) return posix_spawn(pid, path, actions, attributes, arguments, environment);
        }
        if (!folders[length]) return ENOENT;
        folders += length + 1;
    }
}
#endif
