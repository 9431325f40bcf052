package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.TopicLayout;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class EdgeEventsTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final Uplink uplink =
      new Uplink(
          new UplinkProducers(kafka, new MockProducer<>()),
          serdes,
          new TopicLayout(1, 1, (short) 1, Duration.ofHours(1)),
          new UplinkConfig(
              Duration.ofMillis(2),
              Duration.ofMillis(100),
              100,
              1 << 20,
              Duration.ofMinutes(2),
              "none"));
  private final EdgeEvents events =
      new EdgeEvents(
          uplink,
          new EdgeIdentity("local", "edge-0", 0, 1),
          new EdgeMetrics(new SimpleMeterRegistry()),
          Clock.systemUTC(),
          () -> 7,
          System::nanoTime);

  @Test
  void heartbeatOvertakesWhatWaitsAndTheEndDoesNot() {
    events.started();
    events.turnedAway("198.51.100.7", "banned");
    events.heartbeat();
    events.stopped();
    assertEquals(
        List.of(
            EdgeEventType.HEARTBEAT,
            EdgeEventType.STARTED,
            EdgeEventType.CONNECTION_REFUSED,
            EdgeEventType.STOPPED),
        sent());
  }

  @Test
  void heartbeatsDoNotPileUpAndEndWithTheEdge() {
    events.heartbeat();
    events.heartbeat();
    events.stopped();
    events.heartbeat();
    assertEquals(List.of(EdgeEventType.HEARTBEAT, EdgeEventType.STOPPED), sent());
    assertTrue(events.kafkaAnsweredWithin(Duration.ofMinutes(1)));
  }

  /** Starts the uplink now, so that all had to wait. */
  private List<EdgeEventType> sent() {
    uplink.start();
    uplink.close(LIMIT);
    return kafka.history().stream()
        .map(
            sent ->
                serdes
                    .value(Topics.EDGE_EVENTS)
                    .deserializer()
                    .deserialize(Topics.EDGE_EVENTS.name(), sent.value()))
        .map(EdgeEvent::getType)
        .toList();
  }
}
