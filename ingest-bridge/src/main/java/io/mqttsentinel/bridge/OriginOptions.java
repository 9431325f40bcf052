package io.mqttsentinel.bridge;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;

/** What CONNECT says, and what {@link OriginNetwork} needs to reach the origin. */
final class OriginOptions extends MqttConnectionOptions {

  private final OriginAddress address;
  private final SSLContext tls;
  private final Map<String, String> headers;

  /**
   * @param tls null where the address needs none
   */
  OriginOptions(BridgeConfig config, SSLContext tls) {
    this.address = config.address();
    this.tls = tls;
    this.headers = headers(config);
    setAutomaticReconnect(false);
    setCleanStart(false);
    setSessionExpiryInterval(config.sessionExpiry().toSeconds());
    setReceiveMaximum(config.receiveMaximum());
    setMaximumPacketSize((long) config.maxPacketBytes());
    setKeepAliveInterval(Math.toIntExact(config.keepAlive().toSeconds()));
    setConnectionTimeout(Math.toIntExact(Math.max(1, config.connectTimeout().toSeconds())));
    setUserName(config.username());
    if (config.password() != null) {
      setPassword(config.password().getBytes(StandardCharsets.UTF_8));
    }
  }

  OriginAddress address() {
    return address;
  }

  SSLContext tls() {
    return tls;
  }

  Map<String, String> headers() {
    return headers;
  }

  private static Map<String, String> headers(BridgeConfig config) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : config.websocketHeaders()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
    }
    return headers;
  }
}
