package io.mqttsentinel.anomaly;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Schemas;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/** Messages as edges and the bridge accept them. */
final class Samples {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final AnomalyDetectorConfig DEFAULTS = config(Action.FLAG, 10_000);

  static {
    // Loads the class that makes Avro trust our records.
    Schemas.published(InspectedMessage.class);
  }

  private Samples() {}

  static AnomalyDetectorConfig config(Action rateAction, int cachedClients) {
    return new AnomalyDetectorConfig(
        10_240,
        7.5,
        4.0,
        64,
        128,
        100,
        Duration.ofSeconds(1),
        rateAction,
        cachedClients,
        Duration.ofMillis(500));
  }

  static InspectedMessage message(byte[] payload) {
    return message(MessageSource.DEVICE, "dev-1", payload);
  }

  static InspectedMessage message(String payload) {
    return message(payload.getBytes(StandardCharsets.UTF_8));
  }

  static InspectedMessage message(MessageSource source, String clientId, byte[] payload) {
    return InspectedMessage.newBuilder()
        .setEpoch(1)
        .setSequence(1)
        .setSource(source)
        .setRegion("local")
        .setEdge("edge-0")
        .setClientId(clientId)
        .setTopic("clients/" + clientId + "/data")
        .setPayload(ByteBuffer.wrap(payload))
        .setQos(1)
        .setProperties(MessageProperties.newBuilder().build())
        .setAcceptedAt(START)
        .build();
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
