package io.mqttsentinel.e2e;

import io.mqttsentinel.testing.Await;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Many clients with persistent sessions, each with a subscription of its own. */
final class Crowd implements AutoCloseable {

  private static final String USER = "crowd";

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<FaultClient> clients = new ArrayList<>();
  private final Ledger ledger = new Ledger();

  /** Connects them all at once. */
  static Crowd connect(Cluster cluster, int lane, int count) {
    cluster.users().user(USER, FaultConnection.PASSWORD, false);
    Crowd crowd = new Crowd();
    for (int i = 0; i < count; i++) {
      String id = "crowd-" + i;
      crowd.clients.add(
          new FaultClient(
              id,
              USER,
              List.of(cluster.mqttPort(lane)),
              Optional.of(new TopicFilter("clients/" + id + "/alerts", 1)),
              crowd.ledger,
              crowd.loops));
    }
    CompletableFuture.allOf(
            crowd.clients.stream().map(FaultClient::start).toArray(CompletableFuture<?>[]::new))
        .orTimeout(180, TimeUnit.SECONDS)
        .join();
    return crowd;
  }

  /** The network breaks for all in the same moment; each comes back at once. */
  void breakConnections() {
    clients.forEach(FaultClient::breakConnection);
  }

  void awaitAll() {
    Await.until(
        "all of the crowd is connected", () -> clients.stream().allMatch(c -> c.port() != 0));
  }

  long connected() {
    return clients.stream().filter(client -> client.port() != 0).count();
  }

  /** What must not have happened to any of them. */
  List<String> wrong() {
    return ledger.wrong();
  }

  @Override
  public void close() {
    clients.forEach(FaultClient::close);
    loops.shutdownGracefully(500, 5_000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
