package io.mqttsentinel.authverifier;

import java.util.concurrent.CompletableFuture;

/** How far {@code session.events} goes, and how far this service has read it. */
interface SessionLog {

  /** The offset behind the last record of a partition; 0 where it holds none. */
  CompletableFuture<Long> end(int partition);

  /** The offset up to which this service has done with the partition; 0 at first. */
  CompletableFuture<Long> done(int partition);
}
