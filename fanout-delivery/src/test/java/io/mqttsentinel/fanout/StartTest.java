package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** What a task makes anew from its stores when it starts. */
class StartTest {

  private final Random random = new Random(1);
  private final TestClock clock = new TestClock();
  private final CrashingTask.Log log = new CrashingTask.Log();
  private final CrashingTask task =
      new CrashingTask(
          0,
          log,
          new AvroSerdes(new InMemorySchemaRegistry()),
          new TopicLayout(1, 1, (short) 1, Duration.ofHours(72)),
          clock);

  @Test
  void sessionEndsOnTimeAlthoughItsTimerIsNotThere() {
    edge(Records.open(false, 60));
    edge(Records.close());
    task.commit();

    task.loses(FanoutTopology.TIMERS);
    task.crash(random, false);
    clock.advance(Duration.ofSeconds(59));
    task.commit();
    assertNotNull(session());

    clock.advance(Duration.ofSeconds(2));
    task.commit();
    assertNull(session());
  }

  private Object session() {
    return task.stored(FanoutTopology.SESSIONS, "dev-1");
  }

  private void edge(SpecificRecord body) {
    log.of(Topics.SESSION_EVENTS.name(), 0)
        .add(Map.entry("dev-1", Records.event("dev-1", 10, 0, clock.instant(), body)));
    task.step(random);
  }
}
