package io.mqttsentinel.authverifier;

import java.util.concurrent.CompletableFuture;

/** A log that says what a test tells it to. */
final class FakeSessionLog implements SessionLog {

  long end;
  long done;
  RuntimeException failure;

  @Override
  public CompletableFuture<Long> end(int partition) {
    return answer(end);
  }

  @Override
  public CompletableFuture<Long> done(int partition) {
    return answer(done);
  }

  private CompletableFuture<Long> answer(long offset) {
    return failure == null
        ? CompletableFuture.completedFuture(offset)
        : CompletableFuture.failedFuture(failure);
  }
}
