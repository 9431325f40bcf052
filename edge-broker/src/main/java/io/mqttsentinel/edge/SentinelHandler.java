package io.mqttsentinel.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the codec and Moquette in the pipeline of one connection. Of the packets, Moquette
 * only gets a CONNECT of our making and PINGREQ; of the events, that the channel came and went.
 */
final class SentinelHandler extends ChannelDuplexHandler {

  private static final Logger LOG = LoggerFactory.getLogger(SentinelHandler.class);
  private static final Refusal NOT_MQTT =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "not_an_mqtt_packet");
  private static final Refusal BAD_FRAME =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "websocket_frame_invalid");
  private static final Refusal TOO_EARLY =
      new Refusal(ReasonCode.QUOTA_EXCEEDED, "too_many_packets_before_connack");

  private final EdgeFlows flows;
  private Connection connection;
  private boolean moquetteAnswered;

  SentinelHandler(EdgeFlows flows) {
    this.flows = flows;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    connection = new Connection(ctx, flows.packets(), flows.receiveMaximum());
    flows.arrivals().accepted(connection);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof MqttMessage packet)) {
      // Text frames, or HTTP beside the WebSocket path.
      ReferenceCountUtil.release(message);
      flows.closing().violated(connection, NOT_MQTT);
      return;
    }
    if (!connection.inbox().receive(packet)) {
      flows.closing().violated(connection, TOO_EARLY);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // Moquette would look for deliveries in queues that it does not have.
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    flows.deliveries().resume(connection);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof MqttConnAckMessage connack) {
      moquetteAnswered = true;
      // Even where the client is gone: Moquette forgets only sessions that were connected once, and
      // takes it badly when one ends before.
      promise.setSuccess();
      flows.openings().answered(connection, connack);
      connection.execute(() -> flows.deliveries().resume(connection));
      return;
    }
    var _ = ctx.write(message, promise);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ProxiedAddress proxied) {
      connection.remoteAddress(proxied.peer());
      flows.arrivals().proxied(connection);
      return;
    }
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      flows.departures().hungUp(connection);
      return;
    }
    boolean silent = event instanceof IdleStateEvent idle && idle.state() == IdleState.READER_IDLE;
    if (silent && !connection.inbox().isPaused()) {
      flows.closing().close(connection, Closure.KEEP_ALIVE);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ConnectProgress progress = connection.progress();
    boolean moquetteKnowsIt = progress != null && progress.isHandedToMoquette();
    flows.ends().ended(connection);
    if (moquetteKnowsIt && !moquetteAnswered) {
      // Moquette cannot end what it is still connecting: its session would be corrupted.
      LateConnAck.isAwaited(ctx);
      flows.moquette().forget(OpeningFlow.moquetteId(connection.epoch()));
      return;
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    if (failure instanceof CorruptedFrameException || failure instanceof TooLongFrameException) {
      flows.closing().broken(connection, BAD_FRAME); // the WebSocket has said why, if it could
      return;
    }
    // TLS reports through Netty's decoder; what a stranger says in a handshake is no news.
    if (failure instanceof IOException || failure.getCause() instanceof SSLException) {
      LOG.debug("Connection of {} broke: {}", connection.remoteAddress(), failure.toString());
    } else {
      LOG.warn("Connection of {} failed", connection.remoteAddress(), failure);
    }
    connection.closeSocket();
  }
}
