package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndPaceTest {

  private static final int AT_ONCE = 20; // of 1000 a second, in 20 ms
  private static final Duration WITHIN = Duration.ofSeconds(10);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong nanos = new AtomicLong();
  private final EndPace pace = new EndPace(1_000, WITHIN, timer, nanos::get);
  private final List<Integer> said = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void aFewAreSaidAtOnce() {
    say(AT_ONCE);
    assertEquals(AT_ONCE, said.size());
  }

  @Test
  void manyAreSaidInTheirOrderAtTheirPace() {
    say(100);
    assertEquals(AT_ONCE, said.size());
    assertEquals(80, pace.waiting());
    nanos.addAndGet(10_000_000); // ten more
    Await.until("the next ones", () -> said.size() == AT_ONCE + 10);
    for (int i = 0; i < 7; i++) {
      int before = said.size();
      nanos.addAndGet(10_000_000);
      Await.until("the next ones", () -> said.size() == before + 10);
    }
    assertEquals(IntStream.range(0, 100).boxed().toList(), said);
    assertEquals(0, pace.waiting());
  }

  @Test
  void theMoreWaitTheFasterTheyAreSaid() {
    say(AT_ONCE + 30_000); // 3000 a second
    nanos.addAndGet(10_000_000);
    Await.until("the next ones", () -> said.size() == AT_ONCE + 30);
  }

  @Test
  void aLateRoundMakesUpForIt() {
    say(AT_ONCE + 80);
    nanos.addAndGet(60_000_000);
    Await.until("sixty", () -> said.size() == AT_ONCE + 60);
  }

  @Test
  void nobodyOvertakes() {
    say(AT_ONCE + 1);
    nanos.addAndGet(1_000_000_000); // there is time for more, but one waits
    pace.say(() -> said.add(99));
    Await.until("all", () -> said.size() == AT_ONCE + 2);
    assertEquals(99, said.getLast());
  }

  @Test
  void atTheEndAllIsSaid() {
    say(100);
    pace.stop();
    assertEquals(IntStream.range(0, 100).boxed().toList(), said);
    say(100);
    assertEquals(200, said.size());
  }

  @Test
  void whatFailsKeepsNobodyElseBack() {
    say(AT_ONCE);
    pace.say(
        () -> {
          throw new IllegalStateException("for the test");
        });
    pace.say(() -> said.add(99));
    nanos.addAndGet(1_000_000_000);
    Await.until("the last", () -> said.contains(99));
  }

  @Test
  void withoutANumberAllAreSaidAtOnce() {
    EndPace any = new EndPace(0, WITHIN, timer, nanos::get);
    for (int i = 0; i < 1_000; i++) {
      any.say(() -> said.add(1));
    }
    assertEquals(1_000, said.size());
    assertTrue(any.waiting() == 0);
  }

  private void say(int count) {
    for (int i = 0; i < count; i++) {
      int number = i;
      pace.say(() -> said.add(number));
    }
  }
}
