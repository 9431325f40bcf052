package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreSweepTest {

  private static final Instant START = Instant.parse("2026-11-27T08:00:00Z");

  private final KeyValueStore<String, Long> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("store"), Serdes.String(), Serdes.Long())
          .withLoggingDisabled()
          .build();
  private final StoreSweep<Long> sweep = new StoreSweep<>(store, Duration.ofMinutes(1));

  @BeforeEach
  void fill() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
    store.init(context.getStateStoreContext(), store);
    for (String key : List.of("a", "b", "c", "d", "e")) {
      store.put(key, 1L);
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void passGoesThroughAllInTurns() {
    assertEquals(List.of("a", "b"), visited(START));
    assertEquals(List.of("c", "d"), visited(START.plusSeconds(1)));
    assertEquals(List.of("e"), visited(START.plusSeconds(2)));
  }

  @Test
  void restsUntilTheNextPassIsDue() {
    finishPass();
    assertEquals(List.of(), visited(START.plusSeconds(59)));
    assertEquals(List.of("a", "b"), visited(START.plusSeconds(60)));
  }

  @Test
  void clockThatWasSetBackDoesNotProlongTheRest() {
    finishPass();
    assertEquals(List.of("a", "b"), visited(START.minusSeconds(3_600)));
  }

  @Test
  void visitorMayDelete() {
    sweep.next(START, 2, (key, value) -> store.delete(key));
    sweep.next(START, 9, (key, value) -> store.delete(key));
    assertEquals(0, store.approximateNumEntries());
  }

  private void finishPass() {
    for (int i = 0; i < 3; i++) {
      visited(START);
    }
  }

  private List<String> visited(Instant now) {
    List<String> keys = new ArrayList<>();
    sweep.next(now, 2, (key, value) -> keys.add(key));
    return keys;
  }
}
