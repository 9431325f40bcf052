package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.exceptions.DisabledBeanException;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.runtime.ServiceMain;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdgeConfigTest {

  @Test
  void hasDefaults() {
    try (ApplicationContext context = context(Map.of("sentinel.edge.tls-port", 8883))) {
      EdgeConfig edge = context.getBean(EdgeConfig.class);
      assertEquals("0.0.0.0", edge.host());
      assertEquals(EdgeConfig.OFF, edge.tcpPort(), "nothing unencrypted unless it is asked for");
      assertEquals(EdgeConfig.OFF, edge.websocketPort());
      assertEquals(8883, edge.tlsPort());
      assertEquals(EdgeConfig.OFF, edge.secureWebsocketPort());
      assertEquals("off", edge.proxyProtocol());
      assertEquals(Duration.ZERO, edge.drainDelay());
      assertEquals("1.3", context.getBean(TlsConfig.class).minimumVersion());
      assertEquals(0, edge.lane());
      assertEquals(262144, edge.maxMessageBytes());
      assertEquals(Duration.ofSeconds(5), edge.sessionTimeout());
      assertNull(edge.longestKeepAlive());
      assertFalse(edge.anyClientId());
      assertEquals("edge-0", edge.nameIn(new NodeConfig("local", "node-0")));
      assertEquals("pod-7", edge.nameIn(new NodeConfig("local", "pod-7")));
      UplinkConfig uplink = context.getBean(UplinkConfig.class);
      assertEquals(Duration.ofMillis(2), uplink.linger());
      assertEquals(20_000, uplink.maxRecords());
      JdbcConfig jdbc = context.getBean(JdbcConfig.class);
      assertNull(jdbc.url());
      assertEquals(Duration.ofSeconds(3), jdbc.timeLimit());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sentinel.edge.tcp-port, 70000",
    "sentinel.edge.lane, 1024",
    "sentinel.edge.max-message-bytes, 5",
    "sentinel.edge.websocket-path, mqtt",
    "sentinel.edge.session-timeout, 0s",
    "sentinel.edge.longest-keep-alive, 0s",
    "sentinel.edge.max-client-id-length, 5",
    "sentinel.edge.tls-port, -2",
    "sentinel.edge.proxy-protocol, v3",
    "sentinel.edge.drain-rate, 0",
    "sentinel.edge.server-reference, ' '",
  })
  void refusesNonsenseByName(String key, String value) {
    Map<String, Object> properties = new HashMap<>(Map.of("sentinel.edge.tcp-port", 1883));
    properties.put(key, value);
    try (ApplicationContext context = context(properties)) {
      Exception failure = assertThrows(Exception.class, () -> context.getBean(EdgeConfig.class));
      String message = ServiceMain.rootMessage(failure);
      assertTrue(message.contains(key), message);
    }
  }

  @Test
  void refusesAnEdgeWithoutListener() {
    try (ApplicationContext context = context(Map.of())) {
      assertThrows(Exception.class, () -> context.getBean(EdgeConfig.class));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "minimum-version, 1.1, minimum-version",
    "hosts, example.com, hosts",
    "hosts, *=a;b, hosts",
    "client-certificates, maybe, client-certificates",
    "client-certificates, required, client-authorities",
    "provider, openssl, provider",
    "handshake-timeout, 11s, handshake-timeout",
  })
  void refusesNonsenseAboutTls(String key, String value, String named) {
    try (ApplicationContext context = context(Map.of("sentinel.edge.tls." + key, value))) {
      Exception failure = assertThrows(Exception.class, () -> context.getBean(TlsConfig.class));
      String message = ServiceMain.rootMessage(failure);
      assertTrue(message.contains("sentinel.edge.tls." + named), message);
    }
  }

  @Test
  void whatStandsBeforeAndAroundAuthenticationHasDefaults() {
    try (ApplicationContext context = context(Map.of())) {
      LimitsConfig limits = context.getBean(LimitsConfig.class);
      assertEquals(100, limits.connectsPerAddress());
      assertEquals(1000, limits.publishesPerClient());
      assertEquals(2, limits.exempt().size());
      AuthCacheConfig cache = context.getBean(AuthCacheConfig.class);
      assertEquals(Duration.ofSeconds(60), cache.positive());
      assertEquals(Duration.ofSeconds(3), cache.negative());
      assertTrue(cache.staleListeners().isEmpty(), "a failing backend denies");
      assertNull(context.getBean(AuthConfig.class).chain());
      assertEquals(Duration.ofMinutes(5), context.getBean(AbuseConfig.class).banFor());
      assertTrue(!context.getBean(CertificateAuthConfig.class).enabled());
      assertNull(context.getBean(HttpAuthConfig.class).url());
      assertTrue(context.getBean(JwtConfig.class).requireExpiry());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "limits.packets, 0",
    "limits.burst, 0s",
    "limits.exempt-addresses, 10.0.0.0/33",
    "abuse.window, 0s",
    "abuse.ban-for, -1s",
    "abuse.suspect-refusals, 0",
    "auth.breaker-failure-rate, 0",
    "auth.cache.jitter, 2",
    "auth.cache.negative, -1s",
    "http.url, auth.example/x",
    "http.url, 'https://{clientid}.example/x'",
    "http.dialect, soap",
    "http.method, put",
    "http.content-type, text/plain",
    "jdbc.url, auth-db:5432",
    "jdbc.url, jdbc:nonsense://auth-db/mqtt",
    "jwt.jwks-url, ftp://issuer.example/keys",
    "jwt.secret, tooshort",
    "certificate.client-id, subject",
    "certificate.fingerprints, abc",
  })
  void refusesNonsenseAboutWhoMayComeIn(String key, String value) {
    String full = "sentinel.edge." + key;
    Class<?> type =
        switch (key.substring(0, key.lastIndexOf('.'))) {
          case "limits" -> LimitsConfig.class;
          case "abuse" -> AbuseConfig.class;
          case "auth" -> AuthConfig.class;
          case "auth.cache" -> AuthCacheConfig.class;
          case "http" -> HttpAuthConfig.class;
          case "jdbc" -> JdbcConfig.class;
          case "jwt" -> JwtConfig.class;
          default -> CertificateAuthConfig.class;
        };
    try (ApplicationContext context = context(Map.of(full, value))) {
      String message =
          ServiceMain.rootMessage(assertThrows(Exception.class, () -> context.getBean(type)));
      assertTrue(message.contains(full), message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, a-b, true",
    "false, a/+#, false",
    "true, a/+#, true",
    "true, a\u0001b, false",
  })
  void clientIdsMayHaveAnyCharacterWhereThatIsAskedFor(boolean any, String id, boolean letIn) {
    Map<String, Object> config =
        Map.of("sentinel.edge.tls-port", 8883, "sentinel.edge.any-client-id", any);
    try (ApplicationContext context = context(config)) {
      ConnectCheck check =
          new ConnectCheck(context.getBean(EdgeConfig.class), new TopicCheck(8, 64));
      CheckedConnect checked =
          check.check(
              MqttMessageBuilders.connect()
                  .protocolVersion(MqttVersion.MQTT_5)
                  .clientId(id)
                  .cleanSession(true)
                  .build());
      assertEquals(letIn, checked instanceof ConnectRequest, checked.toString());
    }
  }

  @Test
  void keysAndSecretsForTokensExcludeEachOther() {
    Map<String, Object> both =
        Map.of(
            "sentinel.edge.jwt.secret", "0123456789abcdef0123456789abcdef",
            "sentinel.edge.jwt.jwks-url", "https://issuer.example/keys");
    try (ApplicationContext context = context(both)) {
      String message =
          ServiceMain.rootMessage(
              assertThrows(Exception.class, () -> context.getBean(JwtConfig.class)));
      assertTrue(message.contains("sentinel.edge.jwt.secret"), message);
      assertTrue(!message.contains("0123456789"), message);
    }
  }

  @Test
  void secretsAreNotPrinted() {
    try (ApplicationContext context =
        context(
            Map.of(
                "sentinel.edge.jdbc.url", "jdbc:h2:mem:x", "sentinel.edge.jdbc.password", "s3"))) {
      assertTrue(!context.getBean(JdbcConfig.class).toString().contains("s3"));
    }
  }

  /** Binds configuration as a service does, and starts no edge. */
  private static ApplicationContext context(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("sentinel.services.edge-broker", true);
    all.put("edge.config.test", true);
    all.put("micronaut.server.port", -1);
    return ApplicationContext.run(all);
  }

  @Factory
  @Requires(property = "edge.config.test")
  static final class NoEdge {
    @Context
    @SuppressWarnings("DoNotCallSuggester") // throwing is Micronaut's way to have no such bean
    @Replaces(value = EdgeServer.class, factory = EdgeFactory.class)
    EdgeServer none() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
