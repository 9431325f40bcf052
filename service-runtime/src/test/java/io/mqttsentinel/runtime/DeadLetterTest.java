package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.DeadLetter;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.SchemaRegistry;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void anUnreadableRecordIsKeptAndTheNextOnePasses() {
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    AvroSerdes serdes = new AvroSerdes(registry);
    var serde = serdes.named("in", SessionFenced.class);
    try (TopologyTestDriver driver = driver(serdes)) {
      TestInputTopic<String, byte[]> in =
          driver.createInputTopic("in", new StringSerializer(), new ByteArraySerializer());
      in.pipeInput("dev-1", new byte[] {1, 2, 3});
      in.pipeInput("dev-1", serde.serializer().serialize("in", new SessionFenced("dev-1", 5L, 0)));

      var out = driver.createOutputTopic("out", new StringDeserializer(), serde.deserializer());
      assertEquals(new SessionFenced("dev-1", 5L, 0), out.readValue());
      assertTrue(out.isEmpty());
      DeadLetter letter =
          driver
              .createOutputTopic(
                  Topics.DEAD_LETTERS.name(),
                  new StringDeserializer(),
                  serdes.value(Topics.DEAD_LETTERS).deserializer())
              .readValue();
      assertEquals("in", letter.getTopic());
      assertEquals("test", letter.getService());
      assertEquals(3, letter.getValue().remaining());
      assertTrue(letter.getReason().contains("3 bytes"), letter.getReason());
      assertEquals(1, meters.get("sentinel.dead.letters").tag("topic", "in").counter().count());
    }
  }

  @Test
  void aRecordThatOnlyTheAbsentRegistryCouldExplainIsNotGivenUp() {
    SchemaRegistry absent =
        new SchemaRegistry() {
          private final InMemorySchemaRegistry known = new InMemorySchemaRegistry();

          @Override
          public int register(String subject, Schema schema) {
            return known.register(subject, schema);
          }

          @Override
          public Schema schema(int id) {
            // What the HTTP client throws when nobody answers.
            return new io.mqttsentinel.schemas.HttpSchemaRegistry("http://127.0.0.1:1", null, 1)
                .schema(id);
          }
        };
    AvroSerdes serdes = new AvroSerdes(absent);
    try (TopologyTestDriver driver = driver(serdes)) {
      TestInputTopic<String, byte[]> in =
          driver.createInputTopic("in", new StringSerializer(), new ByteArraySerializer());

      assertThrows(
          StreamsException.class, () -> in.pipeInput("dev-1", new byte[] {0, 0, 0, 0, 1, 1}));
    }
  }

  private TopologyTestDriver driver(AvroSerdes serdes) {
    StreamsBuilder builder = new StreamsBuilder();
    var serde = serdes.named("in", SessionFenced.class);
    builder.stream("in", Consumed.with(Serdes.String(), serde))
        .to("out", Produced.with(Serdes.String(), serde));
    KafkaConfig kafka = new KafkaConfig("none:1", 1, 1, 1, Duration.ofHours(1), Map.of());
    TopologyTuning tuning =
        new TopologyTuning(
            1,
            System.getProperty("java.io.tmpdir"),
            0,
            Duration.ofMillis(100),
            Duration.ofMillis(1),
            "none",
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            64L << 20);
    Properties properties = tuning.properties("test", kafka, "i");
    properties.put(DeadLetterHandler.SERDES_CONFIG, serdes);
    properties.put(DeadLetterHandler.METRICS_CONFIG, new ServiceMetrics(meters));
    return new TopologyTestDriver(builder.build(), properties);
  }
}
