package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.MapPropertySource;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {

  @Test
  void defaultsAreThoseOfAProductionCluster() {
    try (ApplicationContext context = ApplicationContext.run()) {
      assertEquals(
          new KafkaConfig("localhost:9092", 12, 64, 3, Duration.ofDays(3), Map.of()),
          context.getBean(KafkaConfig.class));
      assertEquals(new NodeConfig("local", "node-0"), context.getBean(NodeConfig.class));
      assertEquals(
          new RegistryConfig("http://localhost:8081", null, null, 8),
          context.getBean(RegistryConfig.class));
    }
  }

  @Test
  void everyKeyArrives() {
    Map<String, Object> properties =
        Map.of(
            "sentinel.kafka.bootstrap-servers",
            "k:1",
            "sentinel.kafka.partitions",
            2,
            "sentinel.kafka.lanes",
            3,
            "sentinel.kafka.replication-factor",
            1,
            "sentinel.kafka.cleared-retention",
            "1h",
            "sentinel.kafka.properties.security.protocol",
            "SASL_SSL");
    try (ApplicationContext context = ApplicationContext.run(properties)) {
      KafkaConfig kafka = context.getBean(KafkaConfig.class);
      assertEquals(
          new KafkaConfig(
              "k:1", 2, 3, 1, Duration.ofHours(1), Map.of("security.protocol", "SASL_SSL")),
          kafka);
      assertEquals("SASL_SSL", kafka.client().get("security.protocol"));
      assertEquals("k:1", kafka.client().get("bootstrap.servers"));
    }
  }

  /** The Helm chart sets Kafka's own properties so. */
  @Test
  void propertiesOfKafkaClientsComeFromTheEnvironmentToo() {
    MapPropertySource environment =
        new MapPropertySource(
            "environment",
            Map.of(
                "SENTINEL_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_SSL",
                "SENTINEL_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "secret",
                "SENTINEL_KAFKA_PROPERTIES_SSL_TRUSTSTORE_CERTIFICATES", "pem")) {
          @Override
          public PropertyConvention getConvention() {
            return PropertyConvention.ENVIRONMENT_VARIABLE;
          }
        };
    try (ApplicationContext context =
        ApplicationContext.builder().propertySources(environment).start()) {
      Map<String, Object> client = context.getBean(KafkaConfig.class).client();
      assertEquals("SASL_SSL", client.get("security.protocol"));
      assertEquals("secret", client.get("sasl.jaas.config"));
      assertEquals("pem", client.get("ssl.truststore.certificates"));
    }
  }

  @Test
  void aBadValueNamesKeyValueAndExpectation() {
    try (ApplicationContext context =
        ApplicationContext.run(Map.of("sentinel.kafka.partitions", 0))) {
      RuntimeException e =
          assertThrows(RuntimeException.class, () -> context.getBean(KafkaConfig.class));
      assertEquals(
          "configuration sentinel.kafka.partitions is '0', expected at least 1",
          ServiceMain.rootMessage(e));
    }
  }

  @Test
  void aHeartbeatMustFitIntoTheSession() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new TopologyTuning(
                    1,
                    "d",
                    0,
                    Duration.ofMillis(100),
                    Duration.ofMillis(1),
                    "none",
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    64L << 20));
    assertTrue(e.getMessage().contains("sentinel.streams.heartbeat-interval"), e.getMessage());
  }

  @Test
  void aPasswordIsNeverPrinted() {
    RegistryConfig config = new RegistryConfig("http://r", "user", "secret-word", 1);

    assertFalse(config.toString().contains("secret-word"));
  }
}
