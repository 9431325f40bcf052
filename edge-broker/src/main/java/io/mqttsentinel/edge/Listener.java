package io.mqttsentinel.edge;

import io.moquette.broker.config.IConfig;
import io.netty.channel.ChannelPipeline;

/** The ways in, in the order in which Moquette binds them. */
enum Listener {
  TCP("tcp-port", IConfig.PORT_PROPERTY_NAME),
  WEBSOCKET("websocket-port", IConfig.WEB_SOCKET_PORT_PROPERTY_NAME),
  TLS("tls-port", IConfig.SSL_PORT_PROPERTY_NAME),
  SECURE_WEBSOCKET("secure-websocket-port", IConfig.WSS_PORT_PROPERTY_NAME);

  private final String key;
  private final String moquetteKey;

  Listener(String key, String moquetteKey) {
    this.key = "sentinel.edge." + key;
    this.moquetteKey = moquetteKey;
  }

  /** The one that made a connection with these handlers. */
  static Listener of(ChannelPipeline pipeline) {
    boolean encrypted = pipeline.get(EdgePipeline.TLS) != null;
    if (pipeline.get(EdgePipeline.WEBSOCKET_AGGREGATOR) != null) {
      return encrypted ? SECURE_WEBSOCKET : WEBSOCKET;
    }
    return encrypted ? TLS : TCP;
  }

  /** Of our configuration. */
  String key() {
    return key;
  }

  String moquetteKey() {
    return moquetteKey;
  }

  boolean isEncrypted() {
    return this == TLS || this == SECURE_WEBSOCKET;
  }

  int configured(EdgeConfig config) {
    return switch (this) {
      case TCP -> config.tcpPort();
      case WEBSOCKET -> config.websocketPort();
      case TLS -> config.tlsPort();
      case SECURE_WEBSOCKET -> config.secureWebsocketPort();
    };
  }

  boolean isOn(EdgeConfig config) {
    return configured(config) != EdgeConfig.OFF;
  }
}
