package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.RemoteAddress;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PROXY protocol in front of everything else on a connection, TLS included. A connection that
 * begins with anything else is closed before it can say more: its address would be a guess.
 */
final class ProxyProtocol {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyProtocol.class);

  /** Bytes of further information in a header of version 2; more is no load balancer's. */
  private static final int MOST_EXTENSIONS = 2048;

  private static final String DECODER = "proxyDecoder";
  private static final String HEADER = "proxyHeader";

  private final Set<HAProxyProtocolVersion> versions;
  private final EdgeMetrics metrics;

  private ProxyProtocol(Set<HAProxyProtocolVersion> versions, EdgeMetrics metrics) {
    this.versions = versions;
    this.metrics = metrics;
  }

  static ProxyProtocol of(String configured, EdgeMetrics metrics) {
    Set<HAProxyProtocolVersion> versions =
        switch (configured) {
          case "v1" -> Set.of(HAProxyProtocolVersion.V1);
          case "v2" -> Set.of(HAProxyProtocolVersion.V2);
          case "any" -> Set.of(HAProxyProtocolVersion.V1, HAProxyProtocolVersion.V2);
          default -> Set.of();
        };
    return new ProxyProtocol(versions, metrics);
  }

  void expect(ChannelPipeline pipeline) {
    if (!versions.isEmpty()) {
      pipeline.addFirst(HEADER, new Header());
      pipeline.addFirst(DECODER, new HAProxyMessageDecoder(MOST_EXTENSIONS));
    }
  }

  /** Between the decoder, which removes itself after the header, and the rest. */
  private final class Header extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof HAProxyMessage header)) {
        ReferenceCountUtil.release(message); // behind a header that was refused
        return;
      }
      try {
        take(ctx, header);
      } finally {
        header.release();
      }
    }

    private void take(ChannelHandlerContext ctx, HAProxyMessage header) {
      if (!versions.contains(header.protocolVersion())) {
        refuse(ctx, "proxy_header_version");
        return;
      }
      ctx.fireUserEventTriggered(new ProxiedAddress(peer(ctx, header)));
      ctx.pipeline().remove(this);
    }

    /** LOCAL is the load balancer itself, looking whether we live: that counts as who it is. */
    private static String peer(ChannelHandlerContext ctx, HAProxyMessage header) {
      return header.command() == HAProxyCommand.PROXY && header.sourceAddress() != null
          ? RemoteAddress.of(header.sourceAddress(), header.sourcePort())
          : Connection.address(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
      LOG.debug("No PROXY header from {}: {}", ctx.channel(), failure.toString());
      refuse(ctx, "proxy_header_missing");
    }

    private void refuse(ChannelHandlerContext ctx, String cause) {
      if (ctx.channel().isActive()) {
        metrics.refused(cause);
      }
      var _ = ctx.close();
    }
  }
}
