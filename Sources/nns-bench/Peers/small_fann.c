// Steps of a small network in FANN, plain gradient descent over batches of 16: small_fann EPOCHS
#include <floatfann.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 1600, BATCH = 16, INPUTS = 4, CLASSES = 3, BATCHES = ROWS / BATCH };

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  int epochs = count > 1 ? atoi(arguments[1]) : 1;
  struct fann *network = fann_create_standard(3, INPUTS, 16, CLASSES);
  fann_set_activation_function_hidden(network, FANN_SIGMOID);
  fann_set_activation_function_output(network, FANN_SIGMOID);
  fann_set_train_error_function(network, FANN_ERRORFUNC_LINEAR);
  fann_set_training_algorithm(network, FANN_TRAIN_BATCH);
  // Its rate is for half the sum of squares over the outputs, ours for their mean.
  fann_set_learning_rate(network, 2.0f / CLASSES * 2.0f);
  struct fann_train_data *batches[BATCHES];
  for (int i = 0; i < ROWS; i++) {
    struct fann_train_data **batch = &batches[i / BATCH];
    if (i % BATCH == 0) *batch = fann_create_train(BATCH, INPUTS, CLASSES);
    float *x = (*batch)->input[i % BATCH], *y = (*batch)->output[i % BATCH];
    for (int j = 0; j < INPUTS; j++) x[j] = (float)sin(i * 0.37 * (j + 1) + j);
    for (int j = 0; j < CLASSES; j++) y[j] = 0;
    y[x[0] + x[1] * x[2] > 0.3f ? 0 : x[3] > 0 ? 1 : 2] = 1;
  }
  printf("ready FANN 2.2, one thread\n");
  fflush(stdout);
  char line[16];
  while (fgets(line, sizeof line, stdin)) {
    double start = seconds(), total = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      total = 0;
      for (int i = 0; i < BATCHES; i++) total += fann_train_epoch(network, batches[i]);
    }
    printf("%.9f %.9f\n", seconds() - start, total / BATCHES);
    fflush(stdout);
  }
  return 0;
}
