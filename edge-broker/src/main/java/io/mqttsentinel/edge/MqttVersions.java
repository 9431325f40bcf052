package io.mqttsentinel.edge;

import io.netty.channel.Channel;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.AttributeKey;

/** Which MQTT the decoder saw in CONNECT, even where the rest of it was malformed. */
final class MqttVersions {

  /** The key under which Netty's decoder leaves it for the encoder. */
  private static final AttributeKey<MqttVersion> KEY =
      AttributeKey.valueOf("NETTY_CODEC_MQTT_VERSION");

  private MqttVersions() {}

  static boolean isKnown(Channel channel) {
    return channel.hasAttr(KEY) && channel.attr(KEY).get() != null;
  }

  static void remember(Channel channel, MqttVersion version) {
    channel.attr(KEY).set(version);
  }

  static boolean isMqtt5(Channel channel) {
    return isKnown(channel) && channel.attr(KEY).get() == MqttVersion.MQTT_5;
  }
}
