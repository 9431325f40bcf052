package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.ResponseConfig;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Schemas;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionOpen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Messages as edges and the bridge accept them. */
final class Samples {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final AnomalyDetectorConfig LIMITS = limits(10_000);
  static final BaselineConfig BASELINE =
      new BaselineConfig(
          30,
          6.0,
          8.0,
          3,
          10,
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          20,
          Duration.ofHours(24),
          7,
          3.0,
          Duration.ofMinutes(2),
          10,
          200,
          20,
          Duration.ofDays(30));
  static final DetectorModes MODES = modes(Mode.ALERT);
  static final Settings DEFAULTS = new Settings(LIMITS, BASELINE, MODES, responses());

  static {
    // Loads the class that makes Avro trust our records.
    Schemas.published(InspectedMessage.class);
  }

  private Samples() {}

  static AnomalyDetectorConfig limits(int cachedClients) {
    return new AnomalyDetectorConfig(
        10_240,
        7.5,
        4.0,
        64,
        128,
        100,
        Duration.ofSeconds(1),
        30,
        Duration.ofSeconds(60),
        List.of(),
        cachedClients,
        Duration.ofSeconds(1),
        50);
  }

  /**
   * @param most of all detectors that have a message to act on, but for oversized payloads
   */
  static DetectorModes modes(Mode most) {
    return modes(most, Mode.ALERT);
  }

  static DetectorModes modes(Mode most, Mode connectionRate) {
    return new DetectorModes(
        most,
        most,
        Mode.ACT,
        most,
        most,
        most,
        most,
        most,
        most,
        most,
        connectionRate,
        Mode.ALERT,
        Mode.ALERT);
  }

  static ResponseConfig responses() {
    return new ResponseConfig(Duration.ofHours(1), 10, 100, Duration.ofMinutes(15), List.of());
  }

  static Origins origins() {
    return new Origins(GeoIp.open("", List.of()));
  }

  static Observation seen(InspectedMessage message) {
    return new Observation(message, null, false);
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

  static SessionEvent opened(String clientId, long epoch, Instant at) {
    return SessionEvent.newBuilder()
        .setRegion("local")
        .setEdge("edge-0")
        .setLane(0)
        .setClientId(clientId)
        .setEpoch(epoch)
        .setAt(at)
        .setBody(
            SessionOpen.newBuilder()
                .setProtocolVersion(5)
                .setCleanStart(true)
                .setSessionExpirySeconds(0)
                .setReceiveMaximum(10)
                .setKeepAliveSeconds(60)
                .setRemoteAddress("192.0.2.1:1000")
                .build())
        .build();
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
