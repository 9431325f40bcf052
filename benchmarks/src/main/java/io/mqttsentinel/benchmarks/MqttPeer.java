package io.mqttsentinel.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One MQTT 5 connection of the generator, clean, without reconnect: a lost connection is a result.
 * All methods run on the connection's event loop.
 */
// What Netty cannot write or close comes to channelInactive or exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class MqttPeer extends SimpleChannelInboundHandler<MqttMessage> {

  /** Hears what a subscriber receives. */
  interface Inbox {
    void received(ByteBuf payload, long nowNanos);
  }

  /** What a subscriber asks for. */
  record Subscription(String filter, int qos, Inbox inbox) {}

  /** The broker has no time for a connection now. */
  static final class BusyException extends IOException {
    private BusyException(String message) {
      super(message);
    }
  }

  private static final Set<MqttConnectReturnCode> PASSING =
      EnumSet.of(
          MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE_5,
          MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_BUSY,
          MqttConnectReturnCode.CONNECTION_REFUSED_QUOTA_EXCEEDED,
          MqttConnectReturnCode.CONNECTION_REFUSED_CONNECTION_RATE_EXCEEDED);
  private static final int KEEP_ALIVE_SECONDS = 600;
  private static final int MOST_PACKET_IDS = 65_535;
  private static final int SUBSCRIBE_ID = 1;
  private static final int FIRST_FAILURE_CODE = 0x80;

  private final String clientId;
  private final Credentials credentials;
  private final Traffic traffic;
  private final Optional<Subscription> subscription;
  private final CompletableFuture<MqttPeer> ready = new CompletableFuture<>();
  private final BitSet inFlight = new BitSet();
  private final Queue<MqttPublishMessage> waiting = new ArrayDeque<>();

  private ChannelHandlerContext context;
  private int window = MOST_PACKET_IDS;
  private int inFlightCount;
  private int lastPacketId;
  private boolean closing;

  MqttPeer(
      String clientId,
      Credentials credentials,
      Traffic traffic,
      Optional<Subscription> subscription) {
    super(MqttMessage.class);
    this.clientId = clientId;
    this.credentials = credentials.of(clientId);
    this.traffic = traffic;
    this.subscription = subscription;
  }

  /**
   * Done when the broker took the connection and the subscription; fails with an {@link
   * IOException} when it refused either.
   */
  CompletableFuture<MqttPeer> ready() {
    return ready;
  }

  /** Sends, or keeps the message until the broker's Receive Maximum allows it (MQTT 5, 4.9). */
  void publish(String topic, byte[] payload, int qos) {
    if (!context.channel().isActive()) {
      traffic.unsendable();
      return;
    }
    if (qos == 0) {
      context.writeAndFlush(message(topic, payload, 0, 0), context.voidPromise());
      traffic.acknowledged();
      return;
    }
    MqttPublishMessage message = message(topic, payload, qos, nextPacketId());
    if (inFlightCount < window) {
      send(message);
    } else {
      waiting.add(message);
    }
  }

  void disconnect() {
    closing = true;
    context.writeAndFlush(MqttMessage.DISCONNECT).addListener(done -> context.close());
  }

  /** Closes the socket without a word. */
  void cut() {
    closing = true;
    context.close();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    MqttMessageBuilders.ConnectBuilder connect =
        MqttMessageBuilders.connect()
            .protocolVersion(MqttVersion.MQTT_5)
            .clientId(clientId)
            .cleanSession(true)
            .keepAlive(KEEP_ALIVE_SECONDS);
    if (credentials.user() != null) {
      connect.username(credentials.user()).hasUser(true);
    }
    if (credentials.password() != null) {
      connect.password(credentials.password().getBytes(StandardCharsets.UTF_8)).hasPassword(true);
    }
    ctx.writeAndFlush(connect.build());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, MqttMessage message) {
    if (message.decoderResult().isFailure()) {
      exceptionCaught(ctx, message.decoderResult().cause());
      return;
    }
    switch (message.fixedHeader().messageType()) {
      case PUBLISH -> received((MqttPublishMessage) message);
      case PUBACK -> acknowledged(message);
      case CONNACK -> connackReceived((MqttConnAckMessage) message);
      case SUBACK -> subackReceived((MqttSubAckMessage) message);
      case DISCONNECT ->
          fail(new IOException(clientId + ": the broker disconnected: " + reason(message)));
      default -> {
        // PINGRESP and what this client never asked for.
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(new IOException(clientId + ": the broker closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(new IOException("%s: %s".formatted(clientId, cause.getMessage()), cause));
    ctx.close();
  }

  private void received(MqttPublishMessage message) {
    long now = System.nanoTime();
    if (message.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE) {
      context.write(pubAck(message.variableHeader().packetId()), context.voidPromise());
    }
    subscription.ifPresent(wanted -> wanted.inbox().received(message.payload(), now));
  }

  private void acknowledged(MqttMessage message) {
    MqttMessageIdVariableHeader header = (MqttMessageIdVariableHeader) message.variableHeader();
    if (!inFlight.get(header.messageId())) {
      return;
    }
    inFlight.clear(header.messageId());
    inFlightCount--;
    // MQTT 5, 3.4.2.1: from 0x80 on the message was refused.
    boolean refused =
        header instanceof MqttPubReplyMessageVariableHeader reply
            && (reply.reasonCode() & 0xFF) >= FIRST_FAILURE_CODE;
    if (refused) {
      traffic.refused();
    } else {
      traffic.acknowledged();
    }
    if (!waiting.isEmpty() && inFlightCount < window) {
      send(waiting.remove());
    }
  }

  private void connackReceived(MqttConnAckMessage message) {
    MqttConnectReturnCode code = message.variableHeader().connectReturnCode();
    if (code != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
      String refusal = "%s: the broker refused the connection: %s".formatted(clientId, code);
      fail(PASSING.contains(code) ? new BusyException(refusal) : new IOException(refusal));
      return;
    }
    MqttProperties properties = message.variableHeader().properties();
    window = property(properties, MqttProperties.RECEIVE_MAXIMUM, MOST_PACKET_IDS);
    int keepAlive = property(properties, MqttProperties.SERVER_KEEP_ALIVE, KEEP_ALIVE_SECONDS);
    if (keepAlive > 0) {
      long half = TimeUnit.SECONDS.toMillis(keepAlive) / 2;
      context
          .executor()
          .scheduleAtFixedRate(
              () -> context.writeAndFlush(MqttMessage.PINGREQ), half, half, TimeUnit.MILLISECONDS);
    }
    subscription.ifPresentOrElse(this::subscribe, () -> ready.complete(this));
  }

  private void subscribe(Subscription wanted) {
    context.writeAndFlush(
        MqttMessageBuilders.subscribe()
            .messageId(SUBSCRIBE_ID)
            .addSubscription(MqttQoS.valueOf(wanted.qos()), wanted.filter())
            .build());
  }

  private void subackReceived(MqttSubAckMessage message) {
    int code = message.payload().reasonCodes().getFirst();
    if (code >= FIRST_FAILURE_CODE) {
      fail(new IOException("%s: subscription refused, code 0x%02X".formatted(clientId, code)));
      return;
    }
    ready.complete(this);
  }

  private void fail(IOException failure) {
    boolean wasReady = !ready.completeExceptionally(failure);
    if (wasReady && !closing) {
      traffic.connectionLost(failure.getMessage());
    }
    closing = true;
  }

  private int nextPacketId() {
    lastPacketId = lastPacketId % MOST_PACKET_IDS + 1;
    return lastPacketId;
  }

  private void send(MqttPublishMessage message) {
    inFlight.set(message.variableHeader().packetId());
    inFlightCount++;
    context.writeAndFlush(message, context.voidPromise());
  }

  private static MqttPublishMessage message(String topic, byte[] payload, int qos, int packetId) {
    return MqttMessageBuilders.publish()
        .topicName(topic)
        .qos(MqttQoS.valueOf(qos))
        .messageId(packetId)
        .payload(Unpooled.wrappedBuffer(payload))
        .build();
  }

  private static MqttMessage pubAck(int packetId) {
    return new MqttMessage(
        new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 2),
        MqttMessageIdVariableHeader.from(packetId));
  }

  private static int property(MqttProperties properties, int id, int otherwise) {
    return properties.getProperty(id) instanceof MqttProperties.IntegerProperty found
        ? found.value()
        : otherwise;
  }

  private static String reason(MqttMessage message) {
    return message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
        ? "reason 0x%02X".formatted(header.reasonCode() & 0xFF)
        : "no reason given";
  }
}
