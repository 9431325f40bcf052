package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.MapPropertySource;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.exceptions.DisabledBeanException;
import io.mqttsentinel.bridge.BridgeConfig.Retained;
import io.mqttsentinel.runtime.ServiceMain;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BridgeConfigTest {

  @Test
  void defaults() {
    assertEquals(
        new BridgeConfig(
            "tcp://127.0.0.1:1883",
            "mqtt-sentinel-bridge",
            null,
            null,
            List.of("clients/+/alerts"),
            "",
            "",
            Retained.AT_FIRST_SUBSCRIBE,
            100,
            262_144,
            4_194_304,
            Duration.ofSeconds(30),
            Duration.ofHours(72),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMillis(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            null,
            null,
            null,
            null,
            List.of()),
        config());
  }

  @Test
  void everyKey() {
    assertEquals(
        new BridgeConfig(
            "wss://origin.example:8443/mqtt?x=1",
            "bridge-7",
            "u",
            "p",
            List.of("site/+/a", "site/b/#"),
            "site/",
            "clients/",
            Retained.NEVER,
            7,
            1000,
            70_000,
            Duration.ofSeconds(11),
            Duration.ofHours(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5),
            Duration.ofMillis(6),
            Duration.ofSeconds(12),
            Duration.ofSeconds(7),
            "trust.pem",
            "tp",
            "keys.p12",
            "kp",
            List.of("X-Gate: open", "Authorization: Basic eDp5")),
        config(
            "sentinel.bridge.uri", "wss://origin.example:8443/mqtt?x=1",
            "sentinel.bridge.client-id", "bridge-7",
            "sentinel.bridge.username", "u",
            "sentinel.bridge.password", "p",
            "sentinel.bridge.topics", "site/+/a, site/b/#",
            "sentinel.bridge.topic-prefix-in", "site/",
            "sentinel.bridge.topic-prefix-out", "clients/",
            "sentinel.bridge.retained", "never",
            "sentinel.bridge.receive-maximum", "7",
            "sentinel.bridge.max-message-bytes", "1000",
            "sentinel.bridge.max-packet-bytes", "70000",
            "sentinel.bridge.keep-alive", "11s",
            "sentinel.bridge.session-expiry", "1h",
            "sentinel.bridge.connect-timeout", "2s",
            "sentinel.bridge.reconnect-first", "3s",
            "sentinel.bridge.reconnect-longest", "4s",
            "sentinel.bridge.taken-over-pause", "5s",
            "sentinel.bridge.linger", "6ms",
            "sentinel.bridge.delivery-timeout", "12s",
            "sentinel.bridge.drain-time", "7s",
            "sentinel.bridge.trust-store", "trust.pem",
            "sentinel.bridge.trust-store-password", "tp",
            "sentinel.bridge.key-store", "keys.p12",
            "sentinel.bridge.key-store-password", "kp",
            "sentinel.bridge.websocket-headers", "X-Gate: open,Authorization: Basic eDp5"));
  }

  /** As a container's environment gives it. */
  @Test
  void environmentVariablesSetListsToo() {
    BridgeConfig config =
        read(
            new MapPropertySource(
                "environment",
                Map.of(
                    "SENTINEL_BRIDGE_URI", "ssl://origin:8883",
                    "SENTINEL_BRIDGE_CLIENT_ID", "from-env",
                    "SENTINEL_BRIDGE_TOPICS", "clients/+/alerts,site/#",
                    "SENTINEL_BRIDGE_RECEIVE_MAXIMUM", "5")) {
              @Override
              public PropertyConvention getConvention() {
                return PropertyConvention.ENVIRONMENT_VARIABLE;
              }
            });
    assertEquals("from-env", config.clientId());
    assertEquals(List.of("clients/+/alerts", "site/#"), config.topics());
    assertEquals(5, config.receiveMaximum());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uri | http://h:1 | tcp://host:port",
        "uri | tcp://h:1/path | no path",
        "uri | tcp://u:p@h:1 | no credentials",
        "uri | tcp://h:70000 | a port",
        "client-id | ' ' | a value",
        "topics | a/#/b | a topic filter",
        "topic-prefix-in | a+b/ | a filter of topics that start with",
        "topic-prefix-out | a# | without wildcards",
        "receive-maximum | 0 | between",
        "receive-maximum | 65536 | between",
        "max-message-bytes | 0 | at least 1",
        "max-packet-bytes | 1000 | at least 327680",
        "keep-alive | 0s | between",
        "session-expiry | 0s | between",
        "connect-timeout | 0s | a positive duration",
        "reconnect-longest | 1ms | at least sentinel.bridge.reconnect-first",
        "linger | -1ms | at least 0",
        "delivery-timeout | 10s | for a request",
        "drain-time | 0s | a positive duration",
        "websocket-headers | nonsense | 'Name: value'",
      })
  void aBadValueIsRefusedByName(String key, String value, String expected) {
    RuntimeException refusal =
        assertThrows(RuntimeException.class, () -> config("sentinel.bridge." + key, value));
    assertTrue(
        ServiceMain.rootMessage(refusal).contains(expected), ServiceMain.rootMessage(refusal));
  }

  @Test
  void withoutAddressTheStartIsRefused() {
    RuntimeException refusal =
        assertThrows(RuntimeException.class, () -> read(PropertySource.of("none", Map.of())));
    assertTrue(
        ServiceMain.rootMessage(refusal).startsWith("configuration sentinel.bridge.uri is"),
        ServiceMain.rootMessage(refusal));
  }

  @Test
  void secretsAreNotPrinted() {
    BridgeConfig config =
        config(
            "sentinel.bridge.password", "s3cret",
            "sentinel.bridge.key-store-password", "s3cret",
            "sentinel.bridge.websocket-headers", "X-Key: s3cret");
    assertFalse(config.toString().contains("s3cret"), config.toString());
  }

  @Test
  void missingTrustStoreIsRefusedByName() {
    BridgeConfig config =
        config("sentinel.bridge.uri", "ssl://h:1", "sentinel.bridge.trust-store", "/nowhere.pem");
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> OriginTls.context(config));
    assertTrue(refusal.getMessage().contains("sentinel.bridge.trust-store"));
  }

  /** A configuration as the application reads it; keys and values in turn. */
  static BridgeConfig config(String... keysAndValues) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("sentinel.bridge.uri", "tcp://127.0.0.1:1883");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return read(PropertySource.of("test", properties));
  }

  private static BridgeConfig read(PropertySource source) {
    Map<String, Object> switches =
        Map.of("sentinel.services.ingest-bridge", "true", WithoutBridge.SWITCH, "true");
    try (ApplicationContext context =
        ApplicationContext.builder()
            .propertySources(PropertySource.of("switches", switches), source)
            .start()) {
      return context.getBean(BridgeConfig.class);
    }
  }

  /** Configuration alone needs neither Kafka nor an origin. */
  @Factory
  @Requires(property = WithoutBridge.SWITCH)
  static final class WithoutBridge {

    static final String SWITCH = "test.without-bridge";

    @SuppressWarnings("DoNotCallSuggester") // the container calls it and takes the bean away
    @Context
    @Replaces(value = Bridge.class, factory = BridgeFactory.class)
    Bridge none() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
