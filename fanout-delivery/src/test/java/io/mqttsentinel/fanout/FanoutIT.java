package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.testing.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FanoutIT {

  @TempDir Path state;

  @Test
  void messageReachesTheLaneOfItsSession() {
    try (Cluster cluster = new Cluster("lanes");
        ApplicationContext instance = cluster.instance("one", state)) {
      assertTrue(instance.isRunning());
      // More clients than partitions: routes stay within a task and cross over.
      for (int i = 0; i < 8; i++) {
        subscribe(cluster, i % 2, "lane-" + i, 100L + i, "clients/lane-" + i + "/#", "all", "+/x");
      }

      for (int i = 0; i < 8; i++) {
        cluster.cleared("clients/lane-" + i + "/alerts", "for " + i, 1, 3 * i + 1);
        cluster.cleared("all", "all " + i, 1, 3 * i + 2);
        cluster.cleared("any/x", "x " + i, 0, 3 * i + 3);
      }

      for (int i = 0; i < 8; i++) {
        String clientId = "lane-" + i;
        int lane = i % 2;
        long epoch = 100L + i;
        List<String> received =
            Await.value(
                "17 messages for " + clientId,
                () -> cluster.received(lane, clientId, epoch),
                payloads -> payloads.size() >= 17);
        assertEquals(17, received.size(), received::toString);
        assertTrue(received.contains("for " + i), received::toString);
        assertEquals(
            LongStream.range(0, 8).mapToObj(n -> "all " + n).toList(),
            received.stream().filter(payload -> payload.startsWith("all")).toList());
        assertEquals(List.of(), cluster.received(1 - lane, clientId, epoch));
      }
    }
  }

  @Test
  void takeoverFromTheOtherLane() {
    try (Cluster cluster = new Cluster("takeover");
        ApplicationContext instance = cluster.instance("one", state)) {
      assertTrue(instance.isRunning());
      subscribe(cluster, 0, "mover", 200, "clients/mover/alerts");
      cluster.cleared("clients/mover/alerts", "first", 1, 1000);
      Await.until(
          "the first delivery", () -> cluster.received(0, "mover", 200).equals(List.of("first")));

      cluster.edge(1, "mover", 201, Records.open(false, Records.NEVER));

      Await.until(
          "the old edge to be told",
          () -> cluster.told(0, SessionFenced.class).stream().anyMatch(f -> f.getEpoch() == 200));
      SessionOpened opened = opened(cluster, 1, "mover", 201);
      assertTrue(opened.getSessionPresent());
      assertEquals(1, opened.getSubscriptions().size());
      Await.until(
          "the delivery again", () -> cluster.received(1, "mover", 201).equals(List.of("first")));
    }
  }

  /** The second start finds the stores on its disk, or has only their changelogs. */
  @ParameterizedTest
  @ValueSource(strings = {"same", "empty"})
  void restartKeepsEverything(String directory) {
    String region = "restart-" + directory;
    String online = region + "-online";
    String offline = region + "-offline";
    try (Cluster cluster = new Cluster(region)) {
      try (ApplicationContext instance = cluster.instance("one", state.resolve("same"))) {
        assertTrue(instance.isRunning());
        subscribe(cluster, 0, online, 300, "clients/" + online + "/alerts", region + "/+", region);
        subscribe(cluster, 1, offline, 300, "clients/" + offline + "/alerts");
        cluster.edge(1, offline, 300, Records.close());
        cluster.cleared("clients/" + online + "/alerts", "acknowledged", 1, 2001);
        cluster.cleared("clients/" + online + "/alerts", "out", 1, 2002);
        cluster.cleared("clients/" + offline + "/alerts", "queued", 1, 2003);
        Await.until("two deliveries", () -> cluster.received(0, online, 300).size() == 2);
        cluster.acknowledgeFirst(0, online, 300);
      }
      // Nobody is there.
      cluster.cleared("clients/" + online + "/alerts", "meanwhile", 1, 2004);
      cluster.cleared(region + "/x", "by wildcard", 1, 2005);
      cluster.cleared(region, "exact", 1, 2006);
      cluster.cleared("clients/" + offline + "/alerts", "queued later", 1, 2007);

      try (ApplicationContext instance = cluster.instance("one", state.resolve(directory))) {
        assertTrue(instance.isRunning());
        List<String> received =
            Await.value(
                "what came meanwhile",
                () -> cluster.received(0, online, 300),
                payloads -> payloads.size() >= 5);
        assertEquals(List.of("acknowledged", "out"), received.subList(0, 2));
        assertEquals(
            List.of("by wildcard", "exact", "meanwhile"),
            received.stream().skip(2).sorted().toList());

        cluster.edge(1, online, 301, Records.open(false, Records.NEVER));
        cluster.edge(0, offline, 301, Records.open(false, Records.NEVER));
        assertEquals(3, opened(cluster, 1, online, 301).getSubscriptions().size());
        List<String> again =
            Await.value(
                "what was not acknowledged",
                () -> cluster.received(1, online, 301),
                payloads -> payloads.size() >= 4);
        assertEquals("out", again.getFirst());
        assertEquals(received.subList(1, 5), again);
        Await.until(
            "the offline queue",
            () -> cluster.received(0, offline, 301).equals(List.of("queued", "queued later")));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void anotherInstanceTakesOverInTheMiddleOfTheWork(int standbyReplicas) {
    String region = "handover-" + standbyReplicas;
    int messages = 400;
    List<String> clients = new ArrayList<>();
    try (Cluster cluster = new Cluster(region);
        ApplicationContext first = cluster.instance("one", state.resolve("one"), standbyReplicas);
        ApplicationContext second =
            cluster.instance("two", state.resolve("two"), standbyReplicas)) {
      assertTrue(second.isRunning());
      for (int i = 0; i < 8; i++) {
        String clientId = region + "-" + i;
        clients.add(clientId);
        subscribe(cluster, i % 2, clientId, 400, "clients/" + clientId + "/alerts");
      }
      for (int n = 0; n < messages; n++) {
        String clientId = clients.get(n % clients.size());
        cluster.cleared("clients/" + clientId + "/alerts", "" + n, 1, 5000 + n);
        if (n == messages / 2) {
          first.stop();
        }
      }

      for (int i = 0; i < clients.size(); i++) {
        int lane = i % 2;
        int start = i;
        String clientId = clients.get(i);
        List<String> expected =
            LongStream.range(0, messages)
                .filter(n -> n % clients.size() == start)
                .mapToObj(Long::toString)
                .collect(Collectors.toList());
        Await.value(
            "all messages of " + clientId + " once and in order",
            () -> cluster.received(lane, clientId, 400),
            expected::equals);
      }
    }
  }

  @Test
  void whatIsDeliveredExactlyOnceGoesOutAfterTheCommit() {
    try (Cluster cluster = new Cluster("commits");
        ApplicationContext instance = cluster.instance("one", state)) {
      assertTrue(instance.isRunning());
      cluster.edge(0, "exact", 500, Records.open(true, Records.NEVER));
      cluster.edge(0, "exact", 500, Records.subscribe(1, Records.to("clients/exact/alerts", 2)));
      Await.until("the subscription", () -> !cluster.told(0, SubscriptionApplied.class).isEmpty());

      for (int n = 0; n < 20; n++) {
        cluster.cleared("clients/exact/alerts", "" + n, 2, 6000 + n);
      }

      Await.value(
          "all messages once and in order",
          () -> cluster.received(0, "exact", 500),
          LongStream.range(0, 20).mapToObj(Long::toString).collect(Collectors.toList())::equals);
    }
  }

  @Test
  void edgeThatDiesLosesItsConnections() {
    try (Cluster cluster = new Cluster("edges");
        ApplicationContext instance = cluster.instance("one", state)) {
      assertTrue(instance.isRunning());
      for (int i = 0; i < 8; i++) {
        subscribe(cluster, i % 2, "edges-" + i, 600 + i, "clients/edges-" + i + "/alerts");
      }
      cluster.sign(0, 1, EdgeEventType.STARTED);

      Await.until(
          "the connections of the silent edge to be closed",
          () -> {
            cluster.sign(1, 1, EdgeEventType.HEARTBEAT);
            return cluster.told(0, SessionFenced.class).size() == 4;
          });

      assertEquals(List.of(), cluster.told(1, SessionFenced.class));
      cluster.edge(1, "edges-0", 700, Records.open(false, Records.NEVER));
      assertTrue(opened(cluster, 1, "edges-0", 700).getSessionPresent());
    }
  }

  private static void subscribe(
      Cluster cluster, int lane, String clientId, long epoch, String... topicFilters) {
    cluster.edge(lane, clientId, epoch, Records.open(true, Records.NEVER));
    opened(cluster, lane, clientId, epoch);
    int parts = 0;
    for (String topicFilter : topicFilters) {
      parts += OwnPartition.isSpread(topicFilter) ? Cluster.PARTITIONS : 1;
      cluster.edge(lane, clientId, epoch, Records.subscribe(parts, Records.to(topicFilter, 1)));
    }
    int expected = parts;
    Await.until(
        "all routers to know the subscriptions of " + clientId,
        () ->
            cluster.told(lane, SubscriptionApplied.class).stream()
                    .filter(a -> a.getClientId().equals(clientId) && a.getEpoch() == epoch)
                    .map(a -> a.getRequestId() + "/" + a.getPart())
                    .distinct()
                    .count()
                == expected);
  }

  private static SessionOpened opened(Cluster cluster, int lane, String clientId, long epoch) {
    return Await.value(
            "the answer to " + clientId,
            () ->
                cluster.told(lane, SessionOpened.class).stream()
                    .filter(o -> o.getClientId().equals(clientId) && o.getEpoch() == epoch)
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }
}
