package io.mqttsentinel.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Connects by the schedule and by nothing else, on a thread of its own. Only where thousands of
 * attempts are open already do the next ones wait: a flood has a bounded number of sockets too.
 */
final class LoginLoad implements AutoCloseable {

  private static final long TICK_MICROS = 500;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final InetSocketAddress broker;
  private final int mostOpen;
  private final boolean abrupt;
  private final EventLoopGroup group;
  private final EventLoop loop;

  /**
   * @param mostOpen attempts at a time
   * @param abrupt whether sockets are reset instead of closed, as floods do: tens of thousands that
   *     linger would be the generator's trouble, not the edge's
   */
  LoginLoad(HostPort broker, int mostOpen, boolean abrupt) {
    this.broker = new InetSocketAddress(broker.host(), broker.port());
    this.mostOpen = mostOpen;
    this.abrupt = abrupt;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    this.loop = group.next();
  }

  /**
   * Runs a schedule; done when its time is over and every attempt has ended.
   *
   * @param attempts by their place in the schedule
   */
  CompletableFuture<LoginTally.Result> run(Schedule schedule, LongFunction<LoginAttempt> attempts) {
    Run run = new Run(schedule, attempts);
    loop.execute(run::tick);
    return run.result;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  private void open(LoginAttempt attempt, LoginPeer peer) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .handler(peer);
    if (Epoll.isAvailable()) {
      // A port is then chosen by connect, which may use one for several addresses.
      bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    if (abrupt) {
      bootstrap.option(ChannelOption.SO_LINGER, 0);
    }
    bootstrap
        .connect(broker, attempt.source())
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                peer.failed();
              }
            });
  }

  /** One schedule. Confined to the loop. */
  private final class Run {
    private final Schedule schedule;
    private final LongFunction<LoginAttempt> attempts;
    private final LoginTally tally;
    private final long end;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final CompletableFuture<LoginTally.Result> result = new CompletableFuture<>();
    private long next;
    private int open;

    Run(Schedule schedule, LongFunction<LoginAttempt> attempts) {
      this.schedule = schedule;
      this.attempts = attempts;
      this.tally = new LoginTally(schedule);
      this.end = schedule.intendedNanos(schedule.count()) + GRACE_NANOS;
    }

    private void tick() {
      try {
        long now = System.nanoTime();
        boolean over = next == schedule.count() || now >= end;
        while (!over && open < mostOpen && schedule.intendedNanos(next) <= now) {
          start(next++, now);
          over = next == schedule.count();
        }
        giveUpOld(now);
        if (over && open == 0) {
          result.complete(tally.result());
        } else {
          var _ = loop.schedule(this::tick, TICK_MICROS, TimeUnit.MICROSECONDS);
        }
      } catch (RuntimeException e) {
        result.completeExceptionally(e); // whoever waits is to hear of it
      }
    }

    private void start(long index, long now) {
      LoginAttempt attempt = attempts.apply(index);
      LoginPeer peer = new LoginPeer(attempt, schedule.intendedNanos(index), tally, () -> open--);
      open++;
      tally.opened(now);
      waiting.add(new Waiting(peer, now + PATIENCE_NANOS));
      open(attempt, peer);
    }

    private void giveUpOld(long now) {
      while (!waiting.isEmpty()
          && (waiting.peek().peer().isDone() || waiting.peek().until() <= now)) {
        waiting.poll().peer().giveUp();
      }
    }
  }

  private record Waiting(LoginPeer peer, long until) {}
}
