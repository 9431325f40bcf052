package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.Test;

class UplinkProducersTest {

  private final MockProducer<byte[], byte[]> prompt = new MockProducer<>();
  private final MockProducer<byte[], byte[]> patient = new MockProducer<>();
  private final UplinkProducers producers = new UplinkProducers(prompt, patient);

  @Test
  void onlyTheAuditTrailWaits() {
    assertSame(patient, producers.of(Topics.AUDIT_AUTH));
    List<Topic<?, ?>> others =
        List.of(Topics.MQTT_INBOUND, Topics.SESSION_EVENTS, Topics.AUTH_BANS, Topics.EDGE_EVENTS);
    assertEquals(
        List.of(prompt, prompt, prompt, prompt), others.stream().map(producers::of).toList());
  }

  @Test
  void bothSendTheRestAtTheEnd() {
    producers.close(Duration.ofSeconds(1));
    assertTrue(prompt.closed() && patient.closed());
  }
}
