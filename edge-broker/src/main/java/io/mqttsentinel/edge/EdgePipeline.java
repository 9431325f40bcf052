package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.ssl.SslHandler;

/** The handlers of one connection, from the socket to Moquette. */
final class EdgePipeline {

  private static final String WEBSOCKET = "webSocketHandler";
  private static final int LONGEST_CLIENT_ID = 65535; // ConnectCheck has the configured limit

  static final String TLS = "ssl";
  static final String WEBSOCKET_AGGREGATOR = "webSocketAggregator";

  private final int maxMessageBytes;
  private final ProxyProtocol proxyProtocol;
  private final TlsHandshakes handshakes;

  /**
   * @param handshakes null where no encrypted listener is on
   */
  EdgePipeline(
      int maxMessageBytes, ProxyProtocol proxyProtocol, @Nullable TlsHandshakes handshakes) {
    this.maxMessageBytes = maxMessageBytes;
    this.proxyProtocol = proxyProtocol;
    this.handshakes = handshakes;
  }

  static boolean isWebSocket(ChannelPipeline pipeline) {
    return pipeline.get(WEBSOCKET) != null;
  }

  /**
   * What Moquette made, changed to:
   *
   * <ol>
   *   <li><b>proxyDecoder, proxyHeader</b>, where a load balancer tells whose connection it is;
   *       they go when it has
   *   <li>for TLS: ssl
   *   <li>idleStateHandler (Moquette sets it to the keep-alive after CONNACK)
   *   <li>for WebSocket: HTTP codec, aggregator, webSocketHandler, <b>webSocketAggregator</b>,
   *       frames to bytes and back
   *   <li><b>framer</b>, whole packets only
   *   <li><b>decoder</b>, ours because it refuses malformed UTF-8
   *   <li>encoder
   *   <li><b>sentinel</b>
   *   <li>handler, Moquette's own
   * </ol>
   *
   * Its meters, its logger and its own answer to idle connections are removed: the handlers of a
   * connection are most of what it costs.
   */
  void complete(Channel channel, EdgeFlows flows) {
    // The end of what a client sends is an event then, and the socket is ours to close.
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(TLS) instanceof SslHandler tls) {
      handshakes.watch(channel, tls);
    }
    proxyProtocol.expect(pipeline);
    for (String unused :
        new String[] {"bytemetrics", "idleEventHandler", "metrics", "messageLogger"}) {
      pipeline.remove(unused);
    }
    if (isWebSocket(pipeline)) {
      pipeline.addAfter(
          WEBSOCKET, WEBSOCKET_AGGREGATOR, new WebSocketFrameAggregator(maxMessageBytes));
    }
    ChannelHandler decoder = new MqttDecoder(maxMessageBytes, LONGEST_CLIENT_ID, true);
    pipeline.replace("decoder", "decoder", decoder);
    pipeline.addBefore("decoder", "framer", new PacketFramer(maxMessageBytes));
    pipeline.addBefore("handler", "sentinel", new SentinelHandler(flows));
  }
}
