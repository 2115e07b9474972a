// JPEG by libjpeg-turbo's TurboJPEG interface: its functions take plain numbers, so that no layout of
// a struct, which differs from one distribution to the next, is built in.

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CPictures.h"

// Numbers of the interface.
enum { codingGrey = 2, codingCMYK = 3, codingYCCK = 4 };
enum { formatRGB = 0, formatGrey = 6, formatCMYK = 11 };
enum { stopOnWarning = 8192, limitScans = 32768 };

static struct {
  void *(*open)(void);
  int (*header)(void *, const unsigned char *, unsigned long, int *, int *, int *, int *);
  int (*read)(
      void *, const unsigned char *, unsigned long, unsigned char *, int, int, int, int, int);
  char *(*problem)(void *);
  char *(*oldProblem)(void);
  int (*close)(void *);
  bool isThere;
} library;

static void find(void) {
  void *handle = dlopen("libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!handle) handle = dlopen("libturbojpeg.so", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
  *(void **)&library.open = dlsym(handle, "tjInitDecompress");
  *(void **)&library.header = dlsym(handle, "tjDecompressHeader3");
  *(void **)&library.read = dlsym(handle, "tjDecompress2");
  *(void **)&library.problem = dlsym(handle, "tjGetErrorStr2");
  *(void **)&library.oldProblem = dlsym(handle, "tjGetErrorStr");
  *(void **)&library.close = dlsym(handle, "tjDestroy");
  library.isThere = library.open && library.header && library.read && library.close &&
                    (library.problem || library.oldProblem);
}

bool nn_jpeg_is_there(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, find);
  return library.isThere;
}

static bool fail(void *handle, nn_picture *picture) {
  const char *words = library.problem ? library.problem(handle) : library.oldProblem();
  snprintf(picture->problem, sizeof picture->problem, "%s", words ? words : "it is damaged");
  if (handle) library.close(handle);
  return false;
}

bool nn_jpeg_header(const uint8_t *bytes, size_t count, nn_picture *picture) {
  memset(picture, 0, sizeof *picture);
  void *handle = library.open();
  int width = 0, height = 0, sampling = 0, coding = 0;
  if (!handle || library.header(handle, bytes, count, &width, &height, &sampling, &coding) != 0)
    return fail(handle, picture);
  library.close(handle);
  bool hasFour = coding == codingCMYK || coding == codingYCCK;
  picture->width = width;
  picture->height = height;
  picture->channels = coding == codingGrey ? 1 : 3;
  picture->room = hasFour ? 4 : picture->channels;
  picture->coding = coding;
  return true;
}

// Whether a marker says that Adobe's programs wrote it: their four inks are stored upside down.
static bool isOfAdobe(const uint8_t *bytes, size_t count) {
  size_t place = 2;
  while (place + 9 < count && bytes[place] == 0xff && bytes[place + 1] != 0xda) {
    if (bytes[place + 1] == 0xff) {
      place++;
      continue;
    }
    if (bytes[place + 1] == 0xee && memcmp(bytes + place + 4, "Adobe", 5) == 0) return true;
    place += 2 + ((size_t)bytes[place + 2] << 8 | bytes[place + 3]);
  }
  return false;
}

static bool decode(const uint8_t *bytes, size_t count, nn_picture *picture, uint8_t *pixels) {
  void *handle = library.open();
  int format = picture->room == 4 ? formatCMYK : picture->room == 1 ? formatGrey : formatRGB;
  if (!handle || library.read(
                     handle, bytes, count, pixels, (int)picture->width, 0, (int)picture->height,
                     format, stopOnWarning | limitScans) != 0)
    return fail(handle, picture);
  library.close(handle);
  if (picture->room < 4) return true;
  bool isUpsideDown = isOfAdobe(bytes, count);
  size_t points = (size_t)picture->width * picture->height;
  for (size_t point = 0; point < points; point++) {
    const uint8_t *ink = pixels + 4 * point;
    unsigned key = isUpsideDown ? ink[3] : 255 - ink[3];
    for (int channel = 0; channel < 3; channel++) {
      unsigned paper = isUpsideDown ? ink[channel] : 255 - ink[channel];
      pixels[3 * point + channel] = (uint8_t)((paper * key + 127) / 255);
    }
  }
  return true;
}

// The library decodes a picture in one call, which takes a second for 100 million points and cannot be
// ended. A large one is decoded in a thread of its own: whoever waits for it may leave, and the thread
// then puts away what it has when it is done.

enum { manyBytes = 4 << 20 };

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t done;
  bool isDone, isGood, isLeft;
  uint8_t *bytes, *pixels;
  size_t count, size;
  nn_picture picture;
} Job;

static void discard(Job *job) {
  pthread_cond_destroy(&job->done);
  pthread_mutex_destroy(&job->lock);
  free(job->bytes);
  free(job->pixels);
  free(job);
}

static void *work(void *context) {
  Job *job = context;
  bool isGood = decode(job->bytes, job->count, &job->picture, job->pixels);
  pthread_mutex_lock(&job->lock);
  job->isGood = isGood;
  job->isDone = true;
  bool isLeft = job->isLeft;
  pthread_cond_signal(&job->done);
  pthread_mutex_unlock(&job->lock);
  if (isLeft) discard(job);
  return NULL;
}

// A job that runs, or NULL where there is no memory or no thread for it.
static Job *begin(const uint8_t *bytes, size_t count, const nn_picture *picture, size_t size) {
  Job *job = calloc(1, sizeof *job);
  if (!job) return NULL;
  pthread_mutex_init(&job->lock, NULL);
  pthread_cond_init(&job->done, NULL);
  job->bytes = malloc(count);
  job->pixels = malloc(size);
  job->count = count;
  job->size = size;
  job->picture = *picture;
  pthread_t thread;
  if (job->bytes && job->pixels) {
    memcpy(job->bytes, bytes, count);
    if (pthread_create(&thread, NULL, work, job) == 0) {
      pthread_detach(thread);
      return job;
    }
  }
  discard(job);
  return NULL;
}

// Waits for a job; false where it was left.
static bool isAwaited(Job *job, const nn_picture *picture) {
  pthread_mutex_lock(&job->lock);
  while (!job->isDone) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += 5000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&job->done, &job->lock, &time);
    if (!job->isDone && !picture->goes_on()) {
      job->isLeft = true;
      break;
    }
  }
  bool isLeft = job->isLeft;
  pthread_mutex_unlock(&job->lock);
  return !isLeft;
}

bool nn_jpeg_read(const uint8_t *bytes, size_t count, nn_picture *picture, uint8_t *pixels) {
  size_t size = (size_t)picture->width * picture->height * picture->room;
  Job *job = size < manyBytes || !picture->goes_on ? NULL : begin(bytes, count, picture, size);
  if (!job) return decode(bytes, count, picture, pixels);
  if (!isAwaited(job, picture)) {
    snprintf(picture->problem, sizeof picture->problem, "it is given up");
    return false;
  }
  bool isGood = job->isGood;
  memcpy(picture->problem, job->picture.problem, sizeof picture->problem);
  if (isGood)
    for (size_t start = 0; start < size && picture->goes_on(); start += manyBytes) {
      size_t left = size - start;
      memcpy(pixels + start, job->pixels + start, left < manyBytes ? left : manyBytes);
    }
  discard(job);
  return isGood;
}
