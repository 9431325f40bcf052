package io.mqttsentinel.e2e;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A device with a persistent session that keeps to the standard, to the letter: it repeats what is
 * open on its next connection, at another edge, with the same packet ids (MQTT 5.0, 4.4), and takes
 * a QoS 2 message once (4.3.3). The session's state outlives the connections; all of it belongs to
 * one event loop.
 */
// What Netty cannot write comes to the handler of the connection as its loss.
@SuppressWarnings("FutureReturnValueIgnored")
final class FaultClient {

  /** A message that the broker has not finished with. */
  record Open(Note note, int qos, boolean received) {}

  private static final int MOST_OPEN = 8;
  private static final int MOST_PACKET_IDS = 65_535;
  private static final int LARGEST_PACKET = 1 << 20;
  private static final long RECONNECT_MILLIS = 100;

  private final String clientId;
  private final String user;
  private final List<Integer> edges;
  private final Optional<TopicFilter> filter;
  private final Ledger ledger;
  private final EventLoop loop;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Map<Integer, Open> open = new LinkedHashMap<>();
  private final Map<Integer, String> received = new LinkedHashMap<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();

  private FaultConnection connection;
  private int edge;
  private int lastPacketId;
  private boolean hasSession;
  private boolean subscribed;
  private boolean closed;
  private volatile int openCount;
  private volatile int port;

  /**
   * @param edges MQTT ports; the client begins with the first
   * @param filter what it subscribes to, if anything
   */
  FaultClient(
      String clientId,
      String user,
      List<Integer> edges,
      Optional<TopicFilter> filter,
      Ledger ledger,
      EventLoopGroup loops) {
    this.clientId = clientId;
    this.user = user;
    this.edges = List.copyOf(edges);
    this.filter = filter;
    this.ledger = ledger;
    this.loop = loops.next();
    filter.ifPresent(wanted -> ledger.subscriber(clientId, wanted));
  }

  /** Done when the client is connected and has its subscription. */
  CompletableFuture<Void> start() {
    loop.execute(this::connect);
    return ready;
  }

  /** Publishes the topic's next message, unless there is no connection or too much is open. */
  void publish(String topic, int qos) {
    loop.execute(
        () -> {
          if (connection == null || !connection.isReady() || open.size() >= MOST_OPEN) {
            return;
          }
          Note note = new Note(clientId, numbers.merge(topic, 1, Integer::sum) - 1, topic);
          do {
            lastPacketId = lastPacketId % MOST_PACKET_IDS + 1;
          } while (open.containsKey(lastPacketId));
          open.put(lastPacketId, new Open(note, qos, false));
          openCount = open.size();
          connection.send(publish(lastPacketId, note, qos, false));
        });
  }

  int openCount() {
    return openCount;
  }

  /** Of the edge it is connected to; 0 for none. */
  int port() {
    return port;
  }

  /** Breaks the connection, as a lost network does; the client comes back by itself. */
  void breakConnection() {
    loop.execute(
        () -> {
          if (connection != null) {
            connection.abort();
          }
        });
  }

  /** Ends the connection and the session's use. */
  void close() {
    loop.execute(
        () -> {
          closed = true;
          if (connection != null) {
            connection.disconnect();
          }
        });
  }

  // ---- for the connection, on the event loop ----

  String user() {
    return user;
  }

  /** CONNACK: what the broker says about the session must be true. */
  void accepted(boolean sessionPresent) {
    if (hasSession && !sessionPresent) {
      ledger.wrong(clientId + ": its session is gone");
      subscribed = false;
      received.clear();
    }
    if (!hasSession && sessionPresent) {
      ledger.wrong(clientId + ": got a session that it never had");
    }
    hasSession = true;
    port = edges.get(edge);
    if (filter.isPresent() && !subscribed) {
      TopicFilter wanted = filter.get();
      connection.send(
          MqttMessageBuilders.subscribe()
              .messageId(1)
              .addSubscription(MqttQoS.valueOf(wanted.qos()), wanted.filter())
              .build());
      return;
    }
    resume();
  }

  void subscribed(int reasonCode) {
    if (reasonCode != filter.orElseThrow().qos()) {
      ledger.wrong("%s: SUBACK says 0x%02X".formatted(clientId, reasonCode));
    }
    subscribed = true;
    resume();
  }

  /** MQTT-4.4.0-1: what was open is sent again, in its order, with its packet ids. */
  private void resume() {
    open.forEach(
        (id, message) ->
            connection.send(
                message.received()
                    ? FaultConnection.pubRel(id)
                    : publish(id, message.note(), message.qos(), true)));
    connection.setReady();
    ready.complete(null);
  }

  void pubAck(int packetId, int reasonCode) {
    done(packetId, reasonCode);
  }

  void pubRec(int packetId, int reasonCode) {
    Open message = open.get(packetId);
    if (message == null) {
      connection.send(FaultConnection.pubRel(packetId));
      return;
    }
    if (FaultConnection.isFailure(reasonCode)) {
      done(packetId, reasonCode);
      return;
    }
    if (!message.received()) {
      // From here on the message is the broker's.
      ledger.acknowledged(message.note());
      open.put(packetId, new Open(message.note(), message.qos(), true));
    }
    connection.send(FaultConnection.pubRel(packetId));
  }

  void pubComp(int packetId) {
    open.remove(packetId);
    openCount = open.size();
  }

  private void done(int packetId, int reasonCode) {
    Open message = open.remove(packetId);
    openCount = open.size();
    if (message == null) {
      return;
    }
    if (FaultConnection.isFailure(reasonCode)) {
      ledger.refused(message.note(), reasonCode);
    } else {
      ledger.acknowledged(message.note());
    }
  }

  void arrived(MqttPublishMessage message) {
    int qos = message.fixedHeader().qosLevel().value();
    int packetId = message.variableHeader().packetId();
    String topic = message.variableHeader().topicName();
    Optional<Note> note = Note.parse(message.payload().nioBuffer());
    if (qos == 2) {
      String content = topic + note;
      String before = received.putIfAbsent(packetId, content);
      connection.send(FaultConnection.pubRec(packetId));
      if (before != null) {
        if (!before.equals(content)) {
          ledger.wrong(
              "%s: packet id %d is used for %s while it is open for %s"
                  .formatted(clientId, packetId, content, before));
        }
        return;
      }
    }
    ledger.arrived(clientId, topic, note, qos);
    if (qos == 1) {
      connection.send(FaultConnection.pubAck(packetId));
    }
  }

  void pubRel(int packetId) {
    received.remove(packetId);
    connection.send(FaultConnection.pubComp(packetId));
  }

  /** The connection is gone, or there never was one. */
  void lost() {
    port = 0;
    connection = null;
    edge = (edge + 1) % edges.size();
    if (!closed) {
      loop.schedule(this::connect, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    FaultConnection next = new FaultConnection(this, clientId);
    connection = next;
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new MqttDecoder(LARGEST_PACKET), MqttEncoder.INSTANCE, next);
                  }
                })
            .connect("127.0.0.1", edges.get(edge));
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            lost();
          }
        });
  }

  private static MqttMessage publish(int packetId, Note note, int qos, boolean duplicate) {
    MqttPublishMessage plain =
        MqttMessageBuilders.publish()
            .topicName(note.topic())
            .qos(MqttQoS.valueOf(qos))
            .messageId(packetId)
            .payload(Unpooled.wrappedBuffer(note.payload()))
            .build();
    return duplicate ? FaultConnection.duplicate(plain) : plain;
  }

  /** What is open, for the message of a failure. */
  List<String> openMessages() {
    return CompletableFuture.supplyAsync(
            () -> {
              List<String> all = new ArrayList<>();
              open.forEach((id, message) -> all.add(id + "=" + message));
              return all;
            },
            loop)
        .join();
  }
}
