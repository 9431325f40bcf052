package io.mqttsentinel.bridge;

import io.mqttsentinel.runtime.ConfigCheck;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where the origin listens.
 *
 * @param path of the WebSocket handshake, with its query
 */
record OriginAddress(Transport transport, String host, int port, String path) {

  private static final String KEY = "sentinel.bridge.uri";
  private static final String EXPECTED =
      "tcp://host:port, ssl://host:port, ws://host:port/path or wss://host:port/path";

  /** What carries MQTT, with its usual port. */
  enum Transport {
    TCP(1883, false, false),
    SSL(8883, true, false),
    WS(80, false, true),
    WSS(443, true, true);

    private final int usualPort;
    private final boolean tls;
    private final boolean webSocket;

    Transport(int usualPort, boolean tls, boolean webSocket) {
      this.usualPort = usualPort;
      this.tls = tls;
      this.webSocket = webSocket;
    }

    boolean tls() {
      return tls;
    }

    boolean webSocket() {
      return webSocket;
    }
  }

  /**
   * @throws IllegalArgumentException if it is no address of one of the four kinds
   */
  static OriginAddress parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "configuration %s is '%s', expected %s".formatted(KEY, text, EXPECTED), e);
    }
    ConfigCheck.require(
        uri.getRawUserInfo() == null,
        KEY,
        "(with a user name)",
        "no credentials: they belong into sentinel.bridge.username and .password");
    Transport transport = transport(uri);
    ConfigCheck.require(transport != null && uri.getHost() != null, KEY, text, EXPECTED);
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    ConfigCheck.require(
        transport.webSocket() || path.equals("/"), KEY, text, "no path without WebSocket");
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    int port = uri.getPort() < 0 ? transport.usualPort : uri.getPort();
    ConfigCheck.require(port >= 1 && port <= 65535, KEY, text, "a port from 1 to 65535");
    return new OriginAddress(transport, uri.getHost(), port, path + query);
  }

  URI webSocketUri() {
    return URI.create((transport.tls() ? "wss://" : "ws://") + host + ":" + port + path);
  }

  /** {@code host:port}, for records and logs. */
  @Override
  public String toString() {
    return host + ":" + port;
  }

  private static Transport transport(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toUpperCase(Locale.ROOT);
    for (Transport transport : Transport.values()) {
      if (transport.name().equals(scheme)) {
        return transport;
      }
    }
    return null;
  }
}
