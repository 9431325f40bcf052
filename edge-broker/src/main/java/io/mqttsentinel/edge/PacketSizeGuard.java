package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/**
 * Discards what is larger than the client wants any packet to be, and behaves as if it had been
 * sent (MQTT-3.1.2-24, -25): an answer to many filters, or a refusal. Deliveries never get so far,
 * {@link Outgoing} reports them; nor does who has no room for CONNACK. In the pipeline only of
 * those who state a Maximum Packet Size.
 */
final class PacketSizeGuard extends ChannelOutboundHandlerAdapter {

  private static final String ENCODER = "encoder";

  private final long mostBytes;
  private final Runnable discarded;

  private PacketSizeGuard(long mostBytes, Runnable discarded) {
    this.mostBytes = mostBytes;
    this.discarded = discarded;
  }

  /**
   * From now on.
   *
   * @param mostBytes of a packet; null where the client takes any, 0 where it breaks the rules
   * @param discarded told of each packet that is not sent
   */
  static void watch(ChannelPipeline pipeline, @Nullable Long mostBytes, Runnable discarded) {
    if (mostBytes != null && mostBytes > 0) {
      pipeline.addBefore(ENCODER, "sizeGuard", new PacketSizeGuard(mostBytes, discarded));
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf packet) || packet.readableBytes() <= mostBytes) {
      var _ = ctx.write(message, promise);
      return;
    }
    ReferenceCountUtil.release(packet);
    promise.setSuccess();
    discarded.run();
  }
}
