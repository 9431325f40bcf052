package io.mqttsentinel.bridge;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the connection to the origin: connects, waits for its end, pauses, connects again. Before
 * each attempt everything of the connection before must have reached Kafka, so that reconnecting
 * never holds more than one receive maximum, and keeps the order.
 */
final class Bridge implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);
  private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(10);

  /** Some origins do not say why they close the connection whose session is taken over. */
  private static final String SHORT_LIVED =
      "; if this repeats, look for a second bridge with the same client id";

  /** What can be told of the bridge from outside. */
  record Status(boolean alive, boolean connected, Instant since, String lastFailure) {}

  private final BridgeConfig config;
  private final OriginOptions options;
  private final Intake intake;
  private final Uplink uplink;
  private final BridgeMetrics metrics;
  private final Backoff backoff;
  private final Clock clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("ingest-bridge").unstarted(this::run);
  private volatile OriginConnection connection;
  private volatile Instant since;
  private volatile String lastFailure = "";

  Bridge(
      BridgeConfig config,
      OriginOptions options,
      Intake intake,
      Uplink uplink,
      BridgeMetrics metrics,
      Backoff backoff,
      Clock clock) {
    this.config = config;
    this.options = options;
    this.intake = intake;
    this.uplink = uplink;
    this.metrics = metrics;
    this.backoff = backoff;
    this.clock = clock;
    this.since = clock.instant();
  }

  void start() {
    thread.start();
  }

  Status status() {
    return new Status(thread.isAlive(), connection != null, since, lastFailure);
  }

  @Override
  public void close() {
    closing.countDown();
    OriginConnection open = connection;
    try {
      if (open != null) {
        open.stopReceiving();
        if (!intake.settle(config.drainTime())) {
          LOG.warn("Kafka does not take what is on its way; the origin will send it again");
        }
        open.close();
      }
      thread.interrupt();
      thread.join(config.connectTimeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    uplink.close();
  }

  private void run() {
    try {
      while (isOpen()) {
        awaitKafka();
        Duration pause = connectOnce();
        closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      LOG.debug("The bridge ends");
    } catch (RuntimeException e) {
      LOG.error("The bridge ends unexpectedly; the liveness probe reports it", e);
    }
  }

  private void awaitKafka() throws InterruptedException {
    while (isOpen() && !(intake.settle(KAFKA_PATIENCE) && uplink.isReachable())) {
      note("Kafka does not answer");
      LOG.warn("Kafka does not answer; the origin keeps its messages until it does");
    }
  }

  /** One connection from beginning to end; returns the pause before the next. */
  private Duration connectOnce() throws InterruptedException {
    try (OriginConnection open = OriginConnection.open(config, options, intake)) {
      metrics.connect(true);
      connected(open);
      OriginConnection.Ending ending = open.awaitEnd();
      Duration lasted = Duration.between(since, clock.instant());
      disconnected(ending);
      if (ending.takenOver()) {
        return afterTakeover();
      }
      if (lasted.compareTo(config.reconnectLongest()) >= 0) {
        backoff.reset();
      }
      return afterFailure(
          "The connection to the origin ended after %d ms (%s)%s"
              .formatted(
                  lasted.toMillis(),
                  ending.reason(),
                  lasted.compareTo(config.reconnectLongest()) < 0 ? SHORT_LIVED : ""));
    } catch (OriginException e) {
      metrics.connect(false);
      note(e.getMessage());
      return afterFailure("The origin is not connected: " + e.getMessage());
    }
  }

  private Duration afterTakeover() {
    LOG.error(
        "Another client took the session '{}' at {}: only one bridge may use one client id."
            + " This one waits {} before it tries again (sentinel.bridge.taken-over-pause)",
        config.clientId(),
        config.address(),
        config.takenOverPause());
    return config.takenOverPause();
  }

  private Duration afterFailure(String what) {
    Duration pause = backoff.next();
    if (isOpen()) {
      LOG.warn("{}; next attempt in {} ms", what, pause.toMillis());
    }
    return pause;
  }

  private void connected(OriginConnection open) {
    since = clock.instant();
    connection = open;
    metrics.connected(true);
  }

  private void disconnected(OriginConnection.Ending ending) {
    connection = null;
    metrics.connected(false);
    if (isOpen()) {
      metrics.lost(ending.takenOver());
    }
    note(ending.reason());
  }

  private void note(String failure) {
    since = connection == null && lastFailure.equals(failure) ? since : clock.instant();
    lastFailure = failure;
  }

  private boolean isOpen() {
    return closing.getCount() > 0;
  }
}
