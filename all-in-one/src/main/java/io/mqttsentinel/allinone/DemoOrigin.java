package io.mqttsentinel.allinone;

import io.moquette.BrokerConstants;
import io.moquette.broker.Server;
import io.moquette.broker.config.IConfig;
import io.moquette.broker.config.MemoryConfig;
import io.moquette.broker.security.IAuthenticator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * DEMO ONLY: the customer's upstream broker. A plain Moquette on loopback with nothing of ours in
 * its pipeline; what it holds is gone when it stops.
 */
public final class DemoOrigin implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final int LARGEST_MESSAGE = 1 << 20;

  private final Server server = new Server();
  private final Map<String, String> passwords = new ConcurrentHashMap<>();
  private final int port;

  private DemoOrigin(int port) {
    this.port = port;
  }

  static DemoOrigin start(int port) throws IOException {
    DemoOrigin origin = new DemoOrigin(port == 0 ? freePort() : port);
    Properties properties = new Properties();
    properties.setProperty(IConfig.HOST_PROPERTY_NAME, HOST);
    properties.setProperty(IConfig.PORT_PROPERTY_NAME, Integer.toString(origin.port));
    properties.setProperty(IConfig.ALLOW_ANONYMOUS_PROPERTY_NAME, "false");
    properties.setProperty(BrokerConstants.ALLOW_ZERO_BYTE_CLIENT_ID_PROPERTY_NAME, "true");
    properties.setProperty(IConfig.PERSISTENCE_ENABLED_PROPERTY_NAME, "false");
    properties.setProperty(IConfig.ENABLE_TELEMETRY_NAME, "false");
    properties.setProperty(IConfig.BUFFER_FLUSH_MS_PROPERTY_NAME, "0");
    properties.setProperty(
        IConfig.NETTY_MAX_BYTES_PROPERTY_NAME, Integer.toString(LARGEST_MESSAGE));
    origin.server.startServer(
        new MemoryConfig(properties), null, null, origin.authenticator(), null);
    return origin;
  }

  public int port() {
    return port;
  }

  public String uri() {
    return "tcp://" + HOST + ":" + port;
  }

  /** A login that may do everything here. */
  public Login addLogin(String username) {
    Login login = Login.generate(username);
    passwords.put(login.username(), login.password());
    return login;
  }

  @Override
  public void close() {
    server.stopServer();
  }

  private IAuthenticator authenticator() {
    return (clientId, username, password) ->
        username != null && password != null && matches(passwords.get(username), password);
  }

  private static boolean matches(String expected, byte[] password) {
    return expected != null
        && MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), password);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }
}
