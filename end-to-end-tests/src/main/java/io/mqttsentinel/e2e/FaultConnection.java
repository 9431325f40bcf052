package io.mqttsentinel.e2e;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a {@link FaultClient}: packets in and out, and whether the edge still lives.
 */
// What Netty cannot write comes to channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class FaultConnection extends SimpleChannelInboundHandler<MqttMessage> {

  /** Of every user of a fault run. */
  static final String PASSWORD = "fault-run-password";

  private static final int SESSION_EXPIRY_SECONDS = 3600;
  private static final int KEEP_ALIVE_SECONDS = 10;
  private static final long PING_MILLIS = 2_000;
  // A person's device would wait longer; this one leaves an edge that does not answer.
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final int FIRST_FAILURE = 0x80; // MQTT 5.0, 2.4

  private final FaultClient client;
  private final String clientId;
  private ChannelHandlerContext context;
  private ScheduledFuture<?> pings;
  private long lastHeard;
  private boolean ready;

  FaultConnection(FaultClient client, String clientId) {
    super(MqttMessage.class);
    this.client = client;
    this.clientId = clientId;
  }

  boolean isReady() {
    return ready;
  }

  void setReady() {
    ready = true;
  }

  void send(MqttMessage message) {
    context.writeAndFlush(message);
  }

  void abort() {
    if (context != null) {
      context.close();
    }
  }

  void disconnect() {
    if (context != null) {
      context.writeAndFlush(MqttMessage.DISCONNECT).addListener(done -> context.close());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    lastHeard = System.nanoTime();
    MqttProperties properties = new MqttProperties();
    properties.add(
        new MqttProperties.IntegerProperty(
            MqttProperties.SESSION_EXPIRY_INTERVAL, SESSION_EXPIRY_SECONDS));
    send(
        MqttMessageBuilders.connect()
            .protocolVersion(MqttVersion.MQTT_5)
            .clientId(clientId)
            .cleanSession(false)
            .keepAlive(KEEP_ALIVE_SECONDS)
            .properties(properties)
            .hasUser(true)
            .username(client.user())
            .hasPassword(true)
            .password(PASSWORD.getBytes(StandardCharsets.UTF_8))
            .build());
    pings =
        ctx.executor()
            .scheduleAtFixedRate(this::ping, PING_MILLIS, PING_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, MqttMessage message) {
    lastHeard = System.nanoTime();
    if (message.decoderResult().isFailure()) {
      ctx.close();
      return;
    }
    switch (message.fixedHeader().messageType()) {
      case CONNACK -> connected((MqttConnAckMessage) message);
      case SUBACK ->
          client.subscribed(((MqttSubAckMessage) message).payload().reasonCodes().getFirst());
      case PUBLISH -> client.arrived((MqttPublishMessage) message);
      case PUBACK -> client.pubAck(packetId(message), reasonCode(message));
      case PUBREC -> client.pubRec(packetId(message), reasonCode(message));
      case PUBREL -> client.pubRel(packetId(message));
      case PUBCOMP -> client.pubComp(packetId(message));
      case DISCONNECT -> ctx.close();
      default -> {
        // PINGRESP: that it came is all it says.
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ready = false;
    pings.cancel(false);
    client.lost();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void connected(MqttConnAckMessage message) {
    if (message.variableHeader().connectReturnCode() != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
      context.close(); // busy, or on its way down: another edge may not be
      return;
    }
    client.accepted(message.variableHeader().isSessionPresent());
  }

  private void ping() {
    if (System.nanoTime() - lastHeard > SILENCE_NANOS) {
      context.close();
      return;
    }
    if (ready) {
      send(MqttMessage.PINGREQ);
    }
  }

  static boolean isFailure(int reasonCode) {
    return reasonCode >= FIRST_FAILURE;
  }

  static MqttMessage pubAck(int packetId) {
    return reply(MqttMessageType.PUBACK, MqttQoS.AT_MOST_ONCE, packetId);
  }

  static MqttMessage pubRec(int packetId) {
    return reply(MqttMessageType.PUBREC, MqttQoS.AT_MOST_ONCE, packetId);
  }

  static MqttMessage pubRel(int packetId) {
    return reply(MqttMessageType.PUBREL, MqttQoS.AT_LEAST_ONCE, packetId); // MQTT-3.6.1-1
  }

  static MqttMessage pubComp(int packetId) {
    return reply(MqttMessageType.PUBCOMP, MqttQoS.AT_MOST_ONCE, packetId);
  }

  static MqttMessage duplicate(MqttPublishMessage message) {
    MqttFixedHeader fixed = message.fixedHeader();
    return new MqttPublishMessage(
        new MqttFixedHeader(MqttMessageType.PUBLISH, true, fixed.qosLevel(), fixed.isRetain(), 0),
        message.variableHeader(),
        message.payload());
  }

  private static MqttMessage reply(MqttMessageType type, MqttQoS flags, int packetId) {
    return new MqttMessage(
        new MqttFixedHeader(type, false, flags, false, 2),
        MqttMessageIdVariableHeader.from(packetId));
  }

  private static int packetId(MqttMessage message) {
    return ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
  }

  private static int reasonCode(MqttMessage message) {
    return message.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
        ? reply.reasonCode() & 0xFF
        : 0;
  }
}
