package io.mqttsentinel.bridge;

import java.util.Set;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.client.spi.NetworkModuleFactory;

/**
 * The network below Paho, loaded by its service loader. Paho's own modules leave sockets open when
 * the last write of a broken connection fails, have no time limit for the WebSocket handshake, do
 * not answer WebSocket pings and lose their place in the stream when a frame pauses for a second.
 */
public final class OriginNetwork implements NetworkModuleFactory {

  /** Only names this factory; the address comes with {@link OriginOptions}. */
  static final String URI = "sentinel-origin://origin:1";

  @Override
  public Set<String> getSupportedUriSchemes() {
    return Set.of("sentinel-origin");
  }

  @Override
  public void validateURI(java.net.URI uri) {
    // Checked when the configuration was read.
  }

  @Override
  public NetworkModule createNetworkModule(
      java.net.URI uri, MqttConnectionOptions options, String clientId) {
    if (!(options instanceof OriginOptions origin)) {
      throw new IllegalArgumentException("%s is for the bridge only".formatted(uri));
    }
    return origin.address().transport().webSocket()
        ? new WebSocketModule(origin)
        : new SocketModule(origin);
  }
}
