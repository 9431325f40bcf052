package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.RemoteAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;

/**
 * In front of all listeners: closes the sockets of those who may not come in whatever they say,
 * before they cost handlers, a place on an event loop, or a TLS handshake.
 */
@Sharable
final class Door extends ChannelInboundHandlerAdapter {

  private final Access access;
  private final boolean knowsAddresses;
  private final BiConsumer<String, String> tell;
  private final EdgeMetrics metrics;

  /**
   * @param knowsAddresses false where a load balancer tells whose connection it is
   * @param tell takes {@code host:port} of who is turned away, and why
   */
  Door(
      Access access, boolean knowsAddresses, BiConsumer<String, String> tell, EdgeMetrics metrics) {
    this.access = access;
    this.knowsAddresses = knowsAddresses;
    this.tell = tell;
    this.metrics = metrics;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel child = (Channel) accepted;
    InetSocketAddress peer = child.remoteAddress() instanceof InetSocketAddress it ? it : null;
    Closure reason = access.refusal(knowsAddresses ? peer : null);
    if (reason == null) {
      ctx.fireChannelRead(child);
      return;
    }
    child.unsafe().closeForcibly();
    metrics.refused(reason.word());
    tell.accept(peer == null ? "" : RemoteAddress.of(peer), reason.word());
  }
}
