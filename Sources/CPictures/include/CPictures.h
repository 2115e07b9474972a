// JPEG and PNG as rows of bytes, by the machine's own libraries, which are opened at run time: a
// program needs them neither to build nor to start. `setjmp` and `longjmp` stay in here.

#ifndef CPICTURES_H
#define CPICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What is known of a picture before it is decoded.
typedef struct {
  long width, height;
  // Numbers a point when it is decoded: 1 for grey, 3 for red, green, blue.
  long channels;
  // Bytes a point that decoding needs room for.
  long room;
  // Of JPEG: how colours are coded.
  int coding;
  // Asked now and then while it is decoded, where it is given; false ends it.
  bool (*goes_on)(void);
  // What is wrong, in the library's words; empty where all is well.
  char problem[160];
} nn_picture;

// Whether the library is there: libjpeg-turbo's TurboJPEG 1.2 or later, libpng 1.6.
bool nn_jpeg_is_there(void);
bool nn_png_is_there(void);

// Reads the header. False, with the problem, where there is none.
bool nn_jpeg_header(const uint8_t *bytes, size_t count, nn_picture *picture);
bool nn_png_header(const uint8_t *bytes, size_t count, nn_picture *picture);

// Decodes into `pixels`, which has room for `width * height * room` bytes; afterwards the first
// `width * height * channels` of them are the picture, row by row, what was transparent over white.
// False, with the problem, where the file is damaged; a warning of the library counts as damage.
bool nn_jpeg_read(const uint8_t *bytes, size_t count, nn_picture *picture, uint8_t *pixels);
bool nn_png_read(const uint8_t *bytes, size_t count, nn_picture *picture, uint8_t *pixels);

#endif
