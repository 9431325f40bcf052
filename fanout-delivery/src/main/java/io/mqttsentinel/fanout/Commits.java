package io.mqttsentinel.fanout;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * Knows when Kafka has all that the task wrote. Holds nothing: it is a store only because stores
 * are told of a commit, as its first step. The commit goes on to wait for all records of the task,
 * and the task for the commit; so whatever was written before is safe when the task works again.
 *
 * <p>Between two commits that are asked for lies at least as much time as the last one took. Where
 * each record asks for one, Streams would handle one record, commit, handle the next: a few dozen a
 * second with a Kafka of several nodes.
 */
final class Commits implements StateStore, CachedStateStore<Object, Object> {

  private static final Duration LONGEST_GAP = Duration.ofSeconds(1);

  private final String name;
  private final Clock clock;
  private List<Runnable> waiting = new ArrayList<>();
  private final List<Runnable> safe = new ArrayList<>();
  private Instant began = Instant.EPOCH;
  private Instant next = Instant.EPOCH;
  private boolean asked;
  private boolean open;

  Commits(String name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  /** Somebody waits for a commit. */
  void ask() {
    asked = true;
  }

  /** Whether one that was asked for should begin now. */
  boolean isDue() {
    Duration left = Duration.between(clock.instant(), next);
    // More than there ever is: the clock was set back.
    return asked && (!left.isPositive() || left.compareTo(LONGEST_GAP) > 0);
  }

  /** Calls when Kafka has what was written until now. */
  void whenSafe(Runnable then) {
    waiting.add(then);
  }

  /** To be called whenever the task begins to work. */
  void work() {
    if (safe.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    Duration took = Duration.between(began, now);
    next = now.plus(took.compareTo(LONGEST_GAP) < 0 ? took : LONGEST_GAP);
    List<Runnable> due = List.copyOf(safe);
    safe.clear();
    due.forEach(Runnable::run);
  }

  /** Whether nobody waits. */
  boolean isIdle() {
    return waiting.isEmpty() && safe.isEmpty();
  }

  @Override
  public void flushCache() {
    if (safe.isEmpty()) {
      began = clock.instant();
    }
    safe.addAll(waiting);
    waiting = new ArrayList<>();
    asked = false;
  }

  @Override
  public void clearCache() {
    waiting.clear();
    safe.clear();
    asked = false;
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<Object, Object> listener, boolean oldValues) {
    return false;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    open = true;
    clearCache();
    context.register(root, (key, value) -> {});
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Without a changelog, as there is nothing in it. */
  record Builder(String name, Clock clock) implements StoreBuilder<Commits> {

    @Override
    public Commits build() {
      return new Commits(name, clock);
    }

    @Override
    public StoreBuilder<Commits> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<Commits> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<Commits> withLoggingEnabled(Map<String, String> config) {
      return this;
    }

    @Override
    public StoreBuilder<Commits> withLoggingDisabled() {
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
