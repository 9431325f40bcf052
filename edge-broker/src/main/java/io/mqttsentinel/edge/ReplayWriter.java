package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.UserProperty;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes replayed messages to a client as it reads: never more than a batch beyond what the socket
 * takes, and none is left out because the client is slow.
 */
final class ReplayWriter {

  private static final int BATCH = 32;
  private static final int LOOK_AGAIN_MS = 10;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final EdgeMetrics metrics;
  private final Duration stallLimit;
  private final Clock clock;

  ReplayWriter(EdgeMetrics metrics, Duration stallLimit, Clock clock) {
    this.metrics = metrics;
    this.stallLimit = stallLimit;
    this.clock = clock;
  }

  /** Blocks while the client does not read; false where the replay is over before its end. */
  boolean write(Replay replay, List<InspectedMessage> messages) throws InterruptedException {
    for (int i = 0; i < messages.size(); i += BATCH) {
      List<InspectedMessage> some = messages.subList(i, Math.min(messages.size(), i + BATCH));
      if (!awaitRoom(replay) || !writeNow(replay, some)) {
        return false;
      }
    }
    return true;
  }

  private boolean awaitRoom(Replay replay) throws InterruptedException {
    long end = System.nanoTime() + stallLimit.toNanos();
    while (!replay.connection().isWritable()) {
      if (replay.isStopped() || System.nanoTime() - end > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
    return !replay.isStopped();
  }

  /** Waits until the event loop has done it, so that "writable" is true of what was written. */
  private boolean writeNow(Replay replay, List<InspectedMessage> messages)
      throws InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    boolean taken =
        replay
            .connection()
            .tryExecute(
                () -> {
                  try {
                    messages.forEach(message -> write(replay, message));
                    done.complete(null);
                  } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                  }
                });
    if (!taken) {
      return false;
    }
    try {
      done.get(stallLimit.toMillis(), TimeUnit.MILLISECONDS);
      return !replay.isStopped();
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a replayed message could not be written", e.getCause());
    }
  }

  private void write(Replay replay, InspectedMessage message) {
    Long expiry = message.getProperties().getMessageExpirySeconds();
    if (expiry != null) {
      expiry -= Duration.between(message.getAcceptedAt(), clock.instant()).toSeconds();
    }
    if (replay.isStopped() || (expiry != null && expiry <= 0)) {
      return; // MQTT-3.3.2-5 for the second
    }
    Connection connection = replay.connection();
    String topic = replay.request().prefix() + message.getTopic();
    MqttProperties properties =
        connection.speaksMqtt5() ? properties(message, expiry) : MqttProperties.NO_PROPERTIES;
    if (PacketSize.publish(topic, 0, message.getPayload().remaining(), properties)
        > connection.client().maximumPacketSize()) {
      metrics.tooLarge();
      return;
    }
    connection.write(
        Packets.publish(topic, 0, 0, false, false, properties, message.getPayload().duplicate()));
  }

  private static MqttProperties properties(InspectedMessage message, @Nullable Long expiry) {
    MessageProperties published = message.getProperties();
    List<UserProperty> pairs = new ArrayList<>(published.getUserProperties());
    pairs.add(new UserProperty("accepted-at", message.getAcceptedAt().toString()));
    return MqttFields.publishProperties(
        withPairs(published, pairs), expiry, List.of(), TopicAliases.NONE);
  }

  private static MessageProperties withPairs(MessageProperties of, List<UserProperty> pairs) {
    return new MessageProperties(
        of.getPayloadFormatIndicator(),
        of.getMessageExpirySeconds(),
        of.getContentType(),
        of.getResponseTopic(),
        of.getCorrelationData(),
        pairs);
  }

  /**
   * Marks the end by an empty message with RETAIN, which no replayed message has; for MQTT 5 it
   * also says whether everything came. An MQTT 3 client gets it only where everything did.
   */
  void end(Replay replay, boolean complete) {
    Connection connection = replay.connection();
    connection.execute(
        () -> {
          if (replay.isStopped() || (!complete && !connection.speaksMqtt5())) {
            return;
          }
          replay.stop();
          MqttProperties properties = MqttProperties.NO_PROPERTIES;
          if (connection.speaksMqtt5()) {
            String how = complete ? "complete" : "incomplete";
            properties =
                MqttFields.publishProperties(
                    withPairs(
                        new MessageProperties(null, null, null, null, null, List.of()),
                        List.of(new UserProperty("replay", how))),
                    null,
                    List.of(),
                    TopicAliases.NONE);
          }
          connection.write(
              Packets.publish(
                  replay.request().endTopic(), 0, 0, true, false, properties, EMPTY.duplicate()));
        });
  }
}
