package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.CloseCause;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/** What happens to packets that are beyond a limit. */
final class LimitFlow {

  /** What the dispatcher is to do with a packet. */
  enum Course {
    /** It is within the limits. */
    ON,
    /** It has been dealt with. */
    DONE,
    /** It is to be held; it will be asked for again. */
    HOLD
  }

  private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);
  private static final Duration SHORTEST_SHARED_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final RateLimits limits;
  private final CloseFlow closing;
  private final EdgeEvents events;
  private final EdgeMetrics metrics;
  private final long patience;
  private final LongSupplier nanos;

  /**
   * @param nanos counts up from 0
   */
  LimitFlow(
      RateLimits limits,
      CloseFlow closing,
      EdgeEvents events,
      EdgeMetrics metrics,
      Duration patience,
      LongSupplier nanos) {
    this.limits = limits;
    this.closing = closing;
    this.events = events;
    this.metrics = metrics;
    this.patience = patience.toNanos();
    this.nanos = nanos;
  }

  Course apply(Connection connection, MqttMessage packet) {
    if (packet.fixedHeader().messageType() == MqttMessageType.DISCONNECT) {
      return Course.ON;
    }
    long now = nanos.getAsLong();
    RateLimits.Exceeded exceeded = limits.check(connection, packet, now);
    if (exceeded == null) {
      return Course.ON;
    }
    LimitTier tier = exceeded.tier();
    events.limited(connection, tier, now);
    boolean goesOn = tier.isOwn() && connection.limits().heldBack(now) > patience;
    if (goesOn) {
      return disconnect(connection, tier);
    }
    return switch (packet) {
      case MqttConnectMessage _ -> refuse(connection, tier);
      case MqttSubscribeMessage subscribe -> refuse(connection, subscribe, tier);
      case MqttPublishMessage publish
          when publish.fixedHeader().qosLevel() == MqttQoS.AT_MOST_ONCE ->
          drop(tier);
      default -> hold(connection, exceeded);
    };
  }

  private Course disconnect(Connection connection, LimitTier tier) {
    metrics.limited(tier, "disconnected");
    closing.close(
        connection,
        Closure.of(CloseCause.LIMIT_EXCEEDED, ReasonCode.MESSAGE_RATE_TOO_HIGH, tier.word()));
    return Course.DONE;
  }

  private Course refuse(Connection connection, LimitTier tier) {
    metrics.limited(tier, "refused");
    closing.refuse(
        connection,
        tier.refusal(),
        Closure.of(CloseCause.LIMIT_EXCEEDED, ReasonCode.QUOTA_EXCEEDED, tier.word()));
    return Course.DONE;
  }

  private Course refuse(Connection connection, MqttSubscribeMessage packet, LimitTier tier) {
    metrics.limited(tier, "refused");
    int[] codes = new int[packet.payload().topicSubscriptions().size()];
    Arrays.fill(
        codes,
        connection.speaksMqtt5() ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.MQTT3_SUBACK_FAILURE);
    connection.write(Packets.suback(packet.variableHeader().messageId(), codes));
    return Course.DONE;
  }

  private Course drop(LimitTier tier) {
    metrics.limited(tier, "dropped");
    return Course.DONE;
  }

  private Course hold(Connection connection, RateLimits.Exceeded exceeded) {
    metrics.limited(exceeded.tier(), "delayed");
    connection.inbox().waitForRoom();
    connection
        .timers()
        .later(
            wait(exceeded, ThreadLocalRandom.current().nextDouble()),
            () -> {
              if (!connection.isOver()) {
                connection.inbox().roomAgain();
              }
            });
    return Course.HOLD;
  }

  /**
   * How long a packet is held. Room that is shared may be waited for by thousands: they are not to
   * look for it all in one instant, nor over and over.
   *
   * @param random from 0 to 1
   */
  static Duration wait(RateLimits.Exceeded exceeded, double random) {
    boolean own = exceeded.tier().isOwn();
    long shortest = (own ? SHORTEST_WAIT : SHORTEST_SHARED_WAIT).toNanos();
    long wait = Math.clamp(exceeded.waitNanos(), shortest, LONGEST_WAIT.toNanos());
    return Duration.ofNanos(own ? wait : wait + (long) (wait * random));
  }
}
