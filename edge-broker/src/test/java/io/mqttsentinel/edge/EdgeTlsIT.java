package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted listeners, with the JDK's TLS as the other side. */
@TestInstance(Lifecycle.PER_CLASS)
class EdgeTlsIT {

  @TempDir private static Path directory;
  private Authority authority;
  private AuthDatabase database;
  private FanoutDouble fanout;

  @BeforeAll
  void start() throws Exception {
    authority = new Authority();
    authority.writeRoot(directory.resolve("ca.pem"));
    Authority.write(authority.server("localhost"), file("localhost.crt"), file("localhost.key"));
    Authority.write(authority.server("iot.example"), file("exact.crt"), file("exact.key"));
    Authority.write(authority.server("*.example"), file("wild.crt"), file("wild.key"));
    database = new AuthDatabase();
    database.user(EdgeSuite.USER);
    fanout = new FanoutDouble();
  }

  @AfterAll
  void stop() throws Exception {
    fanout.close();
    database.close();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private TestEdge edge(Object... more) {
    Map<String, Object> p = new java.util.HashMap<>();
    p.put("sentinel.edge.tcp-port", -1);
    p.put("sentinel.edge.websocket-port", -1);
    p.put("sentinel.edge.tls-port", 0);
    p.put("sentinel.edge.secure-websocket-port", 0);
    p.put("sentinel.edge.tls.certificate", file("localhost.crt").toString());
    p.put("sentinel.edge.tls.key", file("localhost.key").toString());
    p.put("sentinel.edge.tls.reload-interval", "50ms");
    for (int i = 0; i < more.length; i += 2) {
      p.put("sentinel.edge." + more[i], more[i + 1]);
    }
    return TestEdge.start(0, database.url(), p);
  }

  private SSLSocket handshake(TestEdge edge, SSLContext context, String host, String... versions)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", edge.server().tlsPort());
    socket.setSoTimeout(60_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (host != null) {
      parameters.setServerNames(List.of(new SNIHostName(host)));
    }
    if (versions.length > 0) {
      parameters.setProtocols(versions);
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private String shownTo(TestEdge edge, String host) throws Exception {
    try (SSLSocket socket = handshake(edge, authority.trusting(), host)) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  private static int port(TestEdge edge) {
    return edge.server().tlsPort();
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void clientsExchangeMessagesOverTlsAndSecureWebSocket(String provider) throws Exception {
    try (TestEdge edge = edge("tls.provider", provider)) {
      assertEquals(EdgeConfig.OFF, edge.server().tcpPort());
      for (String uri :
          List.of(
              "ssl://localhost:" + port(edge),
              "wss://localhost:" + edge.server().secureWebsocketPort() + "/mqtt")) {
        String id = EdgeSuite.newId();
        MqttClient client = new MqttClient(uri, id, null);
        MqttConnectionOptions options = EdgeSuite.options5();
        options.setSocketFactory(authority.trusting().getSocketFactory());
        client.connect(options);
        client.publish("clients/" + id + "/up", new byte[20_000], 1, false);
        assertEquals(20_000, fanoutMessage(id), uri);
        client.disconnect();
        client.close();
      }
    }
  }

  private int fanoutMessage(String id) {
    return Await.value("its message", () -> fanout.messages(id), list -> !list.isEmpty())
        .getFirst()
        .getPayload()
        .remaining();
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void certificateIsThatOfTheHostAskedFor(String provider) throws Exception {
    String hosts =
        "iot.example=%s;%s,*.example=%s;%s"
            .formatted(file("exact.crt"), file("exact.key"), file("wild.crt"), file("wild.key"));
    try (TestEdge edge =
        edge("tls.provider", provider, "tls.hosts", List.of(hosts.split(",", -1)))) {
      assertEquals("CN=iot.example", shownTo(edge, "iot.example"));
      assertEquals("CN=*.example", shownTo(edge, "IoT2.Example"));
      assertEquals("CN=localhost", shownTo(edge, "a.b.example"));
      assertEquals("CN=localhost", shownTo(edge, "example"));
      assertEquals("CN=localhost", shownTo(edge, null));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void olderVersionsNeedAnOption(String provider) throws Exception {
    SSLContext trusting = authority.trusting();
    try (TestEdge edge = edge("tls.provider", provider)) {
      try (SSLSocket socket = handshake(edge, trusting, null)) {
        assertEquals("TLSv1.3", socket.getSession().getProtocol());
      }
      assertThrows(SSLException.class, () -> handshake(edge, trusting, null, "TLSv1.2"));
    }
    try (TestEdge edge = edge("tls.provider", provider, "tls.minimum-version", "1.2")) {
      try (SSLSocket socket = handshake(edge, trusting, null, "TLSv1.2")) {
        assertEquals("TLSv1.2", socket.getSession().getProtocol());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void lastWordsAreNotFollowedByAResetThoughMoreCame(String provider) throws Exception {
    byte[] invalid =
        RawClient.packet(
            0x10, RawClient.connectBody(5, "a/b", EdgeSuite.USER, AuthDatabase.PASSWORD));
    try (TestEdge edge = edge("tls.provider", provider);
        RawClient client = new RawClient(handshake(edge, authority.trusting(), null))) {
      client.sendRaw(RawClient.bytes(invalid, new byte[300_000]));
      assertEquals(ReasonCode.CLIENT_ID_NOT_VALID, client.read().at(1));
      client.readToEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void clientCertificateIsAskedForAndKnown(String provider) throws Exception {
    try (TestEdge edge =
        edge(
            "tls.provider",
            provider,
            "tls.client-certificates",
            "required",
            "tls.client-authorities",
            file("ca.pem").toString())) {
      String id = EdgeSuite.newId();
      var bundle = authority.client("dev-7");
      try (RawClient client = new RawClient(handshake(edge, authority.trusting(bundle), null))) {
        client.connect(5, id, EdgeSuite.USER, AuthDatabase.PASSWORD);
        assertEquals(2, client.read().type());
        Connection connection = edge.connection(fanout.opened(id).getEpoch());
        ClientCertificate certificate = edge.onLoop(connection, connection::certificate);
        assertEquals("dev-7", certificate.commonName());
        assertEquals("CN=dev-7,O=Fleet", certificate.subject());
        assertEquals(List.of("dev-7.fleet.example"), certificate.alternativeNames());
        assertEquals(
            ClientCertificate.of(bundle.getCertificate()).fingerprint(), certificate.fingerprint());
        assertEquals(64, certificate.fingerprint().length());
      }
      assertRefused(edge, authority.trusting());
      Authority stranger = new Authority();
      assertRefused(edge, authority.trusting(stranger.client("dev-7")));
      Await.until(
          "both are counted",
          () -> edge.counter("sentinel.edge.tls.handshakes", "outcome", "failed") == 2);
    }
  }

  /** In TLS 1.3 the client learns of it when it reads. */
  private void assertRefused(TestEdge edge, SSLContext context) {
    assertInstanceOf(
        IOException.class,
        assertThrows(
            IOException.class,
            () -> {
              try (SSLSocket socket = handshake(edge, context, null)) {
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              }
            }));
  }

  @Test
  void changedFilesCountForNewConnectionsAndBrokenOnesDoNot() throws Exception {
    Path certificate = file("changing.crt");
    Path key = file("changing.key");
    Authority.write(authority.server("first", Duration.ofDays(3)), certificate, key);
    try (TestEdge edge =
        edge("tls.certificate", certificate.toString(), "tls.key", key.toString())) {
      assertEquals("CN=first", shownTo(edge, null));
      assertEquals(2.9, edge.gauge("sentinel.edge.tls.certificate.expiry.days"), 0.11);
      String id = EdgeSuite.newId();
      try (RawClient old = new RawClient(handshake(edge, authority.trusting(), null))) {
        old.connect(4, id, EdgeSuite.USER, AuthDatabase.PASSWORD);
        assertEquals(2, old.read().type());

        Authority.replace(certificate, "no certificate");
        Await.until(
            "the broken file is noticed",
            () -> edge.counter("sentinel.edge.tls.reloads", "outcome", "failed") >= 1);
        assertEquals("CN=first", shownTo(edge, null));

        Authority.write(authority.server("second", Duration.ofDays(9)), certificate, key);
        Await.until("new connections see it", () -> shownTo(edge, null).equals("CN=second"));
        assertEquals(8.9, edge.gauge("sentinel.edge.tls.certificate.expiry.days"), 0.11);

        old.send(0xC0);
        assertEquals(13, old.read().type(), "the old connection lives on");
      }
    }
  }

  @Test
  void encryptedKeyNeedsItsPassword() throws Exception {
    Authority.writeEncryptedKey(authority.server("secret"), file("other.key"));
    var bundle = authority.server("secret");
    Authority.write(bundle, file("secret.crt"), file("plain.key"));
    Authority.writeEncryptedKey(bundle, file("secret.key"));
    Object[] files = {
      "tls.certificate", file("secret.crt").toString(), "tls.key", file("secret.key").toString()
    };
    try (TestEdge edge = edge(with(files, "tls.key-password", Authority.KEY_PASSWORD))) {
      assertEquals("CN=secret", shownTo(edge, null));
    }
    assertStartFails("secret.key is no PKCS #8 key", with(files, "tls.key-password", "wrong"));
    files[3] = file("other.key").toString();
    assertStartFails(
        "other.key is not the key of", with(files, "tls.key-password", Authority.KEY_PASSWORD));
    files[3] = file("missing.key").toString();
    assertStartFails("missing.key cannot be read", files);
    files[1] = null;
    assertStartFails("sentinel.edge.tls.certificate is 'null'", files);
  }

  private void assertStartFails(String message, Object... settings) {
    Exception failure = assertThrows(Exception.class, () -> edge(settings).close());
    String told = ServiceMain.rootMessage(failure);
    assertTrue(told.contains(message), told);
  }

  private static Object[] with(Object[] settings, Object... more) {
    return java.util.stream.Stream.concat(
            java.util.Arrays.stream(settings), java.util.Arrays.stream(more))
        .toArray();
  }

  @Test
  void silentHandshakeAndNonsenseAreEnded() throws Exception {
    try (TestEdge edge = edge("tls.handshake-timeout", "300ms")) {
      try (Socket silent = new Socket("127.0.0.1", port(edge))) {
        silent.setSoTimeout(60_000);
        assertEquals(-1, silent.getInputStream().read());
      }
      try (Socket plain = new Socket("127.0.0.1", port(edge))) {
        plain.setSoTimeout(60_000);
        plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        while (plain.getInputStream().read() >= 0) {
          // an alert, then the end
        }
      }
      assertEquals("CN=localhost", shownTo(edge, null), "others are not affected");
    }
  }

  @Test
  void mosquittosPublisherConnects() throws Exception {
    String program = Requires.program("mosquitto_pub").toString();
    try (TestEdge edge = edge()) {
      String id = EdgeSuite.newId();
      Process process =
          new ProcessBuilder(
                  program,
                  "-h",
                  "localhost",
                  "-p",
                  "" + port(edge),
                  "-i",
                  id,
                  "-u",
                  EdgeSuite.USER,
                  "-P",
                  AuthDatabase.PASSWORD,
                  "--cafile",
                  file("ca.pem").toString(),
                  "-q",
                  "1",
                  "-t",
                  "clients/" + id + "/up",
                  "-m",
                  "hello")
              .redirectErrorStream(true)
              .redirectOutput(file("mosquitto.log").toFile())
              .start();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), Files.readString(file("mosquitto.log")));
      assertEquals(5, fanoutMessage(id));
    }
  }
}
