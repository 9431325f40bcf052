package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.RuleText;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class RuleTopicTest {

  private static final String TOPIC = Topics.PATTERN_RULES.name();
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final byte[] UNREADABLE = "no Avro".getBytes(StandardCharsets.UTF_8);

  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final Queue<Consumer<String, byte[]>> consumers = new ArrayDeque<>();
  private final Queue<Map<String, String>> taken = new ConcurrentLinkedQueue<>();

  @Test
  void whatWasRemovedWhileNobodyFollowedVanishes() {
    consumers.add(broken(List.of(record(0, "a", text("one")), record(1, "b", text("two")))));
    consumers.add(consumer(List.of(record(2, "b", text("two")))));
    follow(files -> taken.add(Map.copyOf(files)), 2);
    assertEquals(List.of(Map.of("a", "one", "b", "two"), Map.of("b", "two")), List.copyOf(taken));
  }

  @Test
  void anUnreadableRecordLeavesWhatWasThere() {
    consumers.add(broken(List.of(record(0, "a", text("one")), record(1, "b", UNREADABLE))));
    consumers.add(consumer(List.of(record(2, "a", UNREADABLE), record(3, "c", text("three")))));
    follow(files -> taken.add(Map.copyOf(files)), 2);
    assertEquals(List.of(Map.of("a", "one"), Map.of("a", "one", "c", "three")), List.copyOf(taken));
  }

  @Test
  void theReaderOutlivesWhateverFails() {
    consumers.add(consumer(List.of(record(0, "a", text("one")))));
    MockConsumer<String, byte[]> unknown = consumer(List.of());
    unknown.schedulePollTask(
        () -> {
          throw new IllegalStateException("nobody expects this");
        });
    consumers.add(unknown);
    consumers.add(consumer(List.of(record(0, "a", text("one")))));
    boolean[] refused = new boolean[1];
    follow(
        files -> {
          if (!refused[0]) {
            refused[0] = true;
            throw new IllegalArgumentException("bad rules");
          }
          taken.add(Map.copyOf(files));
        },
        2);
    assertEquals(List.of(Map.of(), Map.of("a", "one")), List.copyOf(taken));
  }

  private void follow(RuleTopic.RuleSink sink, int changes) {
    try (RuleTopic topic = new RuleTopic(this::next, Duration.ofMillis(1), serdes, sink)) {
      topic.start();
      Await.until(changes + " sets of rules", () -> taken.size() >= changes);
    }
  }

  /** The last one is read until the end. */
  private synchronized Consumer<String, byte[]> next() {
    Consumer<String, byte[]> next = consumers.poll();
    return next == null ? consumer(List.of()) : next;
  }

  /** Fails once its records were taken. */
  private static MockConsumer<String, byte[]> broken(List<ConsumerRecord<String, byte[]>> records) {
    MockConsumer<String, byte[]> consumer = consumer(records);
    consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("gone")));
    return consumer;
  }

  private static MockConsumer<String, byte[]> consumer(
      List<ConsumerRecord<String, byte[]>> records) {
    MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    long first = records.isEmpty() ? 0 : records.getFirst().offset();
    consumer.updatePartitions(
        TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(PARTITION, first));
    consumer.updateEndOffsets(Map.of(PARTITION, first + records.size()));
    consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));
    return consumer;
  }

  private static ConsumerRecord<String, byte[]> record(long offset, String name, byte[] value) {
    return new ConsumerRecord<>(TOPIC, 0, offset, name, value);
  }

  private byte[] text(String text) {
    return serdes
        .value(Topics.PATTERN_RULES)
        .serializer()
        .serialize(TOPIC, new RuleText(text, "", Messages.ACCEPTED));
  }
}
