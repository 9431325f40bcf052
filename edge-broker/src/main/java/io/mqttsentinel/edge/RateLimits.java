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

  /** Two megabytes for each limit that goes by address. */
  private static final int BUCKETS = 1 << 17;

  private final SharedBuckets global;
  private final SharedBuckets addresses;
  private final SharedBuckets connects;
  private final Rate publish;
  private final Rate bytes;
  private final Rate subscribe;
  private final Rate packets;

  RateLimits(LimitsConfig config) {
    global = new SharedBuckets(rate(config.packets(), config), 1);
    addresses = new SharedBuckets(rate(config.packetsPerAddress(), config), BUCKETS);
    connects = new SharedBuckets(rate(config.connectsPerAddress(), config), BUCKETS);
    publish = rate(config.publishesPerClient(), config);
    bytes = rate(config.bytesPerClient(), config);
    subscribe = rate(config.subscribesPerClient(), config);
    packets = rate(config.packetsPerClient(), config);
  }

  private static Rate rate(int perSecond, LimitsConfig config) {
    return Rate.of(perSecond, config.burst());
  }

  /** The first limit that the packet is beyond, or null. */
  @Nullable
  Exceeded check(Connection connection, MqttMessage packet, long now) {
    long wait = global.take(0, now);
    if (wait > 0) {
      return new Exceeded(LimitTier.GLOBAL, wait);
    }
    long address = connection.addressKey();
    if (address != PeerAddress.NOBODY) {
      wait = addresses.take(address, now);
      if (wait > 0) {
        return new Exceeded(LimitTier.ADDRESS, wait);
      }
      if (packet instanceof MqttConnectMessage) {
        wait = connects.take(address, now);
        if (wait > 0) {
          return new Exceeded(LimitTier.CONNECT_ADDRESS, wait);
        }
      }
    }
    return own(connection.limits(), packet, now);
  }

  @Nullable
  private Exceeded own(ConnectionLimits limits, MqttMessage packet, long now) {
    if (packet instanceof MqttPublishMessage message) {
      long wait = limits.takePublish(publish, now);
      if (wait > 0) {
        return new Exceeded(LimitTier.PUBLISH_CLIENT, wait);
      }
      int size = message.variableHeader().topicName().length() + message.payload().readableBytes();
      wait = limits.takeBytes(bytes, now, size);
      if (wait > 0) {
        return new Exceeded(LimitTier.BYTES_CLIENT, wait);
      }
    } else if (packet instanceof MqttSubscribeMessage) {
      long wait = limits.takeSubscribe(subscribe, now);
      if (wait > 0) {
        return new Exceeded(LimitTier.SUBSCRIBE_CLIENT, wait);
      }
    }
    long wait = limits.takePacket(packets, now);
    return wait > 0 ? new Exceeded(LimitTier.CLIENT, wait) : null;
  }
}
