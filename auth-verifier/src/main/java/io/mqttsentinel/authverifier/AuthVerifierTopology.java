package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.KnownSession;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Messages and session events of a client meet in one task: both topics have the same partitions
 * and the same key. The audit trail of a client is watched beside it.
 */
final class AuthVerifierTopology {

  private static final String READ_SESSIONS = "read-session-events";
  private static final String READ_MESSAGES = "read-inspected-anomaly";
  private static final String VERIFY = "verify";
  private static final String WRITE = "write-inspected-auth";
  private static final String READ_AUDIT = "read-audit-auth";
  private static final String WATCH_LOGINS = "watch-logins";
  private static final String WRITE_EVENTS = "write-login-events";

  private AuthVerifierTopology() {}

  static Topology build(
      AuthVerifierConfig config,
      LoginWatchConfig logins,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      SessionLog log,
      Clock clock) {
    AuthVerifierMetrics meters = new AuthVerifierMetrics(metrics);
    Topology topology = new Topology();
    read(topology, READ_SESSIONS, Topics.SESSION_EVENTS, serdes);
    read(topology, READ_MESSAGES, Topics.INSPECTED_ANOMALY, serdes);
    topology.addProcessor(
        VERIFY, new Verifiers(config, serdes, meters, log, clock), READ_SESSIONS, READ_MESSAGES);
    topology.addSink(
        WRITE,
        Topics.INSPECTED_AUTH.name(),
        Topics.INSPECTED_AUTH.keySerde().serializer(),
        serdes.value(Topics.INSPECTED_AUTH).serializer(),
        TopicIo.partitioner(Topics.INSPECTED_AUTH),
        VERIFY);

    // What happened before anybody watched is no news.
    topology.addSource(
        AutoOffsetReset.latest(),
        READ_AUDIT,
        Topics.AUDIT_AUTH.keySerde().deserializer(),
        serdes.value(Topics.AUDIT_AUTH).deserializer(),
        Topics.AUDIT_AUTH.name());
    ProcessorSupplier<String, AuthAudit, String, SecurityEvent> watch =
        () -> new LoginProcessor(logins, meters, clock);
    topology.addProcessor(WATCH_LOGINS, watch, READ_AUDIT);
    topology.addSink(
        WRITE_EVENTS,
        Topics.SECURITY_EVENTS.name(),
        Topics.SECURITY_EVENTS.keySerde().serializer(),
        serdes.value(Topics.SECURITY_EVENTS).serializer(),
        TopicIo.partitioner(Topics.SECURITY_EVENTS),
        WATCH_LOGINS);
    return topology;
  }

  private static <V extends SpecificRecord> void read(
      Topology topology, String name, Topic<String, V> topic, AvroSerdes serdes) {
    topology.addSource(
        name, topic.keySerde().deserializer(), serdes.value(topic).deserializer(), topic.name());
  }

  /** One processor for each task, with its two stores. */
  private record Verifiers(
      AuthVerifierConfig config,
      AvroSerdes serdes,
      AuthVerifierMetrics metrics,
      SessionLog log,
      Clock clock)
      implements ProcessorSupplier<String, SpecificRecord, String, InspectedMessage> {

    @Override
    public Processor<String, SpecificRecord, String, InspectedMessage> get() {
      return new VerifyProcessor(config, metrics, log, clock);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      return Set.of(
          Stores.keyValueStoreBuilder(
              Stores.persistentKeyValueStore(VerifyProcessor.SESSIONS),
              Serdes.String(),
              serdes.named("auth-verifier-sessions", KnownSession.class)),
          Stores.timestampedKeyValueStoreBuilder(
              Stores.persistentTimestampedKeyValueStore(VerifyProcessor.HELD_MESSAGES),
              Serdes.String(),
              serdes.named("auth-verifier-held-messages", InspectedMessage.class)));
    }
  }
}
