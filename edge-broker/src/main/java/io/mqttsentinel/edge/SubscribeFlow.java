package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.SubscribeState.PendingRequest;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.SharedFilter;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.TopicFilter;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * SUBSCRIBE and UNSUBSCRIBE: each filter on its own; {@link SubscribeAnswers} answers when the
 * router applied them.
 */
final class SubscribeFlow {

  private static final Refusal EMPTY = new Refusal(ReasonCode.PROTOCOL_ERROR, "no_topic_filter");
  private static final Refusal NO_LOCAL_SHARED =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "no_local_with_shared"); // MQTT-3.8.3-4
  private static final Refusal DENIED = new Refusal(ReasonCode.NOT_AUTHORIZED, "subscribe_denied");
  // What suites for MQTT 3.1.1 and 5 alike expect: their clients know no other failure code.
  private static final Refusal UNWANTED = new Refusal(ReasonCode.UNSPECIFIED, "filter_refused");
  private static final Refusal UNANSWERED =
      new Refusal(ReasonCode.IMPLEMENTATION_ERROR, "topic_backend_failed");
  private static final Refusal TOO_MANY =
      new Refusal(ReasonCode.QUOTA_EXCEEDED, "too_many_subscriptions");

  private final SessionEvents sessions;
  private final Uplink uplink;
  private final TopicCheck topics;
  private final CloseFlow closing;
  private final Audit audit;
  private final EdgeMetrics metrics;
  private final EdgeConfig config;
  private final ReplayFlow replays;
  private final TopicAsks asks;

  SubscribeFlow(
      SessionEvents sessions,
      Uplink uplink,
      TopicCheck topics,
      CloseFlow closing,
      Audit audit,
      EdgeMetrics metrics,
      EdgeConfig config,
      ReplayFlow replays,
      TopicAsks asks) {
    this.sessions = sessions;
    this.uplink = uplink;
    this.topics = topics;
    this.closing = closing;
    this.audit = audit;
    this.metrics = metrics;
    this.config = config;
    this.replays = replays;
    this.asks = asks;
  }

  boolean subscribe(Connection connection, MqttSubscribeMessage packet) {
    List<MqttTopicSubscription> wanted = packet.payload().topicSubscriptions();
    Integer subscriptionId = subscriptionId(packet.idAndPropertiesVariableHeader());
    Refusal violation = violation(wanted.size(), subscriptionId);
    if (violation != null) {
      closing.violated(connection, violation);
      return true;
    }
    if (!uplink.hasRoom()) {
      return comeBack(connection);
    }
    if (asks.mustWait(connection, questions(wanted))) {
      return false;
    }
    int[] codes = new int[wanted.size()];
    List<Subscription> granted = new ArrayList<>(wanted.size());
    for (int i = 0; i < codes.length; i++) {
      MqttTopicSubscription one = wanted.get(i);
      if (one.option().isNoLocal() && SharedFilter.isShared(one.topicFilter())) {
        closing.violated(connection, NO_LOCAL_SHARED);
        return true;
      }
      boolean replay = ReplayRequest.isOne(one.topicFilter());
      Refusal refusal =
          replay ? replay(connection, one.topicFilter()) : refusal(connection, one, granted.size());
      if (refusal == null && replay) {
        codes[i] = 0; // replayed at most once, whatever was asked for
      } else if (refusal == null) {
        Subscription subscription = subscription(one, subscriptionId);
        granted.add(subscription);
        codes[i] = subscription.getQos();
      } else if (refusal.isViolation()) {
        closing.violated(connection, refusal);
        return true;
      } else {
        refuse(connection, refusal, one.topicFilter());
        codes[i] =
            connection.speaksMqtt5() ? refusal.reasonCode() : ReasonCode.MQTT3_SUBACK_FAILURE;
      }
    }
    int packetId = packet.variableHeader().messageId();
    if (granted.isEmpty()) {
      connection.write(Packets.suback(packetId, codes));
      return true;
    }
    List<String> filters = granted.stream().map(Subscription::getTopicFilter).toList();
    filters.forEach(connection.subscriptions()::add);
    long requestId = await(connection, new PendingRequest(true, packetId, codes, filters));
    sessions.subscribe(connection, requestId, granted, failure -> recorded(connection, failure));
    return true;
  }

  /** About all filters that are some. */
  private List<TopicQuestion> questions(List<MqttTopicSubscription> wanted) {
    return wanted.stream()
        .filter(one -> !ReplayRequest.isOne(one.topicFilter()))
        .filter(one -> topics.checkFilter(one.topicFilter()) == null)
        .map(SubscribeFlow::question)
        .toList();
  }

  private static TopicQuestion question(MqttTopicSubscription wanted) {
    return TopicQuestion.subscribe(
        SharedFilter.matching(wanted.topicFilter()), wanted.option().qos().value());
  }

  boolean unsubscribe(Connection connection, MqttUnsubscribeMessage packet) {
    List<String> filters = packet.payload().topics();
    Refusal violation = violation(filters.size(), null);
    if (violation != null) {
      closing.violated(connection, violation);
      return true;
    }
    if (!uplink.hasRoom()) {
      return comeBack(connection);
    }
    int[] codes = new int[filters.size()];
    List<String> existing = new ArrayList<>(codes.length);
    for (int i = 0; i < codes.length; i++) {
      String filter = filters.get(i);
      if (ReplayRequest.isOne(filter)) {
        boolean ended = replays.unsubscribe(connection, filter);
        codes[i] = ended ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED;
      } else if (connection.subscriptions().remove(filter)) {
        existing.add(filter);
      } else {
        Refusal invalid = topics.checkFilter(filter);
        if (invalid != null && invalid.isViolation()) {
          closing.violated(connection, invalid);
          return true;
        }
        codes[i] = invalid == null ? ReasonCode.NO_SUBSCRIPTION_EXISTED : ReasonCode.FILTER_INVALID;
      }
    }
    int packetId = packet.variableHeader().messageId();
    if (existing.isEmpty()) {
      connection.write(Packets.unsuback(packetId, codes, connection.speaksMqtt5()));
      return true;
    }
    long requestId = await(connection, new PendingRequest(false, packetId, codes, existing));
    sessions.unsubscribe(connection, requestId, existing, failure -> recorded(connection, failure));
    return true;
  }

  @Nullable
  private Refusal violation(int filters, @Nullable Integer subscriptionId) {
    if (filters == 0) {
      return EMPTY;
    }
    if (filters > config.maxFiltersPerSubscribe()) {
      return TOO_MANY;
    }
    return subscriptionId != null && subscriptionId == 0
        ? new Refusal(ReasonCode.PROTOCOL_ERROR, "subscription_id_zero")
        : null;
  }

  @Nullable
  private Refusal refusal(Connection connection, MqttTopicSubscription wanted, int grantedNow) {
    String filter = wanted.topicFilter();
    Refusal invalid = topics.checkFilter(filter);
    if (invalid != null) {
      return invalid;
    }
    TopicFilter inner = TopicFilter.of(SharedFilter.matching(filter));
    if (connection.grant().refuses(inner)) {
      return UNWANTED;
    }
    if (connection.grant().answer(question(wanted)) == AskedTopics.Answer.FAILED) {
      return UNANSWERED;
    }
    if (!connection.grant().maySubscribe(inner, wanted.option().qos().value())) {
      return DENIED;
    }
    SubscribeState state = connection.subscriptions();
    boolean full = state.count() + grantedNow >= config.maxSubscriptions();
    return full && !state.has(filter) ? TOO_MANY : null;
  }

  /** Begins it, unless there is a reason against it. */
  @Nullable
  private Refusal replay(Connection connection, String filter) {
    Refusal invalid = topics.checkFilter(filter);
    return invalid == null ? replays.subscribe(connection, filter) : invalid;
  }

  /** Recorded even where there is no more room: their number in one packet is bounded. */
  private void refuse(Connection connection, Refusal refusal, String filter) {
    metrics.refused(refusal.cause());
    if (!audit.denied(connection, AuditActivity.SUBSCRIBE, refusal, filter)) {
      metrics.lostRecord("audit.auth");
    }
  }

  private long await(Connection connection, PendingRequest request) {
    SubscribeState state = connection.subscriptions();
    long requestId = state.nextRequestId();
    state.await(requestId, request);
    connection.inbox().started();
    connection.timers().later(config.sessionTimeout(), () -> notInTime(connection, requestId));
    return requestId;
  }

  /** MQTT 3.1.1 cannot say no to UNSUBSCRIBE, and a late "yes" would be a guess: it ends here. */
  private void notInTime(Connection connection, long requestId) {
    if (!connection.isOver() && connection.subscriptions().done(requestId) != null) {
      metrics.refused("subscription_timeout");
      closing.close(connection, Closure.SESSION_TIMEOUT);
    }
  }

  private void recorded(Connection connection, @Nullable Exception failure) {
    if (failure != null) {
      connection.execute(() -> closing.close(connection, Closure.UPLINK_FAILED));
    }
  }

  private boolean comeBack(Connection connection) {
    connection.inbox().waitForRoom();
    uplink.whenRoom(() -> connection.execute(connection.inbox()::roomAgain));
    return false;
  }

  private static Subscription subscription(
      MqttTopicSubscription wanted, @Nullable Integer subscriptionId) {
    MqttSubscriptionOption option = wanted.option();
    return new Subscription(
        wanted.topicFilter(),
        option.qos().value(),
        option.isNoLocal(),
        option.isRetainAsPublished(),
        option.retainHandling().value(),
        subscriptionId);
  }

  @Nullable
  private static Integer subscriptionId(MqttMessageIdAndPropertiesVariableHeader header) {
    MqttProperties properties = header.properties();
    var property = properties.getProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER);
    return property == null ? null : (Integer) property.value();
  }
}
