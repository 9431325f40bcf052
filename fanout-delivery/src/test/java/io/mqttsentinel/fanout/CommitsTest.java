package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitsTest {

  private static final Duration TOOK = Duration.ofMillis(50);

  private final TestClock clock = new TestClock();
  private final Commits commits = new Commits(FanoutTopology.COMMITS, clock);
  private final List<String> safe = new ArrayList<>();

  @Test
  void whatWasWrittenBeforeACommitIsSafeAfterIt() {
    commits.whenSafe(() -> safe.add("before"));
    commits.work();
    assertEquals(List.of(), safe);
    commits.flushCache();
    commits.whenSafe(() -> safe.add("after"));
    commits.work();
    assertEquals(List.of("before"), safe);
    assertFalse(commits.isIdle());
  }

  @Test
  void theFirstIsDueAtOnce() {
    assertFalse(commits.isDue(), "nobody asked");
    commits.ask();
    assertTrue(commits.isDue());
  }

  @Test
  void theNextIsDueAfterAsMuchTimeAsTheLastOneTook() {
    commit(TOOK);
    commits.ask();
    assertFalse(commits.isDue());
    clock.advance(TOOK.minusMillis(1));
    assertFalse(commits.isDue());
    clock.advance(Duration.ofMillis(1));
    assertTrue(commits.isDue());
  }

  @Test
  void aCommitInTheCourseOfThingsIsTheOneThatWasAskedFor() {
    commits.ask();
    commit(TOOK);
    clock.advance(TOOK);
    assertFalse(commits.isDue());
  }

  @Test
  void nobodyWaitsLongForOneThatTookLong() {
    commit(Duration.ofMinutes(1));
    commits.ask();
    clock.advance(Duration.ofSeconds(1));
    assertTrue(commits.isDue());
  }

  @Test
  void aClockThatIsSetBackKeepsNobodyWaiting() {
    commit(Duration.ofMinutes(-1));
    commits.ask();
    assertTrue(commits.isDue(), "in a commit");
    commit(TOOK);
    clock.advance(Duration.ofMinutes(-1));
    commits.ask();
    assertTrue(commits.isDue(), "after it");
  }

  private void commit(Duration took) {
    commits.whenSafe(() -> {});
    commits.flushCache();
    clock.advance(took);
    commits.work();
  }
}
