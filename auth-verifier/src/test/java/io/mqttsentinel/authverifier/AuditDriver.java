package io.mqttsentinel.authverifier;

import static io.mqttsentinel.authverifier.Samples.START;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The topology under a trail of logins; its wall clock moves with {@link #pass}. */
final class AuditDriver implements AutoCloseable {

  static final String EDGE_LIFE = "edge-0/" + Long.toString(7, Character.MAX_RADIX);

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AvroSerdes serdes = new AvroSerdes(new InMemorySchemaRegistry());
  private final TopologyTestDriver driver;
  private final TestInputTopic<String, AuthAudit> audits;
  private final TestInputTopic<String, EdgeEvent> edges;
  private final TestOutputTopic<String, SecurityEvent> events;
  private Instant now = START;
  private long sequence;

  AuditDriver(Settings settings, Origins origins, Path state) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "audit-test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    driver =
        new TopologyTestDriver(
            AuthVerifierTopology.build(
                settings,
                origins,
                Samples.LIMITS,
                serdes,
                new ServiceMetrics(meters),
                new FakeSessionLog(),
                clock()),
            properties,
            START);
    audits = input(Topics.AUDIT_AUTH);
    edges = input(Topics.EDGES_OVER);
    events = output(Topics.SECURITY_EVENTS);
  }

  /** Lets a client in. */
  void login(String username, String clientId, long epoch, String address) {
    audit(AuditActivity.CONNECT, AuditOutcome.SUCCESS, username, clientId, epoch, address);
  }

  void over(String username, String clientId, long epoch, String address) {
    audit(AuditActivity.DISCONNECT, AuditOutcome.SUCCESS, username, clientId, epoch, address);
  }

  void audit(
      AuditActivity activity,
      AuditOutcome outcome,
      String username,
      String clientId,
      long epoch,
      String address) {
    String cause = outcome == AuditOutcome.FAILURE ? "denied" : "";
    AuthAudit audit = Samples.audit(activity, outcome, cause, clientId, epoch, address, now);
    audit.setUsername(username);
    audit.setProducer(EDGE_LIFE);
    audit.setSequence(++sequence);
    audits.pipeInput(clientId, audit, now);
  }

  /** An edge stopped, or another life of it began. */
  void edge(EdgeEventType type, long bootId) {
    edges.pipeInput(
        "edge-0",
        EdgeEvent.newBuilder()
            .setAt(now)
            .setRegion("local")
            .setEdge("edge-0")
            .setLane(0)
            .setBootId(bootId)
            .setType(type)
            .build(),
        now);
  }

  /** Lets time pass, and the punctuations that are due. */
  void pass(Duration time) {
    now = now.plus(time);
    driver.advanceWallClockTime(time);
  }

  List<SecurityEvent> events() {
    return events.readValuesToList();
  }

  List<String> types() {
    return events().stream().map(SecurityEvent::getType).toList();
  }

  long stored(String store) {
    long count = 0;
    try (var all = driver.getKeyValueStore(store).all()) {
      for (; all.hasNext(); all.next()) {
        count++;
      }
    }
    return count;
  }

  <V extends SpecificRecord> TestInputTopic<String, V> input(Topic<String, V> topic) {
    return driver.createInputTopic(
        topic.name(), new StringSerializer(), serdes.value(topic).serializer());
  }

  <V extends SpecificRecord> TestOutputTopic<String, V> output(Topic<String, V> topic) {
    return driver.createOutputTopic(
        topic.name(), new StringDeserializer(), serdes.value(topic).deserializer());
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now;
      }
    };
  }

  @Override
  public void close() {
    driver.close();
  }
}
