package io.mqttsentinel.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs so many asynchronous calls at a time; so many more may wait. */
final class BoundedCalls {

  private final int most;
  private final int mostWaiting;
  private final Queue<Supplier<CompletableFuture<?>>> waiting = new ArrayDeque<>();
  private int running;

  BoundedCalls(int most, int mostWaiting) {
    this.most = most;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Runs it now or later; false: there is no place.
   *
   * @param call must not throw; its future must end in any case
   */
  boolean submit(Supplier<CompletableFuture<?>> call) {
    synchronized (this) {
      if (running >= most) {
        return waiting.size() < mostWaiting && waiting.add(call);
      }
      running++;
    }
    run(call);
    return true;
  }

  /** Whether there would be no place. */
  synchronized boolean isFull() {
    return running >= most && waiting.size() >= mostWaiting;
  }

  /** One after the other as long as they end at once, so that no queue can overflow the stack. */
  private void run(Supplier<CompletableFuture<?>> first) {
    Supplier<CompletableFuture<?>> next = first;
    while (next != null) {
      CompletableFuture<?> call = next.get();
      if (!call.isDone()) {
        var _ = call.whenComplete((result, failure) -> runNext());
        return;
      }
      next = nextOrNone();
    }
  }

  private void runNext() {
    Supplier<CompletableFuture<?>> next = nextOrNone();
    if (next != null) {
      run(next);
    }
  }

  private synchronized Supplier<CompletableFuture<?>> nextOrNone() {
    Supplier<CompletableFuture<?>> next = waiting.poll();
    if (next == null) {
      running--;
    }
    return next;
  }
}
