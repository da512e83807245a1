// A layer between a program and the file system that can end it, or fail, at a chosen call. Loaded with LD_PRELOAD.
//
// Calls that change files are counted from 1: write, pwrite, fsync, ftruncate, rename, unlink, mkdir, rmdir, and open for writing.
// Writes to pipes, terminals and the standard streams are not counted.
//
//   FAULT_AT=N          at the Nth call ...
//   FAULT_KIND=before   kill -9 before it happens
//              after    kill -9 after it happened
//              torn     write half of it, then kill -9 (of other calls: before)
//              enospc   fail with ENOSPC, and every later write, as a full disk does
//              eio      fail with EIO, once
//              short    write half and say so (of other calls: nothing)
//              eintr    fail with EINTR, once (writes only)
//   FAULT_CLOCK=1       the time of day jumps by up to ten years at every look
//   FAULT_COUNT=FILE    append the number of calls to FILE at the end
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;
static atomic_int is_full;
static long fault_at;
static enum { NONE, BEFORE, AFTER, TORN, ENOSPC_, EIO_, SHORT, EINTR_ } kind;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    static const char *const names[] = {"", "before", "after", "torn", "enospc", "eio", "short", "eintr"};
    const char *at = getenv("FAULT_AT"), *text = getenv("FAULT_KIND");
    fault_at = at ? atol(at) : 0;
    for (int i = 1; text && i < 8; i++)
        if (!strcmp(text, names[i])) kind = i;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", (long)calls);
    fclose(file);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// Whether the fault happens at this call; an error to return, or 0.
static int is_due(int is_write, int *error) {
    long number = atomic_fetch_add(&calls, 1) + 1;
    *error = 0;
    if (is_full && is_write) {
        *error = ENOSPC;
        return 0;
    }
    if (!fault_at || number != fault_at) return 0;
    switch (kind) {
    case BEFORE: die();
    case TORN: if (!is_write) die(); break;
    case ENOSPC_: is_full = 1; *error = ENOSPC; break;
    case EIO_: *error = EIO; break;
    case EINTR_: if (is_write) *error = EINTR; break;
    default: break;
    }
    return 1;
}

static int counts(int descriptor) {
    struct stat status;
    return descriptor > 2 && !fstat(descriptor, &status) && S_ISREG(status.st_mode);
}

#define WRITE(name, ...)                                                     \
    int error, due = counts(fd) && is_due(1, &error);                        \
    if (counts(fd) && error) { errno = error; return -1; }                   \
    if (due && (kind == TORN || kind == SHORT) && count > 1) count /= 2;     \
    ssize_t result = REAL(name)(__VA_ARGS__);                                \
    if (due && (kind == TORN || kind == AFTER)) die();                       \
    return result;

ssize_t write(int fd, const void *bytes, size_t count) { WRITE(write, fd, bytes, count) }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { WRITE(pwrite, fd, bytes, count, offset) }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { WRITE(pwrite64, fd, bytes, count, offset) }

#define CALL(name, ...)                                                      \
    int error, due = is_due(0, &error);                                      \
    if (error) { errno = error; return -1; }                                 \
    int result = REAL(name)(__VA_ARGS__);                                    \
    if (due && kind == AFTER) die();                                         \
    return result;

int fsync(int fd) { CALL(fsync, fd) }
int ftruncate(int fd, off_t length) { CALL(ftruncate, fd, length) }
int rename(const char *from, const char *to) { CALL(rename, from, to) }
int unlink(const char *path) { CALL(unlink, path) }
int mkdir(const char *path, mode_t mode) { CALL(mkdir, path, mode) }
int rmdir(const char *path) { CALL(rmdir, path) }

#define OPEN(name)                                                           \
    mode_t mode = 0;                                                         \
    if (flags & (O_CREAT | O_TMPFILE)) {                                     \
        va_list list;                                                        \
        va_start(list, flags);                                               \
        mode = va_arg(list, mode_t);                                         \
        va_end(list);                                                        \
    }                                                                        \
    if ((flags & O_ACCMODE) == O_RDONLY || !strncmp(path, "/dev/", 5)) return REAL(name)(path, flags, mode); \
    CALL(name, path, flags, mode)

int open(const char *path, int flags, ...) { OPEN(open) }
int open64(const char *path, int flags, ...) { OPEN(open64) }

static long jump(void) {
    static atomic_uint state = 1;
    if (!getenv("FAULT_CLOCK")) return 0;
    unsigned value = state = state * 1664525u + 1013904223u;
    return (long)(value % 630720000u) - 315360000;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = REAL(clock_gettime)(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += jump();
    return result;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int result = REAL(gettimeofday)(now, zone);
    now->tv_sec += jump();
    return result;
}
