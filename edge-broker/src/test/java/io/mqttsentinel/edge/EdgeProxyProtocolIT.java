package io.mqttsentinel.edge;

import static io.mqttsentinel.edge.RawClient.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An edge behind a load balancer, played byte by byte. */
@TestInstance(Lifecycle.PER_CLASS)
class EdgeProxyProtocolIT {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String V1 = "PROXY TCP4 203.0.113.9 10.0.0.1 40000 8883\r\n";
  private static final String V2 = SIGNATURE + "2111000ccb0071090a0000019c4022b3"; // the same
  private static final String V2_IP6 =
      SIGNATURE
          + "21210024"
          + "20010db8000000000000000000000007"
          + "20010db8000000000000000000000001"
          + "9c4022b3";
  private static final String V2_LOCAL = SIGNATURE + "20000000";

  @TempDir private static Path directory;
  private AuthDatabase database;
  private FanoutDouble fanout;
  private TopicLog<AuthAudit> audits;
  private Authority authority;
  private TestEdge any;
  private TestEdge second;

  @BeforeAll
  void start() throws Exception {
    database = new AuthDatabase();
    database.user(EdgeSuite.USER);
    authority = new Authority();
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    Authority.write(authority.server("localhost"), certificate, key);
    any =
        TestEdge.start(
            0,
            database.url(),
            Map.of(
                "sentinel.edge.proxy-protocol",
                "any",
                "sentinel.edge.connect-timeout",
                "2s",
                "sentinel.edge.tls-port",
                0,
                "sentinel.edge.tls.certificate",
                certificate.toString(),
                "sentinel.edge.tls.key",
                key.toString()));
    second = TestEdge.start(1, database.url(), Map.of("sentinel.edge.proxy-protocol", "v2"));
    fanout = new FanoutDouble();
    audits = EdgeSuite.log(Topics.AUDIT_AUTH);
  }

  @AfterAll
  void stop() throws Exception {
    audits.close();
    any.close();
    second.close();
    fanout.close();
    database.close();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static RawClient client(TestEdge edge) throws IOException {
    return new RawClient(edge.server().tcpPort());
  }

  private String addressAfter(TestEdge edge, byte[] header) throws IOException {
    try (RawClient client = client(edge)) {
      client.sendRaw(header);
      return connectedFrom(client);
    }
  }

  private String connectedFrom(RawClient client) throws IOException {
    String id = EdgeSuite.newId();
    client.connect(4, id, EdgeSuite.USER, AuthDatabase.PASSWORD);
    assertEquals(2, client.read().type());
    return Await.value(
            "the audit of " + id,
            () -> audits.poll(a -> a.getClientId().equals(id)),
            list -> !list.isEmpty())
        .getFirst()
        .getRemoteAddress();
  }

  @Test
  void addressIsTheOneThatTheHeaderTells() throws Exception {
    assertEquals("203.0.113.9:40000", addressAfter(any, ascii(V1)));
    assertEquals("203.0.113.9:40000", addressAfter(any, hex(V2)));
    assertEquals("203.0.113.9:40000", addressAfter(second, hex(V2)));
    assertEquals("[2001:db8:0:0:0:0:0:7]:40000", addressAfter(any, hex(V2_IP6)));
  }

  @Test
  void healthCheckOfTheLoadBalancerKeepsItsOwnAddress() throws Exception {
    assertTrue(addressAfter(any, hex(V2_LOCAL)).startsWith("127.0.0.1:"));
    assertTrue(addressAfter(any, ascii("PROXY UNKNOWN\r\n")).startsWith("127.0.0.1:"));
  }

  @Test
  void limitsAndBansApplyToWhoTellsNoAddressToo() throws Exception {
    try (TestEdge strict =
            TestEdge.start(
                2,
                database.url(),
                Map.of(
                    "sentinel.edge.proxy-protocol", "any",
                    "sentinel.edge.limits.exempt-addresses", "none",
                    "sentinel.edge.limits.connections-per-address", 1));
        RawClient first = client(strict)) {
      first.sendRaw(hex(V2_LOCAL));
      assertTrue(connectedFrom(first).startsWith("127.0.0.1:"));
      for (byte[] header : new byte[][] {hex(V2_LOCAL), ascii("PROXY UNKNOWN\r\n")}) {
        try (RawClient next = client(strict)) {
          next.sendRaw(header);
          assertNull(next.read(), "one too many from this address");
        }
      }
    }
  }

  @Test
  void headerMayComeByteByByteAndTogetherWithConnect() throws Exception {
    try (RawClient client = client(any)) {
      for (byte one : hex(V2)) {
        client.sendRaw(new byte[] {one});
      }
      assertEquals("203.0.113.9:40000", connectedFrom(client));
    }
    String id = EdgeSuite.newId();
    byte[] body = RawClient.connectBody(4, id, EdgeSuite.USER, AuthDatabase.PASSWORD);
    try (RawClient client = client(any)) {
      client.sendRaw(bytes(ascii(V1), new byte[] {0x10, (byte) body.length}, body));
      assertEquals(2, client.read().type());
    }
  }

  @Test
  void headerComesBeforeTheHandshake() throws Exception {
    try (var plain = new java.net.Socket("127.0.0.1", any.server().tlsPort())) {
      plain.getOutputStream().write(ascii(V1));
      SSLSocketFactory factory = authority.trusting().getSocketFactory();
      SSLSocket encrypted = (SSLSocket) factory.createSocket(plain, "localhost", 0, true);
      encrypted.setSoTimeout(60_000);
      try (RawClient client = new RawClient(encrypted)) {
        assertEquals("203.0.113.9:40000", connectedFrom(client));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "101300044d5154540402003c000764657669636531", // CONNECT, no header
        "50524f58592054435034203939392e312e312e31203120322033203420350d0a", // PROXY TCP4 999.1.1.1
        "50524f585920544350340d0a00000000000000", // nothing in it
        SIGNATURE + "3111000ccb0071090a0000019c4022b3", // version 3
        SIGNATURE + "2f11000ccb0071090a0000019c4022b3", // unknown command
        SIGNATURE + "21110004cb007109", // too short for its addresses
        SIGNATURE + "2111ffffcb0071090a0000019c4022b3", // longer than any
        SIGNATURE + "2111000f" + "cb0071090a0000019c4022b3" + "0400ff", // extension past the end
      })
  void anythingElseIsClosed(String hostile) throws Exception {
    try (RawClient client = client(any)) {
      client.sendRaw(hex(hostile));
      assertNull(client.read());
    }
  }

  @Test
  void endlessHeaderIsClosed() throws Exception {
    try (RawClient client = client(any)) {
      client.sendRaw(ascii("PROXY TCP4 " + "1".repeat(400)));
      assertNull(client.read());
    }
  }

  @Test
  void otherVersionThanTheConfiguredIsClosed() throws Exception {
    try (RawClient client = client(second)) {
      client.sendRaw(ascii(V1));
      client.connect(4, EdgeSuite.newId(), EdgeSuite.USER, AuthDatabase.PASSWORD);
      assertNull(client.read());
    }
    assertEquals(1, second.counter("sentinel.edge.refused", "reason", "proxy_header_version"));
  }

  @Test
  void unfinishedHeaderIsEndedInTime() throws Exception {
    try (RawClient client = client(any)) {
      client.sendRaw(hex(SIGNATURE));
      assertNull(client.read());
    }
  }
}
