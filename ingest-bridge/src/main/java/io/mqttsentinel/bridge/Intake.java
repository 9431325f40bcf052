package io.mqttsentinel.bridge;

import io.mqttsentinel.bridge.TopicMapping.Result.Mapped;
import io.mqttsentinel.bridge.TopicMapping.Result.Refused;
import io.mqttsentinel.schemas.DeadLetter;
import io.mqttsentinel.schemas.Envelope;
import io.mqttsentinel.schemas.InspectedMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of one message of the origin: into the pipeline, or to the dead letters. */
final class Intake implements OriginConnection.Receiver {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final int KEPT_OF_PAYLOAD = 64 << 10;

  private final TopicMapping mapping;
  private final int maxMessageBytes;
  private final OriginEnvelope envelope;
  private final Uplink uplink;
  private final BridgeMetrics metrics;
  private final Clock clock;
  private final InFlight acknowledged;
  private final InFlight unacknowledged;

  Intake(
      BridgeConfig config,
      OriginEnvelope envelope,
      Uplink uplink,
      BridgeMetrics metrics,
      Clock clock) {
    this.mapping = config.mapping();
    this.maxMessageBytes = config.maxMessageBytes();
    this.envelope = envelope;
    this.uplink = uplink;
    this.metrics = metrics;
    this.clock = clock;
    this.acknowledged = new InFlight(config.receiveMaximum());
    this.unacknowledged = new InFlight(config.receiveMaximum());
    metrics.watch(acknowledged);
  }

  @Override
  public void received(OriginConnection connection, String topic, MqttMessage message) {
    metrics.received();
    boolean waits = message.getQos() > 0;
    InFlight places = waits ? acknowledged : unacknowledged;
    // A place is free unless the origin exceeds the receive maximum, as some do: then reading
    // stops.
    if (!(waits ? places.enter(connection::isReceiving) : places.enter())) {
      if (!waits) {
        metrics.dropped();
      }
      return;
    }
    Runnable acknowledge = waits ? connection.acknowledgement(message.getId()) : () -> {};
    Consumer<Exception> done =
        failure -> {
          places.leave();
          if (failure == null) {
            acknowledge.run();
          } else {
            metrics.kafkaFailed();
            connection.fail("Kafka did not take a record: " + failure);
          }
        };
    try {
      take(topic, message, done);
    } catch (RuntimeException e) {
      giveUp(e, topic, message, done);
    }
  }

  /** Waits until nothing is on its way; false if that takes longer than {@code time}. */
  boolean settle(Duration time) throws InterruptedException {
    return acknowledged.awaitNone(time) && unacknowledged.awaitNone(time);
  }

  private void take(String topic, MqttMessage message, Consumer<Exception> done) {
    int bytes = message.getPayload().length;
    if (bytes > maxMessageBytes) {
      String reason =
          "the payload has %d bytes, at most %d are allowed".formatted(bytes, maxMessageBytes);
      refuse("too_large", reason, topic, message, done);
      return;
    }
    switch (mapping.map(topic)) {
      case Mapped mapped -> forward(mapped.topic(), topic, message, done);
      case Refused refused -> refuse("bad_topic", refused.reason(), topic, message, done);
    }
  }

  /** A message that would fail at each repetition must not hold up those behind it. */
  private void giveUp(
      RuntimeException failure, String topic, MqttMessage message, Consumer<Exception> done) {
    try {
      refuse("unusable", failure.toString(), topic, message, done);
    } catch (RuntimeException e) {
      e.addSuppressed(failure);
      done.accept(e);
    }
  }

  private void forward(
      String topic, String originTopic, MqttMessage message, Consumer<Exception> done) {
    Instant acceptedAt = clock.instant();
    InspectedMessage wrapped = envelope.wrap(topic, message, acceptedAt);
    Envelope.stamp(wrapped, BridgeApplication.SERVICE, clock.instant());
    uplink.send(
        wrapped,
        failure -> {
          if (failure instanceof RecordTooLargeException) {
            refuse("too_large", failure.getMessage(), originTopic, message, done);
            return;
          }
          if (failure == null) {
            metrics.forwarded(Duration.between(acceptedAt, clock.instant()));
          }
          done.accept(failure);
        });
  }

  private void refuse(
      String cause, String reason, String topic, MqttMessage message, Consumer<Exception> done) {
    metrics.refused(cause);
    LOG.debug("A message of the origin goes to the dead letters: {}", reason);
    byte[] payload = message.getPayload();
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setAt(clock.instant())
            .setService(BridgeApplication.SERVICE)
            .setTopic(topic)
            .setPartition(-1)
            .setOffset(-1)
            .setReason(reason)
            .setKey(ByteBuffer.wrap(topic.getBytes(StandardCharsets.UTF_8)))
            .setValue(ByteBuffer.wrap(payload, 0, Math.min(payload.length, KEPT_OF_PAYLOAD)))
            .build();
    uplink.send(letter, done);
  }
}
