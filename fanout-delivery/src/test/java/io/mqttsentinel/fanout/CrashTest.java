package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryReceived;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.avro.specific.SpecificRecord;

/**
 * Tasks that crash at any moment, edges that read what they are told, clients that move between
 * them, stages that repeat themselves: whatever was published after a subscription was confirmed
 * arrives and in order. Where no store forgets, it arrives once, or marked as a duplicate.
 */
class CrashTest {

  private static final int PARTITIONS = 3;
  private static final int LANES = 2;
  private static final List<String> CLIENTS = List.of("c0", "c1", "c2", "c3", "c4");
  private static final List<String> TOPICS =
      List.of("clients/c0/a", "clients/c1/a", "clients/c2/a", "all", "x/1", "x/2");

  private enum Crashes {
    /** Stages before this one repeat themselves. */
    NONE,
    /**
     * What a task said since its last commit is lost in part, what it wrote to its stores is not.
     */
    OF_OUTPUTS,
    /** Both are lost in part, and stages before this one repeat themselves. */
    OF_EVERYTHING
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void crashesLoseNothingAndKeepTheOrder(@ForAll long seed) {
    Run run = new Run(seed, Crashes.OF_EVERYTHING, 1);
    run.play();
    run.clients.values().forEach(run::hasEverythingInOrder);
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void whatIsReadAgainIsNotDeliveredAgain(@ForAll long seed) {
    Run run = new Run(seed, Crashes.OF_OUTPUTS, 1);
    run.play();
    run.clients.values().forEach(run::hasEverythingInOrder);
    run.clients.values().forEach(run::hasNothingTwice);
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void whatIsRepeatedIsNotDeliveredAgain(@ForAll long seed) {
    Run run = new Run(seed, Crashes.NONE, 1);
    run.play();
    run.clients.values().forEach(run::hasEverythingInOrder);
    run.clients.values().forEach(run::hasNothingTwice);
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void crashesDoNotRepeatWhatIsDeliveredExactlyOnce(@ForAll long seed) {
    Run run = new Run(seed, Crashes.OF_EVERYTHING, 2);
    run.play();
    run.clients.values().forEach(run::hasEverythingInOrder);
    run.clients.values().forEach(run::hasNothingTwice);
  }

  /** One client: where it is, and what it has got. */
  private static final class Client {
    private final String id;
    private final List<String> topicFilters;
    private int lane;
    private long epoch;
    private boolean online;
    private long highestId;
    private int expectedParts = -1;
    private final Set<Integer> parts = new HashSet<>();
    private final List<Delivery> got = new ArrayList<>();
    private final List<Long> unacknowledged = new ArrayList<>();
    private final Set<Long> open = new HashSet<>(); // packet ids of QoS 2 that were not released

    Client(String id, List<String> topicFilters) {
      this.id = id;
      this.topicFilters = topicFilters;
    }

    boolean isSubscribed() {
      return parts.size() == expectedParts;
    }
  }

  private static final class Run {
    private final Random random;
    private final Crashes crashes;
    private final int qos;
    private final TestClock clock = new TestClock();
    private final TopicLayout layout =
        new TopicLayout(PARTITIONS, LANES, (short) 1, Duration.ofHours(72));
    private final CrashingTask.Log log = new CrashingTask.Log();
    private final List<CrashingTask> tasks;
    private final Map<String, Client> clients = new HashMap<>();
    private final int[] read = new int[LANES];
    private final List<InspectedMessage> published = new ArrayList<>();
    private long nextEpoch = 1;

    Run(long seed, Crashes crashes, int qos) {
      this.crashes = crashes;
      this.qos = qos;
      random = new Random(seed);
      AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
      tasks =
          IntStream.range(0, PARTITIONS)
              .mapToObj(p -> new CrashingTask(p, log, serdes, layout, clock))
              .toList();
      CLIENTS.forEach(
          id ->
              clients.put(
                  id,
                  new Client(id, List.of("clients/" + id + "/a", "all", "x/+", "clients/c1/#"))));
    }

    void play() {
      clients.values().forEach(this::connect);
      settle();
      clients.values().forEach(this::subscribe);
      settle();
      clients.values().forEach(c -> assertTrue(c.isSubscribed(), "SUBACK of " + c.id));
      for (int i = 0; i < 300; i++) {
        switch (random.nextInt(12)) {
          case 0, 1, 2 -> publish();
          case 3 -> acknowledge(anyClient());
          case 4 -> acknowledge(anyClient());
          case 5 -> move(anyClient());
          case 6 -> crash();
          case 7 -> publishAgain();
          case 8 -> tasks.get(random.nextInt(PARTITIONS)).commit();
          default -> work(3);
        }
      }
      settle();
      clients.values().stream().filter(c -> !c.online).forEach(this::connect);
      settle();
    }

    private void crash() {
      if (crashes != Crashes.NONE) {
        clock.advance(Duration.ofMillis(1));
        tasks.get(random.nextInt(PARTITIONS)).crash(random, crashes == Crashes.OF_EVERYTHING);
      }
    }

    /** Until nothing is left to do. */
    private void settle() {
      boolean busy = true;
      while (busy) {
        work(20);
        if (random.nextInt(4) == 0) {
          crash();
        }
        tasks.forEach(CrashingTask::commit);
        readLanes();
        busy = tasks.stream().anyMatch(CrashingTask::hasWork);
        for (Client client : clients.values()) {
          busy |= acknowledge(client);
        }
      }
    }

    private void work(int steps) {
      for (int i = 0; i < steps; i++) {
        CrashingTask task = tasks.get(random.nextInt(PARTITIONS));
        task.step(random);
        if (random.nextInt(3) == 0) {
          task.flushSome(random);
        }
      }
      readLanes();
    }

    private void readLanes() {
      for (int lane = 0; lane < LANES; lane++) {
        var records = log.of("downlink", lane);
        while (read[lane] < records.size()) {
          tell(lane, ((Downlink) records.get(read[lane]++).getValue()).getBody());
        }
      }
    }

    private void tell(int lane, Object body) {
      switch (body) {
        case Delivery delivery -> delivery.getTargets().forEach(t -> deliver(lane, delivery, t));
        case SubscriptionApplied applied -> {
          Client client = clients.get(applied.getClientId());
          client.expectedParts = applied.getParts();
          client.parts.add(applied.getPart());
        }
        case SessionFenced fenced -> {
          Client client = clients.get(fenced.getClientId());
          assertTrue(client.epoch != fenced.getEpoch(), "the latest connection is fenced");
        }
        case SessionOpened opened -> {
          Client client = clients.get(opened.getClientId());
          if (client.isSubscribed() && opened.getEpoch() == client.epoch) {
            assertTrue(opened.getSessionPresent(), "a session is lost");
            assertEquals(client.topicFilters.size(), opened.getSubscriptions().size());
          }
        }
        default -> throw new AssertionError(body);
      }
    }

    /** As an edge does. */
    private void deliver(int lane, Delivery delivery, DeliveryTarget target) {
      Client client = clients.get(target.getClientId());
      if (!client.online || client.lane != lane || client.epoch != target.getEpoch()) {
        return;
      }
      if (target.getDeliveryId() > client.highestId) {
        client.highestId = target.getDeliveryId();
        client.unacknowledged.add(target.getDeliveryId());
        if (qos == 1 || isNew(client, target)) {
          client.got.add(new Delivery(delivery.getMessage(), List.of(target)));
        }
      } else if (!client.unacknowledged.contains(target.getDeliveryId())) {
        acknowledge(client, target.getDeliveryId()); // again: the first time was forgotten
      }
    }

    /** As a client does, which knows a message of QoS 2 by its packet id until it is released. */
    private static boolean isNew(Client client, DeliveryTarget target) {
      long packetId = 1 + (target.getDeliveryId() - 1) % 65_535;
      return !target.getReceived() && client.open.add(packetId);
    }

    /** PUBREC, which Kafka has before PUBREL goes out. */
    private void release(Client client, List<Long> ids) {
      send(
          Topics.SESSION_EVENTS,
          client.id,
          Records.event(
              client.id,
              client.epoch,
              client.lane,
              clock.instant(),
              new DeliveryReceived(List.copyOf(ids))));
      ids.forEach(id -> client.open.remove(1 + (id - 1) % 65_535));
    }

    private void connect(Client client) {
      client.lane = random.nextInt(LANES);
      client.epoch = nextEpoch++;
      client.online = true;
      client.highestId = 0;
      client.unacknowledged.clear();
      send(Topics.SESSION_EVENTS, client.id, event(client, Records.open(false, Records.NEVER)));
    }

    private void move(Client client) {
      if (random.nextBoolean()) {
        client.online = false;
        send(Topics.SESSION_EVENTS, client.id, event(client, Records.close()));
        if (random.nextBoolean()) {
          return;
        }
      }
      connect(client);
    }

    private void subscribe(Client client) {
      Subscription[] wanted =
          client.topicFilters.stream().map(f -> Records.to(f, qos)).toArray(Subscription[]::new);
      send(
          Topics.SESSION_EVENTS, client.id, event(client, Records.subscribe(client.epoch, wanted)));
    }

    private boolean acknowledge(Client client) {
      if (!client.online || client.unacknowledged.isEmpty()) {
        return false;
      }
      int some = 1 + random.nextInt(client.unacknowledged.size());
      Long[] ids = client.unacknowledged.subList(0, some).toArray(Long[]::new);
      if (qos == 2) {
        release(client, List.of(ids));
        if (random.nextInt(3) == 0) {
          connect(client); // the connection broke before PUBCOMP
          return true;
        }
      }
      client.unacknowledged.subList(0, some).clear();
      acknowledge(client, ids);
      return true;
    }

    private void acknowledge(Client client, Long... ids) {
      send(
          Topics.DELIVERY_ACKS,
          client.id,
          Records.ack(client.id, client.epoch, client.lane, clock.instant(), ids));
    }

    private void publish() {
      String topic = TOPICS.get(random.nextInt(TOPICS.size()));
      long sequence = published.size() + 1L;
      InspectedMessage message =
          Records.message(topic, "" + sequence, qos, sequence, clock.instant());
      published.add(message);
      send(Topics.MESSAGES_CLEARED, topic, message);
    }

    /** A stage before this one was started again and repeats the end of its work. */
    private void publishAgain() {
      if (crashes == Crashes.OF_OUTPUTS) {
        return;
      }
      int from = Math.max(0, published.size() - random.nextInt(4));
      published
          .subList(from, published.size())
          .forEach(message -> send(Topics.MESSAGES_CLEARED, message.getTopic(), message));
    }

    private SpecificRecord event(Client client, SpecificRecord body) {
      return Records.event(client.id, client.epoch, client.lane, clock.instant(), body);
    }

    private Client anyClient() {
      return clients.get(CLIENTS.get(random.nextInt(CLIENTS.size())));
    }

    private void send(Topic<String, ?> topic, String key, SpecificRecord value) {
      log.of(topic.name(), topic.partition(key, PARTITIONS)).add(Map.entry(key, value));
    }

    void hasEverythingInOrder(Client client) {
      for (String topic : TOPICS) {
        boolean wanted =
            client.topicFilters.stream().anyMatch(f -> TopicFilter.of(f).matches(topic));
        List<Long> expected =
            wanted
                ? published.stream()
                    .filter(m -> m.getTopic().equals(topic))
                    .map(InspectedMessage::getSequence)
                    .toList()
                : List.of();
        List<Long> first =
            client.got.stream()
                .map(Delivery::getMessage)
                .filter(m -> m.getTopic().equals(topic))
                .map(m -> m.getSequence())
                .distinct()
                .toList();
        assertEquals(expected, first, () -> client.id + " on " + topic);
      }
    }

    void hasNothingTwice(Client client) {
      Set<Long> known = new HashSet<>();
      client.got.forEach(
          delivery ->
              assertTrue(
                  known.add(delivery.getMessage().getSequence())
                      || (qos == 1 && delivery.getTargets().getFirst().getDuplicate()),
                  () -> client.id + " got " + delivery + " again, as if it were new"));
    }
  }
}
