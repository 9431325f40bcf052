package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceIT {

  @TempDir Path state;

  @Test
  void aTopologyRunsReportsAndStartsAgainUnderItsName() throws Exception {
    for (int start = 0; start < 2; start++) {
      try (ApplicationContext context = ServiceMain.start(Set.of(), properties())) {
        RunningTopology topology =
            context
                .getBean(TopologyRunner.class)
                .start("runtime-it", copy(context.getBean(AvroSerdes.class)));
        Await.until("the topology runs", () -> topology.state() == State.RUNNING);

        String address = context.getBean(EmbeddedServer.class).getURL().toString();
        HttpResponse<String> health = get(address + "/health/readiness");
        assertEquals(200, health.statusCode(), health.body());
        assertTrue(health.body().contains("\"runtime-it\":\"RUNNING\""), health.body());
        Await.until(
            "Kafka's own meters", () -> get(address + "/prometheus").body().contains("\nkafka_"));
        topology.close();
        assertEquals(503, get(address + "/health/readiness").statusCode());
      }
    }
  }

  @Test
  void aClusterThatCannotBeReachedIsNamed() {
    Map<String, Object> properties = new HashMap<>(properties());
    properties.put("sentinel.kafka.bootstrap-servers", "127.0.0.1:1");
    properties.put("sentinel.kafka.properties.default.api.timeout.ms", "2000");
    properties.put("sentinel.kafka.properties.request.timeout.ms", "1000");
    try (ApplicationContext context = ServiceMain.start(Set.of(), properties)) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> context.getBean(TopicCreation.class).ensure());
      assertTrue(e.getMessage().contains("127.0.0.1:1"), e.getMessage());
    }
  }

  private Map<String, Object> properties() {
    return Map.of(
        "sentinel.kafka.bootstrap-servers",
        TestKafka.shared().bootstrapServers(),
        "sentinel.kafka.replication-factor",
        1,
        "sentinel.kafka.partitions",
        2,
        "sentinel.registry.url",
        TestKafka.shared().registryUrl(),
        "sentinel.streams.state-directory",
        state.toString(),
        "micronaut.server.port",
        -1,
        "micronaut.server.host",
        "127.0.0.1");
  }

  private static Topology copy(AvroSerdes serdes) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(Topics.INSPECTED_AUTH.name(), TopicIo.from(Topics.INSPECTED_AUTH, serdes, "in"))
        .to(
            Topics.MESSAGES_QUARANTINED.name(),
            TopicIo.to(Topics.MESSAGES_QUARANTINED, serdes, "out"));
    return builder.build();
  }

  private static HttpResponse<String> get(String address) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(address)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
