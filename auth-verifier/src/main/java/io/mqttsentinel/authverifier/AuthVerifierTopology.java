package io.mqttsentinel.authverifier;

import io.mqttsentinel.runtime.BansInForce;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.Responder;
import io.mqttsentinel.runtime.ResponseConfig;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicIo;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.KnownLogin;
import io.mqttsentinel.schemas.KnownSession;
import io.mqttsentinel.schemas.KnownUser;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Messages and session events of a client meet in one task: both topics have the same partitions
 * and the same key. The audit trail of a client is watched beside it, and behind that the user
 * names.
 */
final class AuthVerifierTopology {

  static final String WRITE_LOGINS = "write-auth-logins";
  static final Sinks LOGIN_SINKS = new Sinks("login");
  static final Sinks USER_SINKS = new Sinks("user");

  private static final String READ_SESSIONS = "read-session-events";
  private static final String READ_MESSAGES = "read-inspected-anomaly";
  private static final String VERIFY = "verify";
  private static final String WRITE = "write-inspected-auth";
  private static final String READ_AUDIT = "read-audit-auth";
  private static final String WATCH_LOGINS = "watch-logins";
  private static final String READ_LOGINS = "read-auth-logins";
  private static final String READ_EDGES_OVER = "read-edges-over";
  private static final String WATCH_USERS = "watch-users";

  private AuthVerifierTopology() {}

  /** Where findings of one kind are written, and what is done about them. */
  record Sinks(String kind) {

    String events() {
      return "write-" + kind + "-events";
    }

    String of(Topic<?, ?> topic) {
      return topic.equals(Topics.SECURITY_EVENTS)
          ? events()
          : "write-%s-%s".formatted(kind, topic.name().replace('.', '-'));
    }
  }

  static Topology build(
      Settings settings,
      Origins origins,
      ResponseConfig limits,
      AvroSerdes serdes,
      ServiceMetrics metrics,
      SessionLog log,
      Clock clock) {
    AuthVerifierMetrics meters = new AuthVerifierMetrics(metrics);
    LoginReport.Tools tools =
        new LoginReport.Tools(
            settings.responses(),
            new Responder(AuthVerifierApplication.SERVICE, limits, metrics, clock),
            serdes,
            meters,
            clock);
    TravelWatch travel = new TravelWatch(settings.travel(), origins);
    Topology topology = new Topology();
    // State on disk belongs to the number of a task: what is new comes last.
    verify(topology, settings, serdes, meters, log, clock);
    watchLogins(topology, settings, travel, tools);
    watchUsers(topology, settings, travel, origins, tools);
    if (settings.responses().any()) {
      BansInForce.addTo(topology);
    }
    return topology;
  }

  private static void verify(
      Topology topology,
      Settings settings,
      AvroSerdes serdes,
      AuthVerifierMetrics meters,
      SessionLog log,
      Clock clock) {
    TopicIo.addSource(topology, READ_SESSIONS, Topics.SESSION_EVENTS, serdes);
    TopicIo.addSource(topology, READ_MESSAGES, Topics.INSPECTED_ANOMALY, serdes);
    topology.addProcessor(
        VERIFY,
        new Verifiers(settings.verifier(), serdes, meters, log, clock),
        READ_SESSIONS,
        READ_MESSAGES);
    TopicIo.addSink(topology, WRITE, Topics.INSPECTED_AUTH, serdes, VERIFY);
  }

  private static void watchLogins(
      Topology topology, Settings settings, TravelWatch travel, LoginReport.Tools tools) {
    AvroSerdes serdes = tools.serdes();
    // What happened before anybody watched is no news.
    topology.addSource(
        AutoOffsetReset.latest(),
        READ_AUDIT,
        Topics.AUDIT_AUTH.keySerde().deserializer(),
        serdes.value(Topics.AUDIT_AUTH).deserializer(),
        Topics.AUDIT_AUTH.name());
    ProcessorSupplier<String, AuthAudit, String, SpecificRecord> watch =
        () -> new LoginProcessor(settings.logins(), settings.users(), travel, tools);
    topology.addProcessor(WATCH_LOGINS, watch, READ_AUDIT);
    topology.addStateStore(
        store(
            LoginProcessor.CLIENT_LOGINS,
            serdes.named("auth-verifier-client-logins", KnownLogin.class)),
        WATCH_LOGINS);
    report(topology, LOGIN_SINKS, settings, serdes, WATCH_LOGINS);
    TopicIo.addSink(topology, WRITE_LOGINS, Topics.AUTH_LOGINS, serdes, WATCH_LOGINS);
  }

  /** The connections of a user name lie in all partitions of the audit trail: they meet here. */
  private static void watchUsers(
      Topology topology,
      Settings settings,
      TravelWatch travel,
      Origins origins,
      LoginReport.Tools tools) {
    AvroSerdes serdes = tools.serdes();
    TopicIo.addSource(topology, READ_LOGINS, Topics.AUTH_LOGINS, serdes);
    TopicIo.addSource(topology, READ_EDGES_OVER, Topics.EDGES_OVER, serdes);
    ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> watch =
        () -> new UserProcessor(settings.users(), travel, origins, tools);
    topology.addProcessor(WATCH_USERS, watch, READ_LOGINS, READ_EDGES_OVER);
    topology.addStateStore(
        store(UserProcessor.USERS, serdes.named("auth-verifier-users", KnownUser.class)),
        WATCH_USERS);
    topology.addStateStore(store(UserProcessor.EDGE_LIVES_OVER, Serdes.Long()), WATCH_USERS);
    report(topology, USER_SINKS, settings, serdes, WATCH_USERS);
  }

  private static void report(
      Topology topology, Sinks sinks, Settings settings, AvroSerdes serdes, String parent) {
    TopicIo.addSink(topology, sinks.events(), Topics.SECURITY_EVENTS, serdes, parent);
    if (settings.responses().any()) {
      TopicIo.addSink(topology, sinks.of(Topics.AUTH_BANS), Topics.AUTH_BANS, serdes, parent);
      TopicIo.addSink(
          topology, sinks.of(Topics.AUTH_INVALIDATIONS), Topics.AUTH_INVALIDATIONS, serdes, parent);
    }
  }

  private static <V> StoreBuilder<?> store(String name, Serde<V> values) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.String(), values);
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
          store(
              VerifyProcessor.SESSIONS, serdes.named("auth-verifier-sessions", KnownSession.class)),
          Stores.timestampedKeyValueStoreBuilder(
              Stores.persistentTimestampedKeyValueStore(VerifyProcessor.HELD_MESSAGES),
              Serdes.String(),
              serdes.named("auth-verifier-held-messages", InspectedMessage.class)));
    }
  }
}
