package io.mqttsentinel.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/**
 * All MQTT connections of the generator on one event loop: its one thread costs the system under
 * test little, and whatever the connections share needs no lock.
 */
final class MqttFleet implements AutoCloseable {

  private static final int CONNECTING_AT_ONCE = 8;
  private static final int ATTEMPTS = 10;
  private static final long RETRY_AFTER_SECONDS = 1;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int LARGEST_MESSAGE = 1 << 20;
  private static final long STEP_TIMEOUT_SECONDS = 120;

  private final HostPort broker;
  private final Optional<SslContext> tls;
  private final Workload workload;
  private final Credentials publisherCredentials;
  private final Traffic traffic = new Traffic();
  private final Ledger ledger;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private final List<MqttPeer> publishers = new ArrayList<>();
  private final List<MqttPeer> subscribers = new ArrayList<>();
  private final List<MqttPeer> idle = new ArrayList<>();

  MqttFleet(HostPort broker, Workload workload, Credentials publisherCredentials) {
    this(broker, Optional.empty(), workload, publisherCredentials);
  }

  /**
   * @param tls whom to trust; empty: without TLS
   */
  MqttFleet(
      HostPort broker,
      Optional<SslContext> tls,
      Workload workload,
      Credentials publisherCredentials) {
    this.broker = broker;
    this.tls = tls;
    this.workload = workload;
    this.publisherCredentials = publisherCredentials;
    this.ledger = new Ledger(workload);
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    this.loop = group.next();
  }

  /**
   * Connects every subscriber and waits for its SUBACK.
   *
   * @throws IOException naming the first client that the broker refused
   */
  void subscribe(Credentials credentials) throws IOException, InterruptedException {
    connect(
        workload.clients(),
        client -> subscriber(client, credentials),
        subscribers,
        CONNECTING_AT_ONCE);
  }

  /**
   * Connects publishers until there are that many.
   *
   * @throws IOException naming the first client that the broker refused
   */
  void publishers(int count) throws IOException, InterruptedException {
    int present = publishers.size();
    connect(
        Math.max(0, count - present),
        index ->
            new MqttPeer(
                Workload.publisherId(present + index),
                publisherCredentials,
                traffic,
                Optional.empty()),
        publishers,
        CONNECTING_AT_ONCE);
  }

  /**
   * Connects clients with a subscription to which nobody publishes, and waits for their SUBACKs.
   *
   * @throws IOException naming the first client that the broker refused
   */
  void idle(int count, Credentials credentials, int atOnce)
      throws IOException, InterruptedException {
    connect(count, index -> idler(index, credentials), idle, atOnce);
  }

  /** Cuts the idle clients off at once, without a DISCONNECT, as a failing network does. */
  void cutIdle() throws InterruptedException {
    withLedger(
        ledger -> {
          idle.forEach(MqttPeer::cut);
          idle.clear();
          return null;
        });
  }

  /** Sends message {@code number} from the publisher of its topic. */
  void publish(long number, int publisherCount) {
    int client = workload.client(number);
    MqttPeer publisher = publishers.get(workload.publisher(number, publisherCount));
    byte[] payload = workload.payload().encode(number);
    loop.execute(() -> publisher.publish(Workload.topic(client), payload, workload.qos()));
  }

  /** Reads or changes the ledger on the thread that owns it. */
  <T> T withLedger(LedgerWork<T> work) throws InterruptedException {
    try {
      return loop.submit((Callable<T>) () -> work.on(ledger)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  Traffic traffic() {
    return traffic;
  }

  int publisherCount() {
    return publishers.size();
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          publishers.forEach(MqttPeer::disconnect);
          subscribers.forEach(MqttPeer::disconnect);
          idle.forEach(MqttPeer::disconnect);
        });
    group.shutdownGracefully(100, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  private MqttPeer subscriber(int client, Credentials credentials) {
    MqttPeer.Inbox inbox =
        (payload, now) -> {
          traffic.arrived();
          ledger.arrived(client, workload.payload().number(payload), now);
        };
    return new MqttPeer(
        Workload.clientId(client),
        credentials,
        traffic,
        Optional.of(new MqttPeer.Subscription(Workload.topic(client), workload.qos(), inbox)));
  }

  private MqttPeer idler(int index, Credentials credentials) {
    String clientId = Workload.idleId(index);
    return new MqttPeer(
        clientId,
        credentials,
        traffic,
        Optional.of(
            new MqttPeer.Subscription(
                "clients/" + clientId + "/alerts", workload.qos(), (payload, now) -> {})));
  }

  private void connect(int count, IntFunction<MqttPeer> peers, List<MqttPeer> into, int atOnce)
      throws IOException, InterruptedException {
    Semaphore slots = new Semaphore(atOnce);
    List<CompletableFuture<MqttPeer>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!slots.tryAcquire(STEP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("%s did not answer for %d s".formatted(broker, STEP_TIMEOUT_SECONDS));
      }
      CompletableFuture<MqttPeer> ready = connect(peers, i, ATTEMPTS);
      all.add(ready.whenComplete((peer, failure) -> slots.release()));
      if (ready.isCompletedExceptionally()) {
        break;
      }
    }
    for (CompletableFuture<MqttPeer> ready : all) {
      into.add(await(ready));
    }
  }

  /** As a device does: a broker that is busy is asked again. */
  private CompletableFuture<MqttPeer> connect(
      IntFunction<MqttPeer> peers, int index, int attempts) {
    return open(peers.apply(index))
        .exceptionallyCompose(
            failure -> {
              if (failure instanceof MqttPeer.BusyException && attempts > 1) {
                return pause().thenCompose(done -> connect(peers, index, attempts - 1));
              }
              return CompletableFuture.failedFuture(failure);
            });
  }

  private CompletableFuture<Void> pause() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    var _ = loop.schedule(() -> over.complete(null), RETRY_AFTER_SECONDS, TimeUnit.SECONDS);
    return over;
  }

  private CompletableFuture<MqttPeer> open(MqttPeer peer) {
    new Bootstrap()
        .group(loop)
        .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                initialize(channel, peer);
              }
            })
        .connect(broker.host(), broker.port())
        .addListener(
            attempt -> {
              if (!attempt.isSuccess()) {
                peer.ready().completeExceptionally(attempt.cause());
              }
            });
    return peer.ready();
  }

  private void initialize(Channel channel, MqttPeer peer) {
    tls.ifPresent(
        trust ->
            channel
                .pipeline()
                .addLast(trust.newHandler(channel.alloc(), broker.host(), broker.port())));
    channel
        .pipeline()
        .addLast("decoder", new MqttDecoder(LARGEST_MESSAGE))
        .addLast("encoder", MqttEncoder.INSTANCE)
        .addLast("peer", peer);
  }

  private MqttPeer await(CompletableFuture<MqttPeer> ready)
      throws IOException, InterruptedException {
    try {
      return ready.get(STEP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() instanceof CompletionException c ? c.getCause() : e.getCause();
      throw new IOException("%s: %s".formatted(broker, cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new IOException(
          "%s did not answer within %d s".formatted(broker, STEP_TIMEOUT_SECONDS), e);
    }
  }

  /** Work on the ledger. */
  interface LedgerWork<T> {
    T on(Ledger ledger);
  }
}
