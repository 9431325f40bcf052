package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.RemoteAddress;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;

/**
 * One client's connection. Confined to its event loop, but for {@link #execute}, {@link #epoch},
 * {@link #client} and {@link #remoteAddress}. What most connections never need is made when it is
 * needed.
 */
final class Connection {

  enum State {
    AWAITING_CONNECT,
    AUTHENTICATING,
    OPENING,
    CONNECTED,
    CLOSING,
    CLOSED
  }

  private final ChannelHandlerContext context;
  private volatile String remoteAddress;
  private long addressKey = PeerAddress.NOBODY;
  private final Inbox inbox;
  private final ConnectionTimers timers;
  private State state = State.AWAITING_CONNECT;
  private volatile long epoch;
  private volatile Client client;
  private Grant grant;
  private Closure closure = Closure.LOST;
  private ConnectProgress progress;
  private OpeningGate.Entrant entrant;
  private PublishState publishes;
  private DeliveryState deliveries;
  private SubscribeState subscriptions;
  private ConnectionLimits limits;
  private TopicAliases outgoingAliases;
  private boolean flushScheduled;

  Connection(ChannelHandlerContext context, PacketDispatch dispatch, int receiveMaximum) {
    this.context = context;
    this.remoteAddress = address(context);
    this.inbox = new Inbox(this, dispatch, receiveMaximum);
    this.timers = new ConnectionTimers(context);
  }

  State state() {
    return state;
  }

  void state(State next) {
    state = next;
  }

  boolean isOver() {
    return state == State.CLOSING || state == State.CLOSED;
  }

  String remoteAddress() {
    return remoteAddress;
  }

  /** A load balancer told whose connection it is. */
  void remoteAddress(String told) {
    remoteAddress = told;
  }

  /** What limits by address count it under; {@link PeerAddress#NOBODY} where none applies. */
  long addressKey() {
    return addressKey;
  }

  void addressKey(long key) {
    addressKey = key;
  }

  ConnectionLimits limits() {
    if (limits == null) {
      limits = new ConnectionLimits();
    }
    return limits;
  }

  /** Who the client is by its certificate; null where it showed none. */
  @Nullable
  ClientCertificate certificate() {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    return tls == null ? null : ClientCertificate.of(tls.engine().getSession());
  }

  /** The one that it came in by. */
  Listener listener() {
    return Listener.of(context.pipeline());
  }

  /** Null until CONNECT kept the rules. */
  @Nullable
  Client client() {
    return client;
  }

  void client(Client known) {
    client = known;
  }

  @Nullable
  String knownClientId() {
    Client known = client;
    return known == null ? null : known.clientId();
  }

  boolean speaksMqtt5() {
    return client != null && client.speaksMqtt5();
  }

  /** 0 until the client was let in. */
  long epoch() {
    return epoch;
  }

  Grant grant() {
    return grant;
  }

  void opened(long epoch, Grant grant) {
    this.epoch = epoch;
    this.grant = grant;
  }

  Closure closure() {
    return closure;
  }

  void closure(Closure closure) {
    this.closure = closure;
  }

  Inbox inbox() {
    return inbox;
  }

  ConnectionTimers timers() {
    return timers;
  }

  @Nullable
  ConnectProgress progress() {
    return progress;
  }

  void progress(@Nullable ConnectProgress progress) {
    this.progress = progress;
  }

  /** Null until the client was let in. */
  @Nullable
  OpeningGate.Entrant entrant() {
    return entrant;
  }

  void entrant(OpeningGate.@Nullable Entrant entrant) {
    this.entrant = entrant;
  }

  PublishState publishes() {
    if (publishes == null) {
      publishes = new PublishState();
    }
    return publishes;
  }

  DeliveryState deliveries() {
    if (deliveries == null) {
      deliveries = new DeliveryState(client.window());
    }
    return deliveries;
  }

  boolean hasDeliveries() {
    return deliveries != null;
  }

  /** Null where the client takes none. */
  @Nullable
  TopicAliases outgoingAliases() {
    if (outgoingAliases == null && client.topicAliasMaximum() > 0) {
      outgoingAliases = new TopicAliases(client.topicAliasMaximum());
    }
    return outgoingAliases;
  }

  SubscribeState subscriptions() {
    if (subscriptions == null) {
      subscriptions = new SubscribeState();
    }
    return subscriptions;
  }

  ChannelHandlerContext context() {
    return context;
  }

  boolean isWritable() {
    return context.channel().isWritable();
  }

  /**
   * Runs on the connection's event loop: now, where this is called there. What fails ends the
   * connection.
   */
  void run(Runnable task) {
    if (!context.executor().inEventLoop()) {
      execute(() -> run(task));
      return;
    }
    try {
      task.run();
    } catch (RuntimeException e) {
      context.pipeline().fireExceptionCaught(e);
    }
  }

  /** Runs on the connection's event loop; not at all where that has ended with the server. */
  void execute(Runnable task) {
    var _ = tryExecute(task);
  }

  /** False where the event loop has ended. */
  boolean tryExecute(Runnable task) {
    try {
      context.executor().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Writes a packet; what is written in one round of the event loop is flushed together. */
  void write(Object packet) {
    var _ = writeAndTell(packet);
  }

  /** Writes a packet; the future is done when the socket has it. */
  ChannelFuture writeAndTell(Object packet) {
    ChannelFuture written = context.write(packet);
    if (!flushScheduled) {
      flushScheduled = true;
      execute(this::flush);
    }
    return written;
  }

  void closeSocket() {
    var _ = context.close();
  }

  /** Ends this side of the connection; the client or a deadline ends the other. */
  void closeSocketAfter(Object lastWords) {
    LastWords.say(context, lastWords);
  }

  private void flush() {
    flushScheduled = false;
    context.flush();
  }

  /** Where the socket leads to, as host:port; empty where that is no address. */
  static String address(ChannelHandlerContext context) {
    return context.channel().remoteAddress() instanceof InetSocketAddress peer
        ? RemoteAddress.of(peer)
        : "";
  }
}
