package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class AvroSerdeTest {

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final Serde<InspectedMessage> serde = new AvroSerdes(registry).value(Topics.MQTT_INBOUND);

  @Test
  void startsWithConfluentsHeader() {
    byte[] bytes = write(message("clients/dev-1/alerts", new byte[] {1, 2, 3}));

    assertEquals(0, bytes[0]);
    int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
    assertEquals(Schemas.published(InspectedMessage.class), registry.schema(id));
  }

  @Property(tries = 200)
  void readsBackWhatItWrote(@ForAll String topic, @ForAll byte[] payload) {
    InspectedMessage message = message(topic, payload);

    assertEquals(message, read(write(message)));
  }

  @Test
  void findingsSurviveTheWay() {
    InspectedMessage message = message("t", new byte[0]);
    Finding finding =
        Finding.newBuilder()
            .setRuleId("sql_injection")
            .setStage("pattern-matcher")
            .setAnalyticType(AnalyticType.RULE)
            .setSeverity(Severity.HIGH)
            .setAction(Action.BLOCK)
            .setTitle("SQL injection")
            .setAttributes(Map.of("expected", "none"))
            .build();
    Instant now = Instant.ofEpochMilli(5);

    InspectedMessage read =
        read(write(Envelope.append(message, "pattern-matcher", List.of(finding), now)));

    assertEquals(List.of(finding), read.getFindings());
    assertEquals(List.of(new StageStamp("pattern-matcher", now)), read.getStamps());
  }

  @Test
  void readsWhatAnOlderSchemaWrote() {
    Schema older =
        new Schema.Parser()
            .parse(
                """
                {"type":"record","name":"SessionFenced","namespace":"io.mqttsentinel.schemas",
                 "fields":[{"name":"clientId","type":"string"},{"name":"epoch","type":"long"},
                           {"name":"reasonCode","type":"int"},
                           {"name":"since","type":"long","default":0}]}\
                """);
    int id = registry.register("other-value", older);
    // client id "a", epoch 1, reason 2, since 3
    byte[] bytes = {0, 0, 0, 0, (byte) id, 2, 'a', 2, 4, 6};

    SessionFenced read =
        new AvroSerdes(registry)
            .named("other", SessionFenced.class)
            .deserializer()
            .deserialize("other", bytes);

    assertEquals(new SessionFenced("a", 1L, 2), read);
  }

  @Test
  void aRecordThatDoesNotFitLeavesNothingInTheNextOne() {
    InspectedMessage broken = message("clients/broken/alerts", new byte[10]);
    broken.setProperties(null);
    assertThrows(SerializationException.class, () -> write(broken));
    InspectedMessage sound = message("t", new byte[0]);

    assertEquals(sound, read(write(sound)));
  }

  @Test
  void nullIsATombstone() {
    assertNull(serde.serializer().serialize("t", null));
    assertNull(serde.deserializer().deserialize("t", null));
  }

  @Property(tries = 500)
  void hostileBytesAreRefusedAndNothingElse(@ForAll byte[] tail) {
    byte[] bytes = new byte[5 + tail.length];
    bytes[4] = 1;
    System.arraycopy(tail, 0, bytes, 5, tail.length);
    try {
      read(bytes);
    } catch (SerializationException e) {
      assertTrue(e.getMessage().startsWith("mqtt.inbound-value: "), e.getMessage());
    }
  }

  @Test
  void foreignBytesAreNamed() {
    SerializationException e =
        assertThrows(SerializationException.class, () -> read(new byte[] {'{', '}'}));
    assertTrue(e.getMessage().contains("2 bytes"), e.getMessage());

    e = assertThrows(SerializationException.class, () -> read(new byte[] {0, 0, 0, 0, 99, 1}));
    assertTrue(e.getMessage().contains("id 99"), e.getMessage());
  }

  @Test
  void aRegistryThatIsAwayIsNotTheRecordsFault() {
    SchemaRegistryException away = SchemaRegistryException.unreachable("nobody there", null);
    SchemaRegistry registry =
        new SchemaRegistry() {
          @Override
          public int register(String subject, Schema schema) {
            return 1;
          }

          @Override
          public Schema schema(int id) {
            throw away;
          }
        };
    Serde<InspectedMessage> serde = new AvroSerdes(registry).value(Topics.MQTT_INBOUND);

    SchemaRegistryException thrown =
        assertThrows(
            SchemaRegistryException.class,
            () -> serde.deserializer().deserialize("t", new byte[] {0, 0, 0, 0, 1, 1}));

    assertSame(away, thrown);
  }

  private byte[] write(InspectedMessage message) {
    return serde.serializer().serialize("mqtt.inbound", message);
  }

  private InspectedMessage read(byte[] bytes) {
    return serde.deserializer().deserialize("mqtt.inbound", bytes);
  }

  private static InspectedMessage message(String topic, byte[] payload) {
    return InspectedMessage.newBuilder()
        .setEpoch(7)
        .setSequence(1)
        .setSource(MessageSource.DEVICE)
        .setRegion("local")
        .setEdge("edge-0")
        .setClientId("dev-1")
        .setTopic(topic)
        .setPayload(ByteBuffer.wrap(payload))
        .setQos(1)
        .setProperties(MessageProperties.newBuilder().build())
        .setAcceptedAt(Instant.ofEpochSecond(1_700_000_000, 123_000))
        .build();
  }
}
