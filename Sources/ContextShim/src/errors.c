// errno and h_errno of the running thread.
#include "scheduler.h"

FROND_PUBLIC int *__errno_location(void) {
    return &frond_self->error;
}
FROND_PUBLIC int *___errno_location(void) {
    return &frond_self->error;
}
FROND_PUBLIC int *__h_errno_location(void) {
    return &frond_self->host_error;
}
