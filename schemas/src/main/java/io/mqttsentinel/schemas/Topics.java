package io.mqttsentinel.schemas;

import io.mqttsentinel.schemas.Topic.Cleanup;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;

/** Every topic there is. The way of a message: top to bottom. */
public final class Topics {

  private static final Duration INSPECTION = Duration.ofHours(6);
  private static final Duration SESSIONS = Duration.ofDays(1);
  private static final Duration ANALYSIS = Duration.ofDays(30);

  /** Accepted from devices and the origin, before any inspection. Key: publisher's client id. */
  public static final Topic<String, InspectedMessage> MQTT_INBOUND =
      byClient("mqtt.inbound", InspectedMessage.class, INSPECTION);

  public static final Topic<String, InspectedMessage> INSPECTED_PATTERN =
      byClient("inspected.pattern", InspectedMessage.class, INSPECTION);

  public static final Topic<String, InspectedMessage> INSPECTED_ANOMALY =
      byClient("inspected.anomaly", InspectedMessage.class, INSPECTION);

  public static final Topic<String, InspectedMessage> INSPECTED_AUTH =
      byClient("inspected.auth", InspectedMessage.class, INSPECTION);

  /** May be delivered. Key: MQTT topic. */
  public static final Topic<String, InspectedMessage> MESSAGES_CLEARED =
      byTopic("messages.cleared", InspectedMessage.class, Duration.ofDays(3));

  /** Waits for an analyst. Key: publisher's client id. */
  public static final Topic<String, InspectedMessage> MESSAGES_QUARANTINED =
      byClient("messages.quarantined", InspectedMessage.class, ANALYSIS);

  public static final Topic<String, SecurityEvent> SECURITY_EVENTS =
      byClient("security.events", SecurityEvent.class, ANALYSIS);

  public static final Topic<String, SecurityIncident> SECURITY_INCIDENTS =
      byClient("security.incidents", SecurityIncident.class, ANALYSIS);

  /** From the edges to the owner of sessions. Key: client id. */
  public static final Topic<String, SessionEvent> SESSION_EVENTS =
      byClient("session.events", SessionEvent.class, SESSIONS);

  /** Deliveries that a client acknowledged. Key: client id. */
  public static final Topic<String, DeliveryAck> DELIVERY_ACKS =
      byClient("delivery.acks", DeliveryAck.class, SESSIONS);

  /**
   * From the owner of a session to the router that serves a topic filter. Key: topic filter; a
   * filter with wildcards is written to every partition.
   */
  public static final Topic<String, SubscriptionChange> SUBSCRIPTION_CHANGES =
      byTopic("subscription.changes", SubscriptionChange.class, SESSIONS);

  /**
   * From the router to sessions which another partition owns. Key: client id of one of the targets,
   * all of which lie in the same partition.
   */
  public static final Topic<String, RoutedMessage> SESSION_DELIVERIES =
      byClient("session.deliveries", RoutedMessage.class, SESSIONS);

  /** Every decision on who may do what. Key: client id. */
  public static final Topic<String, AuthAudit> AUDIT_AUTH =
      byClient("audit.auth", AuthAudit.class, ANALYSIS);

  /** Of that the logins and the ends of connections. Key: user name. */
  public static final Topic<String, AuthAudit> AUTH_LOGINS =
      byClient("auth.logins", AuthAudit.class, INSPECTION);

  /** What was decided about somebody no longer holds. Key: client id, user name, or "all". */
  public static final Topic<String, AuthInvalidation> AUTH_INVALIDATIONS =
      byClient("auth.invalidations", AuthInvalidation.class, SESSIONS);

  /**
   * Who may not connect. Key: kind and value of the ban; compacted. A tombstone lifts the ban, one
   * of {@link BanExpiry} only clears away what is over.
   */
  public static final Topic<String, Ban> AUTH_BANS =
      new Topic<>(
          "auth.bans", Serdes.String(), Ban.class, Placement.byKey(), ANALYSIS, Cleanup.COMPACT);

  /** Heartbeats and refusals of the edges. Key: edge. */
  public static final Topic<String, EdgeEvent> EDGE_EVENTS =
      byClient("edge.events", EdgeEvent.class, SESSIONS);

  /**
   * Edges that are gone, or have begun another life: their connections are over. Key: edge; written
   * to every partition, because the sessions of an edge lie in all of them.
   */
  public static final Topic<String, EdgeEvent> EDGES_OVER =
      byClient("edges.over", EdgeEvent.class, SESSIONS);

  /** What each instance of event-aggregator decided, second by second. Key: instance. */
  public static final Topic<String, VerdictStats> VERDICT_STATS =
      byClient("verdict.stats", VerdictStats.class, SESSIONS);

  /** Rules that are pushed to the pattern matchers. Key: file name; compacted. */
  public static final Topic<String, RuleText> PATTERN_RULES =
      new Topic<>(
          "pattern.rules",
          Serdes.String(),
          RuleText.class,
          Placement.byKey(),
          ANALYSIS,
          Cleanup.COMPACT);

  /** Records that could not be read. Key: the topic they came from. */
  public static final Topic<String, DeadLetter> DEAD_LETTERS =
      byClient("dead.letters", DeadLetter.class, ANALYSIS);

  private Topics() {}

  /** What the edges of a region deliver. Key: lane. */
  public static Topic<Integer, Downlink> downlink(String region) {
    return new Topic<>(
        "edge.downlink." + region,
        Serdes.Integer(),
        Downlink.class,
        Placement.byLane(),
        SESSIONS,
        Cleanup.DELETE);
  }

  /** All topics of a cluster in that region, as they are to be created. */
  public static List<Topic<?, ?>> all(String region, TopicLayout layout) {
    return List.of(
        MQTT_INBOUND,
        INSPECTED_PATTERN,
        INSPECTED_ANOMALY,
        INSPECTED_AUTH,
        MESSAGES_CLEARED.keptFor(layout.clearedRetention()),
        MESSAGES_QUARANTINED,
        SECURITY_EVENTS,
        SECURITY_INCIDENTS,
        SESSION_EVENTS,
        DELIVERY_ACKS,
        SUBSCRIPTION_CHANGES,
        SESSION_DELIVERIES,
        AUDIT_AUTH,
        AUTH_LOGINS,
        AUTH_INVALIDATIONS,
        AUTH_BANS,
        EDGE_EVENTS,
        EDGES_OVER,
        VERDICT_STATS,
        PATTERN_RULES,
        DEAD_LETTERS,
        downlink(region));
  }

  private static <V extends SpecificRecord> Topic<String, V> byClient(
      String name, Class<V> type, Duration retention) {
    return new Topic<>(name, Serdes.String(), type, Placement.byKey(), retention, Cleanup.DELETE);
  }

  private static <V extends SpecificRecord> Topic<String, V> byTopic(
      String name, Class<V> type, Duration retention) {
    return new Topic<>(
        name, Serdes.String(), type, Placement.byRoutingKey(), retention, Cleanup.DELETE);
  }
}
