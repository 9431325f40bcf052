package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Records that come again after a crash, to stores that know of them in part. */
class ReadAgainTest {

  private static final String CLIENT = "dev-1";
  private static final long EPOCH = 10;
  private static final Random NOTHING = new AtMost(0);
  private static final Random EVERYTHING = new AtMost(Integer.MAX_VALUE);

  private final TestClock clock = new TestClock();

  /**
   * The changelog keeps an entry, and then its removal, but not the window: what says that the
   * message was queued must not be gone when it is read once more.
   */
  @Test
  void messageIsNotQueuedAgainAlthoughAllThatIsLeftOfItIsItsRemoval() {
    for (int kept = 0; kept <= 3; kept++) {
      Task task = new Task();
      task.reads(Topics.SESSION_EVENTS, event(Records.open(false, Records.NEVER)));
      task.reads(Topics.SESSION_EVENTS, event(Records.subscribe(1, Records.to("a", 2))));
      task.readsAll();
      task.crashing.commit();
      task.reads(Topics.MESSAGES_CLEARED, Records.message("a", "1", 2, 1, clock.instant()));
      task.crashes(EVERYTHING); // but Kafka does not know that the message was read
      task.readsAll();
      long id = task.deliveryIds().getFirst();

      task.crashes(NOTHING);
      task.reads(Topics.DELIVERY_ACKS, Records.ack(CLIENT, EPOCH, 0, clock.instant(), id));
      task.crashes(new AtMost(kept));
      task.readsAll();
      task.crashing.commit(); // lets out what waits for it
      task.crashing.commit();

      assertEquals(List.of(id), task.deliveryIds(), kept + " writes to the queue are kept");
    }
  }

  private SpecificRecord event(SpecificRecord body) {
    return Records.event(CLIENT, EPOCH, 0, clock.instant(), body);
  }

  /** Of what can be read, the first; of what was written, no more than so much. */
  private static final class AtMost extends Random {

    private static final long serialVersionUID = 1;

    private final int most;

    AtMost(int most) {
      this.most = most;
    }

    @Override
    public int nextInt(int bound) {
      return Math.min(most, bound - 1);
    }
  }

  private final class Task {
    private final CrashingTask.Log log = new CrashingTask.Log();
    private final CrashingTask crashing =
        new CrashingTask(
            0,
            log,
            new AvroSerdes(new InMemorySchemaRegistry()),
            new TopicLayout(1, 1, (short) 1, Duration.ofHours(72)),
            clock);

    void reads(Topic<String, ?> topic, SpecificRecord record) {
      log.of(topic.name(), 0).add(Map.entry(CLIENT, record));
      crashing.step(NOTHING);
    }

    void readsAll() {
      while (crashing.hasWork()) {
        crashing.step(NOTHING);
        crashing.flushSome(EVERYTHING);
      }
    }

    void crashes(Random kept) {
      clock.advance(Duration.ofMillis(1)); // each start has delivery ids of its own
      crashing.crash(kept, true);
    }

    List<Long> deliveryIds() {
      return log.of("downlink", 0).stream()
          .map(entry -> ((Downlink) entry.getValue()).getBody())
          .filter(Delivery.class::isInstance)
          .map(body -> ((Delivery) body).getTargets().getFirst().getDeliveryId())
          .distinct()
          .toList();
    }
  }
}
