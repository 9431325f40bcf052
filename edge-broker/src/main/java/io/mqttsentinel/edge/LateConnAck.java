package io.mqttsentinel.edge;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;

/**
 * Takes Moquette's CONNACK for a client that is gone. Without it the write fails, and Moquette then
 * ends a session that was never connected: an exception of its own, with a stack trace in the log.
 */
@Sharable
final class LateConnAck extends ChannelOutboundHandlerAdapter {

  private static final LateConnAck INSTANCE = new LateConnAck();

  private LateConnAck() {}

  static void isAwaited(ChannelHandlerContext ctx) {
    ctx.pipeline().addLast(INSTANCE);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof MqttConnAckMessage) {
      promise.setSuccess();
    } else {
      var _ = ctx.write(message, promise);
    }
  }

  /** A closed channel takes all handlers out of its pipeline; the answer may come after that. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    isAwaited(ctx);
  }
}
