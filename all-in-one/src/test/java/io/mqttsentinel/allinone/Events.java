package io.mqttsentinel.allinone;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import java.time.Instant;
import java.util.List;

/** Security events as the aggregator writes them. */
final class Events {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private Events() {}

  static SecurityEvent refusal(String clientId, String topic, String type) {
    return event(clientId, topic, type, Action.BLOCK).build();
  }

  static SecurityEvent message(
      String clientId, String topic, String payloadSha256, String type, Action action) {
    return event(clientId, topic, type, action)
        .setAcceptedAt(NOW)
        .setPayloadSha256(payloadSha256)
        .build();
  }

  private static SecurityEvent.Builder event(
      String clientId, String topic, String type, Action action) {
    return SecurityEvent.newBuilder()
        .setEventId(String.join("/", clientId, topic, type, action.name()))
        .setAt(NOW)
        .setRegion("local")
        .setEdge("edge-0")
        .setLayer(SecurityLayer.UNKNOWN)
        .setType(type)
        .setTitle(type)
        .setSeverity(Severity.MEDIUM)
        .setAction(action)
        .setClientId(clientId)
        .setRemoteAddress("127.0.0.1:50000")
        .setTopic(topic)
        .setFindings(List.of());
  }
}
