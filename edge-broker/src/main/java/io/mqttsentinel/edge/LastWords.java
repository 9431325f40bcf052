package io.mqttsentinel.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * The last packet that a client gets. A socket that is closed while something in it was not read is
 * reset, and a reset can reach the client before it has read why. So the edge only ends its own
 * half, as TCP, TLS and WebSocket each have it, and goes on reading, to no purpose but that the
 * client's half can end in peace.
 */
final class LastWords extends ChannelInboundHandlerAdapter {

  /** More than any window that was open to the client. */
  private static final int MOST_READ = 4 << 20;

  private int read;

  private LastWords() {}

  /**
   * Sends the packet and ends this side. Whoever calls sees to it that the connection is closed
   * where the client does not do it in time.
   */
  static void say(ChannelHandlerContext context, Object packet) {
    Channel channel = context.channel();
    channel.pipeline().addFirst(new LastWords());
    channel.config().setAutoRead(true);
    var _ =
        context
            .writeAndFlush(packet)
            .addListener(
                (ChannelFuture said) -> {
                  if (said.isSuccess()) {
                    endWebSocket(context);
                  } else {
                    var _ = channel.close();
                  }
                });
  }

  private static void endWebSocket(ChannelHandlerContext context) {
    if (EdgePipeline.isWebSocket(context.pipeline())) {
      var _ =
          context
              .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
              .addListener(_ -> endTls(context));
    } else {
      endTls(context);
    }
  }

  private static void endTls(ChannelHandlerContext context) {
    if (context.pipeline().get(EdgePipeline.TLS) instanceof SslHandler tls) {
      var _ = tls.closeOutbound().addListener(_ -> endSocket(context.channel()));
    } else {
      endSocket(context.channel());
    }
  }

  private static void endSocket(Channel channel) {
    if (channel instanceof DuplexChannel socket) {
      var _ = socket.shutdownOutput();
    } else {
      var _ = channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      read += bytes.readableBytes();
    }
    ReferenceCountUtil.release(message);
    if (read > MOST_READ) {
      var _ = ctx.close();
    }
  }
}
