package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;

/** Whether a packet is within the limits; for any thread, the connection's own part excepted. */
final class RateLimits {

  /**
   * The limit that a packet is beyond.
   *
   * @param waitNanos until there is room again
   */
  record Exceeded(LimitTier tier, long waitNanos) {}

  private static final LimitTier[] TIERS = LimitTier.values();

  /** Two megabytes for each limit that goes by address. */
  private static final int BUCKETS = 1 << 17;

  private final SharedBuckets global;
  private final SharedBuckets globalBytes;
  private final SharedBuckets addresses;
  private final SharedBuckets addressBytes;
  private final SharedBuckets connects;
  private final Rate publish;
  private final Rate bytes;
  private final Rate subscribe;
  private final Rate packets;

  RateLimits(LimitsConfig config) {
    global = new SharedBuckets(rate(config.packets(), config), 1);
    globalBytes = new SharedBuckets(rate(config.bytes(), config), 1);
    addresses = new SharedBuckets(rate(config.packetsPerAddress(), config), BUCKETS);
    addressBytes = new SharedBuckets(rate(config.bytesPerAddress(), config), BUCKETS);
    connects = new SharedBuckets(rate(config.connectsPerAddress(), config), BUCKETS);
    publish = rate(config.publishesPerClient(), config);
    bytes = rate(config.bytesPerClient(), config);
    subscribe = rate(config.subscribesPerClient(), config);
    packets = rate(config.packetsPerClient(), config);
  }

  private static Rate rate(int perSecond, LimitsConfig config) {
    return Rate.of(perSecond, config.burst());
  }

  /**
   * The first limit that the packet is beyond, or null. A packet that comes again goes on where it
   * was stopped: what it passed before it has paid for.
   */
  @Nullable
  Exceeded check(Connection connection, MqttMessage packet, long now) {
    ConnectionLimits limits = connection.limits();
    for (int passed = limits.passed(packet); passed < TIERS.length; passed++) {
      long wait = take(TIERS[passed], connection, packet, now);
      if (wait > 0) {
        limits.passed(packet, passed);
        return new Exceeded(TIERS[passed], wait);
      }
    }
    limits.passed(packet, TIERS.length);
    return null;
  }

  /** 0, or how many nanoseconds it takes until there is room. */
  private long take(LimitTier tier, Connection connection, MqttMessage packet, long now) {
    ConnectionLimits own = connection.limits();
    return switch (tier) {
      case PUBLISH_CLIENT ->
          packet instanceof MqttPublishMessage ? own.takePublish(publish, now) : 0;
      case BYTES_CLIENT ->
          packet instanceof MqttPublishMessage message
              ? own.takeBytes(bytes, now, size(message))
              : 0;
      case SUBSCRIBE_CLIENT ->
          packet instanceof MqttSubscribeMessage ? own.takeSubscribe(subscribe, now) : 0;
      case CLIENT -> own.takePacket(packets, now);
      case CONNECT_ADDRESS ->
          packet instanceof MqttConnectMessage
              ? take(connects, connection.addressKey(), now, 1)
              : 0;
      case ADDRESS -> take(addresses, connection.addressKey(), now, 1);
      case BYTES_ADDRESS ->
          packet instanceof MqttPublishMessage message
              ? take(addressBytes, connection.addressKey(), now, size(message))
              : 0;
      case GLOBAL -> global.take(0, now, 1);
      case BYTES_GLOBAL ->
          packet instanceof MqttPublishMessage message
              ? globalBytes.take(0, now, size(message))
              : 0;
    };
  }

  private static int size(MqttPublishMessage message) {
    return message.variableHeader().topicName().length() + message.payload().readableBytes();
  }

  private static long take(SharedBuckets buckets, long address, long now, long amount) {
    return address == PeerAddress.NOBODY ? 0 : buckets.take(address, now, amount);
  }
}
