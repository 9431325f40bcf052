package io.mqttsentinel.anomaly;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A simulated client: what it sends is inspected at once, findings are kept. */
final class Client {

  private final MessageInspection inspection;
  private final Profile profile = new Profile();
  private final ClassBaseline peers;
  private final List<Finding> findings = new ArrayList<>();
  private final String clientId;
  private Instant at = Samples.START;
  private byte[] payload = bytes("{\"temperature\":21.5,\"humidity\":40,\"id\":\"sensor-17\"}");
  private String topic;
  private String address = "192.0.2.1:1000";
  private long epoch = 1;
  private long sequence;
  private int sent;

  Client(List<Detector> detectors) {
    this("dev-1", inspection(detectors), null);
  }

  Client(String clientId, MessageInspection inspection, ClassBaseline peers) {
    this.clientId = clientId;
    this.inspection = inspection;
    this.peers = peers;
    this.topic = "clients/" + clientId + "/telemetry";
  }

  static MessageInspection inspection(List<Detector> detectors) {
    return new MessageInspection(
        detectors, new AnomalyMetrics(new ServiceMetrics(new SimpleMeterRegistry()), detectors));
  }

  /** Sends {@code count} messages, one after each {@code pause}. */
  Client send(int count, Duration pause) {
    for (int i = 0; i < count; i++) {
      at = at.plus(pause);
      InspectedMessage message = message();
      sequence++;
      sent++;
      findings.addAll(inspection.of(message, profile, peers));
    }
    return this;
  }

  /** A second later. */
  Client next() {
    return next(Duration.ofSeconds(1));
  }

  Client next(Duration pause) {
    at = at.plus(pause);
    return this;
  }

  Client at(Instant time) {
    at = time;
    return this;
  }

  Instant now() {
    return at;
  }

  Client payload(String text) {
    return payload(bytes(text));
  }

  Client payload(byte[] bytes) {
    payload = bytes;
    return this;
  }

  Client topic(String name) {
    topic = "clients/" + clientId + "/" + name;
    return this;
  }

  Client address(String remote) {
    address = remote;
    return this;
  }

  /** A new connection. */
  Client reconnect() {
    epoch++;
    sequence = 0;
    return this;
  }

  /** The stage crashed: it reads the last messages again. */
  Client replay(int count) {
    sequence = Math.max(0, sequence - count);
    return this;
  }

  InspectedMessage message() {
    InspectedMessage message = Samples.message(MessageSource.DEVICE, clientId, payload);
    message.setPayload(ByteBuffer.wrap(payload));
    message.setTopic(topic);
    message.setRemoteAddress(address);
    message.setAcceptedAt(at);
    message.setEpoch(epoch);
    message.setSequence(sequence);
    message.setAttributes(Map.of());
    return message;
  }

  Profile profile() {
    return profile;
  }

  int sent() {
    return sent;
  }

  List<Finding> findings() {
    return findings;
  }

  List<String> rules() {
    return findings.stream().map(Finding::getRuleId).distinct().sorted().toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
