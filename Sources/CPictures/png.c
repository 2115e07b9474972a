// PNG by libpng 1.6: palettes, any depth and interlacing are unfolded by the library.

#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CPictures.h"

typedef void *Reader;
typedef void *Facts;
typedef void (*Complaint)(Reader, const char *);

static struct {
  const char *(*version)(Reader);
  Reader (*open)(const char *, void *, Complaint, Complaint);
  Facts (*facts)(Reader);
  void (*close)(Reader *, Facts *, Facts *);
  void (*setSource)(Reader, void *, void (*)(Reader, uint8_t *, size_t));
  void *(*source)(Reader);
  void *(*owner)(Reader);
  Complaint fail;
  void (*skipChunks)(Reader, int, const uint8_t *, int);
  void (*setLimits)(Reader, uint32_t, uint32_t);
  void (*readHeader)(Reader, Facts);
  void (*expand)(Reader);
  void (*to8Bits)(Reader);
  int (*interlaced)(Reader);
  void (*update)(Reader, Facts);
  size_t (*rowBytes)(Reader, Facts);
  void (*readRow)(Reader, uint8_t *, uint8_t *);
  void (*readEnd)(Reader, Facts);
  bool isThere;
} library;

static void find(void) {
  void *handle = dlopen("libpng16.so.16", RTLD_NOW | RTLD_LOCAL);
  if (!handle) return;
  bool isThere = true;
#define FIND(function, name) \
  isThere = (*(void **)&library.function = dlsym(handle, name)) && isThere
  FIND(version, "png_get_libpng_ver");
  FIND(open, "png_create_read_struct");
  FIND(facts, "png_create_info_struct");
  FIND(close, "png_destroy_read_struct");
  FIND(setSource, "png_set_read_fn");
  FIND(source, "png_get_io_ptr");
  FIND(owner, "png_get_error_ptr");
  FIND(fail, "png_error");
  FIND(skipChunks, "png_set_keep_unknown_chunks");
  FIND(setLimits, "png_set_user_limits");
  FIND(readHeader, "png_read_info");
  FIND(expand, "png_set_expand");
  FIND(to8Bits, "png_set_scale_16");
  FIND(interlaced, "png_set_interlace_handling");
  FIND(update, "png_read_update_info");
  FIND(rowBytes, "png_get_rowbytes");
  FIND(readRow, "png_read_row");
  FIND(readEnd, "png_read_end");
#undef FIND
  library.isThere = isThere;
}

bool nn_png_is_there(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, find);
  return library.isThere;
}

bool nn_png_header(const uint8_t *bytes, size_t count, nn_picture *picture) {
  memset(picture, 0, sizeof *picture);
  if (count < 33 || memcmp(bytes + 12, "IHDR", 4) != 0) {
    snprintf(picture->problem, sizeof picture->problem, "it ends within its header");
    return false;
  }
  for (int place = 0; place < 4; place++) {
    picture->width = picture->width << 8 | bytes[16 + place];
    picture->height = picture->height << 8 | bytes[20 + place];
  }
  if (picture->width < 1 || picture->height < 1) {
    snprintf(picture->problem, sizeof picture->problem, "its header is damaged");
    return false;
  }
  bool isGrey = (bytes[25] & 2) == 0;
  picture->channels = isGrey ? 1 : 3;
  // What is transparent may be said behind the header.
  picture->room = isGrey ? 2 : 4;
  return true;
}

typedef struct {
  jmp_buf way_out;
  nn_picture *picture;
  const uint8_t *bytes;
  size_t count, place;
} Reading;

static void giveUp(Reader reader, const char *words) {
  Reading *reading = library.owner(reader);
  snprintf(reading->picture->problem, sizeof reading->picture->problem, "%s", words);
  longjmp(reading->way_out, 1);
}

static void take(Reader reader, uint8_t *to, size_t count) {
  Reading *reading = library.source(reader);
  if (count > reading->count - reading->place) library.fail(reader, "it is cut off");
  memcpy(to, reading->bytes + reading->place, count);
  reading->place += count;
}

// Puts what has a share of transparency over white; `channels` numbers a point stay.
static void overWhite(const nn_picture *picture, uint8_t *pixels) {
  size_t points = (size_t)picture->width * picture->height;
  long channels = picture->channels;
  for (size_t point = 0; point < points; point++) {
    if (point % (1 << 18) == 0 && picture->goes_on && !picture->goes_on()) return;
    const uint8_t *from = pixels + point * (channels + 1);
    unsigned share = from[channels];
    for (long channel = 0; channel < channels; channel++) {
      unsigned sum = from[channel] * share + 255 * (255 - share);
      pixels[point * channels + channel] = (uint8_t)((sum + 127) / 255);
    }
  }
}

bool nn_png_read(const uint8_t *bytes, size_t count, nn_picture *picture, uint8_t *pixels) {
  Reading reading = {.picture = picture, .bytes = bytes, .count = count};
  // Volatile, since they are read after a jump.
  Reader volatile reader = NULL;
  Facts volatile facts = NULL;
  reader = library.open(library.version(NULL), &reading, giveUp, giveUp);
  if (!reader) {
    snprintf(picture->problem, sizeof picture->problem, "the library does not open");
    return false;
  }
  Reader own = reader;
  Facts ownFacts = NULL;
  if (setjmp(reading.way_out)) {
    own = reader;
    ownFacts = facts;
    library.close(&own, &ownFacts, NULL);
    return false;
  }
  facts = library.facts(reader);
  library.setSource(reader, &reading, take);
  // Remarks and profiles of colour are not looked at: many are written wrongly.
  library.skipChunks(reader, 1, NULL, -1);
  library.setLimits(reader, 0x7fffffff, 0x7fffffff);
  library.readHeader(reader, facts);
  library.expand(reader);
  library.to8Bits(reader);
  int rounds = library.interlaced(reader);
  library.update(reader, facts);
  size_t rowBytes = library.rowBytes(reader, facts);
  long found = (long)(rowBytes / picture->width);
  if (found != picture->channels && found != picture->channels + 1)
    library.fail(reader, "its points have an unknown form");
  for (int round = 0; round < rounds; round++)
    for (long row = 0; row < picture->height; row++) {
      if (picture->goes_on && !picture->goes_on()) library.fail(reader, "it is given up");
      library.readRow(reader, pixels + row * rowBytes, NULL);
    }
  library.readEnd(reader, facts);
  own = reader;
  ownFacts = facts;
  library.close(&own, &ownFacts, NULL);
  if (found > picture->channels) overWhite(picture, pixels);
  return true;
}
