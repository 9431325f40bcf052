package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

class OpeningGateTest {

  private static final Duration TARGET = Duration.ofMillis(50);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L); // as System.nanoTime() may
  private final List<Integer> opened = Collections.synchronizedList(new ArrayList<>());
  private final List<OpeningGate.Entrant> entrants = new ArrayList<>();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void asManyAsMayOpenDoAndTheOthersWaitForTheirTurn() {
    OpeningGate gate = gate(TARGET, 2, 2, 10);
    enter(gate, 5);
    assertEquals(List.of(0, 1), opened);
    assertEquals(3, gate.waiting());

    gate.answered(entrants.get(1));
    gate.answered(entrants.get(0));

    assertEquals(List.of(0, 1, 2, 3), opened);
    assertEquals(1, gate.waiting());
  }

  @Test
  void whoGoesWhileItWaitsIsForgotten() {
    OpeningGate gate = gate(TARGET, 1, 1, 10);
    enter(gate, 3);
    gate.left(entrants.get(1));
    gate.answered(entrants.get(0));
    assertEquals(List.of(0, 2), opened);
    assertEquals(0, gate.waiting());
  }

  @Test
  void whoGoesWhileItOpensMakesRoomOnce() {
    OpeningGate gate = gate(TARGET, 1, 1, 10);
    enter(gate, 4);
    gate.left(entrants.get(0));
    gate.left(entrants.get(0));
    gate.answered(entrants.get(0));
    assertEquals(List.of(0, 1), opened);
    assertEquals(2, gate.waiting());
  }

  @Test
  void tooManyAreTurnedAway() {
    OpeningGate gate = gate(TARGET, 1, 1, 2);
    List<OpeningGate.Entry> entries =
        IntStream.range(0, 4)
            .mapToObj(i -> gate.enter(new OpeningGate.Entrant(() -> opened.add(i))))
            .toList();
    assertEquals(
        List.of(
            OpeningGate.Entry.OPENS,
            OpeningGate.Entry.WAITS,
            OpeningGate.Entry.WAITS,
            OpeningGate.Entry.FULL),
        entries);
    assertEquals(List.of(0), opened);
  }

  @Test
  void fewerMayOpenWhereTheOwnerIsSlowButNeverLessThanTheLeast() {
    OpeningGate gate = gate(TARGET, 4, 100, 1_000);
    int before = gate.limit();
    enter(gate, 500);
    answerAll(gate, TARGET.plusMillis(1));
    assertTrue(gate.limit() < before, "limit " + gate.limit());
    assertTrue(gate.limit() >= 4, "limit " + gate.limit());
    assertEquals(500, opened.size());
  }

  @Test
  void oneSlowRoundCountsOnce() {
    OpeningGate gate = gate(TARGET, 1, 64, 1_000);
    enter(gate, 64);
    nanos.addAndGet(TARGET.toNanos() + 1);
    entrants.forEach(gate::answered);
    assertEquals(51, gate.limit()); // 64, a fifth less
  }

  @Test
  void moreMayOpenWhereTheOwnerIsQuick() {
    OpeningGate gate = gate(TARGET, 4, 200, 10_000);
    int before = gate.limit();
    enter(gate, 5_000);
    answerAll(gate, TARGET.dividedBy(2));
    assertTrue(gate.limit() > before, "limit " + gate.limit());
    assertTrue(gate.limit() <= 200, "limit " + gate.limit());
  }

  @Test
  void aQuietEdgeLearnsNothing() {
    OpeningGate gate = gate(TARGET, 4, 200, 10);
    int before = gate.limit();
    for (int i = 0; i < 1_000; i++) {
      entrants.clear();
      enter(gate, 1);
      gate.answered(entrants.getFirst());
    }
    assertEquals(before, gate.limit());
  }

  @Test
  void withoutATargetNobodyWaits() {
    OpeningGate gate = gate(Duration.ZERO, 1, 1, 0);
    enter(gate, 100);
    assertEquals(100, opened.size());
  }

  @Test
  void thoseWhoWereCutOffAtOnceComeInTheirTurnOneByOne() {
    OpeningGate gate = gate(TARGET, 100, 100, 100, SECOND.multipliedBy(10));
    IntStream.range(0, 5_000).forEach(i -> gate.broke());
    enter(gate, 12);
    assertEquals(List.of(0), opened);
    for (int i = 1; i < 11; i++) {
      int count = i + 1;
      nanos.addAndGet(2_000_000); // 500 a second
      Await.until("the next one", () -> opened.size() == count);
    }
    assertEquals(IntStream.range(0, 11).boxed().toList(), opened);
    assertEquals(1, gate.waiting());
  }

  @Test
  void whoComesWhenItsTimeHasComeDoesNotOvertakeThoseWhoWait() {
    OpeningGate gate = gate(TARGET, 100, 100, 100, SECOND.multipliedBy(10));
    IntStream.range(0, 5_000).forEach(i -> gate.broke());
    enter(gate, 2);
    nanos.addAndGet(4_000_000); // there is time for two
    enter(gate, 1);
    Await.until("all", () -> opened.size() == 3);
    assertEquals(List.of(0, 1, 2), opened);
  }

  private OpeningGate gate(Duration target, int least, int most, int waiting) {
    return gate(target, least, most, waiting, Duration.ZERO);
  }

  private OpeningGate gate(
      Duration target, int least, int most, int waiting, Duration returnWithin) {
    return new OpeningGate(
        new StormConfig(
            target, least, most, waiting, SECOND.multipliedBy(30), returnWithin, 0, SECOND),
        timer,
        nanos::get);
  }

  private void enter(OpeningGate gate, int count) {
    for (int i = 0; i < count; i++) {
      int number = entrants.size();
      OpeningGate.Entrant entrant = new OpeningGate.Entrant(() -> opened.add(number));
      entrants.add(entrant);
      assertNotEquals(OpeningGate.Entry.FULL, gate.enter(entrant));
    }
  }

  /** In the order in which they opened, each so long after it did. */
  private void answerAll(OpeningGate gate, Duration each) {
    int answered = 0;
    while (answered < opened.size()) {
      nanos.addAndGet(each.toNanos());
      int round = opened.size();
      while (answered < round) {
        gate.answered(entrants.get(opened.get(answered++)));
      }
    }
  }
}
