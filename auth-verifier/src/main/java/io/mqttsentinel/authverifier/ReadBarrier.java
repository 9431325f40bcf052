package io.mqttsentinel.authverifier;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether all session events that existed at some moment have been read. The edge writes the event
 * that opens a session before it takes a message from it: so what is still unknown once the barrier
 * is passed was never opened. Asks without blocking; belongs to one task's thread.
 */
final class ReadBarrier {

  private static final Logger LOG = LoggerFactory.getLogger(ReadBarrier.class);
  private static final long NEVER = -1;

  private final SessionLog log;
  private final int partition;
  private CompletableFuture<Long> end;
  private CompletableFuture<Long> done;
  private long asked;
  private long passed = NEVER;

  ReadBarrier(SessionLog log, int partition) {
    this.log = log;
    this.partition = partition;
  }

  /**
   * Whether everything that was there at the tick {@code since} is known to be read by now; where
   * it is not, finds out in the background, and the caller asks again at a later tick.
   */
  boolean isReadSince(long since, long tick) {
    if (since < passed) {
      return true;
    }
    step(tick);
    return since < passed;
  }

  private void step(long tick) {
    if (end == null) {
      end = log.end(partition);
      asked = tick;
    }
    if (!end.isDone()) {
      return;
    }
    if (hasFailed(end)) {
      end = null;
      return;
    }
    if (done == null) {
      done = log.done(partition);
    }
    if (!done.isDone()) {
      return;
    }
    if (!hasFailed(done) && done.join() >= end.join()) {
      passed = asked;
      end = null;
    }
    done = null;
  }

  private boolean hasFailed(CompletableFuture<Long> answer) {
    if (!answer.isCompletedExceptionally()) {
      return false;
    }
    LOG.warn(
        "How far session.events-{} has been read is not known: {}",
        partition,
        String.valueOf(answer.exceptionNow().getMessage()));
    return true;
  }
}
