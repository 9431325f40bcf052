package io.mqttsentinel.aggregator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micronaut.http.sse.Event;
import io.micronaut.serde.ObjectMapper;
import io.mqttsentinel.schemas.SecurityEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Sends the same updates to every browser that listens. Each update is written as JSON once; a
 * flood of events is thinned out to what a person could still see; a browser that does not keep up
 * is dropped and may come back. The statistics of each second are the heartbeat.
 */
@Singleton
final class LiveStream {

  private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);
  private static final Duration EVENTS_INTERVAL = Duration.ofMillis(250);
  private static final Duration STATS_INTERVAL = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** Events in one update: as many as the page's table has lines. */
  private static final int MOST_EVENTS = 50;

  private final VerdictWindow window;
  private final ObjectMapper json;
  private final int clients;
  private final int buffer;
  private final Counter dropped;
  private final Set<FluxSink<Event<String>>> listeners = ConcurrentHashMap.newKeySet();
  private final Deque<SecurityEvent> fresh = new ArrayDeque<>();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("live-stream").factory());

  LiveStream(
      EventAggregatorConfig config,
      VerdictWindow window,
      ObjectMapper json,
      AggregatorMetrics metrics) {
    this.window = window;
    this.json = json;
    this.clients = config.streamClients();
    this.buffer = config.streamBuffer();
    this.dropped = metrics.droppedListeners();
    Gauge.builder("sentinel.live.clients", listeners, Set::size)
        .description("Browsers that listen to the live stream")
        .register(metrics.registry());
    schedule(this::sendEvents, EVENTS_INTERVAL);
    schedule(this::sendStats, STATS_INTERVAL);
  }

  /** A new listener; nothing when there are too many. */
  Optional<Publisher<Event<String>>> open() {
    if (listeners.size() >= clients) {
      return Optional.empty();
    }
    return Optional.of(
        Flux.<Event<String>>create(this::join, FluxSink.OverflowStrategy.IGNORE)
            .onBackpressureBuffer(
                buffer, update -> dropped.increment(), BufferOverflowStrategy.ERROR)
            // The response ends; the browser notices and connects again.
            .onErrorComplete());
  }

  /** An event that analysts should see; of too many at once only the latest are sent. */
  void offer(SecurityEvent event) {
    if (listeners.isEmpty()) {
      return;
    }
    synchronized (fresh) {
      fresh.addLast(event);
      if (fresh.size() > MOST_EVENTS) {
        fresh.removeFirst();
      }
    }
  }

  int listeners() {
    return listeners.size();
  }

  @PreDestroy
  void close() {
    ticks.shutdownNow();
    hangUp();
  }

  /** Ends all responses; browsers come back by themselves. */
  void hangUp() {
    listeners.forEach(FluxSink::complete);
  }

  private void join(FluxSink<Event<String>> listener) {
    listener.onDispose(() -> listeners.remove(listener));
    // Whoever has heard something misses nothing from then on.
    listeners.add(listener);
    listener.next(stats().retry(RETRY));
  }

  private void sendStats() {
    if (!listeners.isEmpty()) {
      send(stats());
    }
  }

  private void sendEvents() {
    List<SecurityEvent> events;
    synchronized (fresh) {
      events = new ArrayList<>(fresh);
      fresh.clear();
    }
    if (!events.isEmpty()) {
      send(event("events", events.stream().map(EventSummary::of).toList()));
    }
  }

  private void send(Event<String> update) {
    listeners.forEach(listener -> listener.next(update));
  }

  private Event<String> stats() {
    return event("stats", window.view());
  }

  private Event<String> event(String name, Object body) {
    try {
      return Event.of(json.writeValueAsString(body)).name(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void schedule(Runnable task, Duration interval) {
    // Each task reports its failures itself.
    var _ =
        ticks.scheduleAtFixedRate(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) { // or the executor would never run it again
                LOG.warn("An update was not sent", e);
              }
            },
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
