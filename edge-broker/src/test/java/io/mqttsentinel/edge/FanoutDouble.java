package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryReceived;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.PublishReceived;
import io.mqttsentinel.schemas.PublishReleased;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.SessionSubscribe;
import io.mqttsentinel.schemas.SessionUnsubscribe;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.TestKafka;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerSerializer;

/**
 * As much of inspection and fanout-delivery as an edge can tell: answers over the real topics,
 * keeps sessions, clears every message. Applies each subscription in two parts, the first twice.
 */
final class FanoutDouble implements AutoCloseable {

  private static final String REGION = "local";

  private final AvroSerdes serdes;
  private final Topic<Integer, Downlink> topic = Topics.downlink(REGION);
  private final KafkaProducer<Integer, byte[]> producer;
  private final Map<String, Session> sessions = new HashMap<>();
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final List<DeliveryAck> acks = new CopyOnWriteArrayList<>();
  private final List<InspectedMessage> messages = new CopyOnWriteArrayList<>();
  private final AtomicLong deliveryIds = new AtomicLong();
  private final Thread thread;
  private volatile boolean answering = true;
  private volatile boolean routing = true;
  private volatile boolean closing;

  FanoutDouble() {
    TestKafka kafka = TestKafka.shared();
    serdes = new AvroSerdes(new HttpSchemaRegistry(kafka.registryUrl(), null, 3));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0),
            new IntegerSerializer(),
            new ByteArraySerializer());
    TopicLog<SessionEvent> sessionLog =
        new TopicLog<>(Topics.SESSION_EVENTS, kafka.bootstrapServers(), serdes);
    TopicLog<InspectedMessage> inboundLog =
        new TopicLog<>(Topics.MQTT_INBOUND, kafka.bootstrapServers(), serdes);
    TopicLog<DeliveryAck> ackLog =
        new TopicLog<>(Topics.DELIVERY_ACKS, kafka.bootstrapServers(), serdes);
    thread =
        Thread.ofPlatform().name("fanout-double").start(() -> run(sessionLog, inboundLog, ackLog));
  }

  private void run(
      TopicLog<SessionEvent> sessionLog,
      TopicLog<InspectedMessage> inboundLog,
      TopicLog<DeliveryAck> ackLog) {
    try (sessionLog;
        inboundLog;
        ackLog) {
      while (!closing) {
        fresh(sessionLog.poll(), events).forEach(this::handle);
        fresh(inboundLog.poll(), messages).forEach(this::route);
        acks.addAll(fresh(ackLog.poll(), acks));
      }
    }
  }

  /** Those that are not in the list yet; adding them is left to the handler. */
  private static <V> List<V> fresh(List<V> all, List<V> known) {
    return all.subList(known.size(), all.size());
  }

  /** From now on nobody answers. */
  void stopAnswering() {
    answering = false;
  }

  /** From now on messages are only kept. */
  void stopRouting() {
    routing = false;
  }

  List<SessionEvent> events(String clientId) {
    return events.stream().filter(e -> e.getClientId().equals(clientId)).toList();
  }

  <B> List<B> bodies(String clientId, Class<B> type) {
    return events(clientId).stream()
        .map(SessionEvent::getBody)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  List<DeliveryAck> acks(String clientId) {
    return acks.stream().filter(a -> a.getClientId().equals(clientId)).toList();
  }

  List<InspectedMessage> messages(String clientId) {
    return messages.stream().filter(m -> m.getClientId().equals(clientId)).toList();
  }

  /** Waits for the session of a client, and gives its newest opening. */
  SessionEvent opened(String clientId) {
    return Await.value(
        "the session of " + clientId,
        () ->
            events(clientId).stream()
                .filter(e -> e.getBody() instanceof SessionOpen)
                .reduce((a, b) -> b)
                .orElse(null),
        e -> true);
  }

  /** Waits for the end of a client's connection, the first one if there were several. */
  SessionClose closed(String clientId) {
    return Await.value(
            "the end of " + clientId,
            () -> bodies(clientId, SessionClose.class),
            list -> !list.isEmpty())
        .getFirst();
  }

  /** Sends a message straight to a client, as the owner of its session would. */
  long deliver(SessionEvent session, ClientMessage message, int qos) {
    return deliver(session, message, qos, List.of());
  }

  long deliver(
      SessionEvent session, ClientMessage message, int qos, List<Integer> subscriptionIds) {
    long deliveryId = qos == 0 ? 0 : deliveryIds.incrementAndGet();
    DeliveryTarget target =
        new DeliveryTarget(
            session.getClientId(),
            session.getEpoch(),
            deliveryId,
            qos,
            false,
            false,
            subscriptionIds,
            false);
    send(session.getLane(), new Delivery(message, List.of(target)));
    return deliveryId;
  }

  /** Sends one that was sent before, as an owner does that comes back, or to a new connection. */
  void repeat(
      SessionEvent session, ClientMessage message, int qos, long deliveryId, boolean received) {
    DeliveryTarget target =
        new DeliveryTarget(
            session.getClientId(),
            session.getEpoch(),
            deliveryId,
            qos,
            false,
            true,
            List.of(),
            received);
    send(session.getLane(), new Delivery(message, List.of(target)));
  }

  void send(int lane, Object body) {
    Downlink downlink = new Downlink(REGION, lane, Instant.now(), body);
    sendBytes(lane, serdes.value(topic).serializer().serialize(topic.name(), downlink));
  }

  void sendBytes(int lane, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic.name(), lane, lane, value));
    producer.flush();
  }

  private void handle(SessionEvent event) {
    events.add(event);
    if (!answering) {
      return;
    }
    switch (event.getBody()) {
      case SessionOpen open -> open(event, open);
      case SessionClose _ -> close(event);
      case PublishReceived received -> {
        ExactlyOnce publish = received.getPublish();
        sessions.get(event.getClientId()).inbound.put(publish.getPacketId(), publish);
      }
      case PublishReleased released ->
          sessions.get(event.getClientId()).inbound.remove(released.getPacketId());
      case DeliveryReceived _ -> {}
      case SessionSubscribe subscribe -> {
        Session session = sessions.get(event.getClientId());
        subscribe.getSubscriptions().forEach(s -> session.subscriptions.put(s.getTopicFilter(), s));
        applied(event, subscribe.getRequestId());
      }
      case SessionUnsubscribe unsubscribe -> {
        Session session = sessions.get(event.getClientId());
        unsubscribe.getTopicFilters().forEach(session.subscriptions::remove);
        applied(event, unsubscribe.getRequestId());
      }
      default -> throw new AssertionError(event);
    }
  }

  private void open(SessionEvent event, SessionOpen open) {
    Session old = sessions.get(event.getClientId());
    if (old != null && old.connected) {
      send(
          old.event.getLane(),
          new SessionFenced(event.getClientId(), old.event.getEpoch(), ReasonCode.TAKEN_OVER));
    }
    Session session = new Session(event);
    boolean present = old != null && !open.getCleanStart();
    if (present) {
      session.subscriptions.putAll(old.subscriptions);
      session.inbound.putAll(old.inbound);
    }
    sessions.put(event.getClientId(), session);
    send(
        event.getLane(),
        new SessionOpened(
            event.getClientId(),
            event.getEpoch(),
            present,
            List.copyOf(session.subscriptions.values()),
            List.copyOf(session.inbound.values())));
  }

  private void close(SessionEvent event) {
    Session session = sessions.get(event.getClientId());
    if (session == null || session.event.getEpoch() != event.getEpoch()) {
      return;
    }
    session.connected = false;
    if (((SessionOpen) session.event.getBody()).getSessionExpirySeconds() == 0) {
      sessions.remove(event.getClientId());
    }
  }

  private void applied(SessionEvent event, long requestId) {
    for (int part : new int[] {0, 0, 1}) {
      send(
          event.getLane(),
          new SubscriptionApplied(event.getClientId(), event.getEpoch(), requestId, part, 2, 0));
    }
  }

  private void route(InspectedMessage message) {
    messages.add(message);
    if (!routing) {
      return;
    }
    ClientMessage cleared =
        new ClientMessage(
            message.getEpoch(),
            message.getSequence(),
            message.getClientId(),
            message.getTopic(),
            message.getPayload(),
            message.getQos(),
            message.getRetain(),
            message.getProperties(),
            message.getAcceptedAt(),
            Action.ALLOW,
            List.of());
    for (Session session : sessions.values()) {
      for (Subscription subscription : session.subscriptions.values()) {
        if (session.connected
            && TopicFilter.of(subscription.getTopicFilter()).matches(message.getTopic())) {
          List<Integer> ids =
              subscription.getSubscriptionId() == null
                  ? List.of()
                  : List.of(subscription.getSubscriptionId());
          deliver(session.event, cleared, Math.min(message.getQos(), subscription.getQos()), ids);
        }
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    Await.until("the double has ended", () -> !thread.isAlive());
    producer.close();
  }

  /** What the double knows of a client. */
  private static final class Session {
    private final SessionEvent event;
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    private final Map<Integer, ExactlyOnce> inbound = new LinkedHashMap<>();
    private boolean connected = true;

    Session(SessionEvent event) {
      this.event = event;
    }
  }
}
