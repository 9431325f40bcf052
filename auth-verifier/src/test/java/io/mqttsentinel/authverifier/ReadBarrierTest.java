package io.mqttsentinel.authverifier;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReadBarrierTest {

  private final Queue<CompletableFuture<Long>> ends = new ArrayDeque<>();
  private final Queue<CompletableFuture<Long>> dones = new ArrayDeque<>();
  private final ReadBarrier barrier =
      new ReadBarrier(
          new SessionLog() {
            @Override
            public CompletableFuture<Long> end(int partition) {
              ends.add(new CompletableFuture<>());
              return ends.peek();
            }

            @Override
            public CompletableFuture<Long> done(int partition) {
              dones.add(new CompletableFuture<>());
              return dones.peek();
            }
          },
          0);

  @Test
  void opensWhenTheOldEndIsReachedThoughTheLogGrowsOn() {
    assertFalse(barrier.isReadSince(3, 10));
    ends.remove().complete(100L);
    assertFalse(barrier.isReadSince(3, 11));
    dones.remove().complete(99L);
    assertFalse(barrier.isReadSince(3, 12));
    assertFalse(barrier.isReadSince(3, 13));
    dones.remove().complete(100L);
    assertTrue(barrier.isReadSince(3, 14));
    assertTrue(ends.isEmpty(), "the end was asked for once");
    assertTrue(barrier.isReadSince(9, 15), "held before the end was asked for");
    assertFalse(barrier.isReadSince(10, 15), "held when or after it was asked for");
  }

  @Test
  void asksAgainAfterAFailure() {
    assertFalse(barrier.isReadSince(3, 10));
    ends.remove().completeExceptionally(new IllegalStateException("no leader"));
    assertFalse(barrier.isReadSince(3, 11));
    assertFalse(barrier.isReadSince(3, 12));
    ends.remove().complete(0L);
    assertFalse(barrier.isReadSince(3, 13));
    dones.remove().completeExceptionally(new IllegalStateException("no coordinator"));
    assertFalse(barrier.isReadSince(3, 14));
    assertFalse(barrier.isReadSince(3, 15));
    dones.remove().complete(0L);
    assertTrue(barrier.isReadSince(3, 16));
  }
}
