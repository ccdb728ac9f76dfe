/*
 * Loaded into a process before its libraries: its N-th write to a file takes half of the bytes that it is given and says so, which is no error.
 * WHARF_SHORT_AT: N, from 1; 0 for none. WHARF_SHORT_COUNT: where each process tells, at its end, how many writes there were.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long writes;

/* Whether this write is the one. Pipes, what a process tells, and single bytes are not counted. */
static int is_short(int fd, size_t bytes) {
  struct stat about;
  const char *at = getenv("WHARF_SHORT_AT");
  if (!at || fd <= STDERR_FILENO || bytes < 2 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return 0;
  return atomic_fetch_add(&writes, 1) + 1 == atol(at);
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

ssize_t write(int fd, const void *data, size_t bytes) {
  ssize_t (*real)(int, const void *, size_t) = next("write");
  return real(fd, data, is_short(fd, bytes) ? bytes / 2 : bytes);
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t at) {
  ssize_t (*real)(int, const void *, size_t, off_t) = next("pwrite");
  return real(fd, data, is_short(fd, bytes) ? bytes / 2 : bytes, at);
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t at) {
  ssize_t (*real)(int, const void *, size_t, off64_t) = next("pwrite64");
  return real(fd, data, is_short(fd, bytes) ? bytes / 2 : bytes, at);
}

/* Of many pieces, the first half of the first. */
static int shorten(int fd, const struct iovec *pieces, int count, struct iovec *half) {
  size_t bytes = 0;
  for (int i = 0; i < count; i++) bytes += pieces[i].iov_len;
  if (count < 1 || pieces[0].iov_len < 2 || !is_short(fd, bytes)) return 0;
  half->iov_base = pieces[0].iov_base;
  half->iov_len = pieces[0].iov_len / 2;
  return 1;
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
  ssize_t (*real)(int, const struct iovec *, int) = next("writev");
  struct iovec half;
  return shorten(fd, pieces, count, &half) ? real(fd, &half, 1) : real(fd, pieces, count);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
  ssize_t (*real)(int, const struct iovec *, int, off_t) = next("pwritev");
  struct iovec half;
  return shorten(fd, pieces, count, &half) ? real(fd, &half, 1, at) : real(fd, pieces, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at) {
  ssize_t (*real)(int, const struct iovec *, int, off64_t) = next("pwritev64");
  struct iovec half;
  return shorten(fd, pieces, count, &half) ? real(fd, &half, 1, at) : real(fd, pieces, count, at);
}

__attribute__((destructor)) static void tell(void) {
  const char *file = getenv("WHARF_SHORT_COUNT");
  char path[4096];
  if (!file) return;
  snprintf(path, sizeof path, "%s.%d", file, (int)getpid());
  FILE *to = fopen(path, "w");
  if (!to) return;
  fprintf(to, "%ld\n", atomic_load(&writes));
  fclose(to);
}
