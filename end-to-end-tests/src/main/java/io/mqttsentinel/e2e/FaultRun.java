package io.mqttsentinel.e2e;

import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.Await;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Traffic without pause through a cluster whose parts are killed one after the other; afterwards
 * the ledger is held against the promises.
 */
final class FaultRun {

  private static final int PUBLISHERS = 6;
  private static final int BEFORE_THE_FIRST = 100;
  // Copies that come late are copies too.
  private static final Duration LATE = Duration.ofSeconds(3);

  private final Cluster cluster;
  private final FaultOptions options;
  private final PrintStream out;
  private final List<Pauses.Happened> faults = new ArrayList<>();
  private final long start = System.nanoTime();

  FaultRun(Cluster cluster, FaultOptions options, PrintStream out) {
    this.cluster = cluster;
    this.options = options;
    this.out = out;
  }

  FaultReport run() {
    try (FaultTraffic traffic = FaultTraffic.connect(cluster, PUBLISHERS, options.highestQos())) {
      Ledger ledger = traffic.ledger();
      traffic.publish(options.rate());
      Await.until(
          "traffic before the first fault",
          () ->
              ledger.acknowledgedCount() > BEFORE_THE_FIRST
                  && ledger.arrivedCount() > BEFORE_THE_FIRST);
      FaultPlan plan = new FaultPlan(options.seed(), cluster.layout(), options.down());
      long begin = System.nanoTime();
      int count = options.faults();
      for (int i = 0; i < count; i++) {
        pauseUntil(begin + i * options.every().toNanos());
        happen(plan.next(), traffic);
      }
      pauseUntil(begin + options.time().toNanos());
      traffic.stopPublishing();
      say("no more is published; waiting for what is on its way");
      awaitAll(ledger);
      LockSupport.parkNanos(LATE.toNanos());
      return report(ledger);
    }
  }

  private void happen(Fault fault, FaultTraffic traffic) {
    say("%s".formatted(fault));
    long at = System.nanoTime();
    faults.add(new Pauses.Happened(fault, at));
    if (fault.cut()) {
      cluster.detour().forEach(TcpProxy::cut);
    } else {
      cluster.kill(fault.part());
    }
    LockSupport.parkNanos(fault.downtime().toNanos());
    say("  clients at each edge: %s".formatted(traffic.clientsByEdge()));
    if (fault.cut()) {
      cluster.detour().forEach(TcpProxy::restore);
      cluster.awaitReady(fault.part());
    } else {
      cluster.start(fault.part());
    }
    Ledger ledger = traffic.ledger();
    Pauses.Pause pause = Pauses.longest(ledger.streams(), at, Long.MAX_VALUE);
    say(
        "  whole again after %d ms; clients at each edge: %s"
            .formatted(
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - at), traffic.clientsByEdge()));
    say(
        "  %d acknowledged, %d arrived, longest pause so far %d ms (%s at %s)"
            .formatted(
                ledger.acknowledgedCount(),
                ledger.arrivedCount(),
                pause.millis(),
                pause.topic(),
                pause.subscriber()));
  }

  /** Waits for what is not there yet; that something never comes is for the report to say. */
  private void awaitAll(Ledger ledger) {
    try {
      Await.value("every acknowledged message", ledger::lost, List::isEmpty);
    } catch (AssertionError e) {
      say("gave up waiting for %d messages".formatted(ledger.lost().size()));
    }
  }

  private FaultReport report(Ledger ledger) {
    return new FaultReport(
        options.command(),
        ledger.acknowledgedCount(),
        ledger.arrivedCount(),
        ledger.lost(),
        ledger.repeatedOnce(),
        ledger.outOfOrder(),
        withoutVerdict(ledger),
        ledger.wrong(),
        ledger.repeatedAtLeastOnce(),
        Pauses.byKind(faults, ledger.streams()));
  }

  private List<String> withoutVerdict(Ledger ledger) {
    Set<String> missing = new HashSet<>();
    ledger
        .streams()
        .forEach(
            stream ->
                stream
                    .arrivals()
                    .forEach(arrival -> missing.add(stream.topic() + "#" + arrival.number())));
    try (TopicReader<String, InspectedMessage> cleared =
        new TopicReader<>(cluster, Topics.MESSAGES_CLEARED)) {
      cleared.readToEnd(
          message ->
              Note.parse(message.getPayload()).ifPresent(note -> missing.remove(note.toString())));
    }
    return missing.stream().sorted().toList();
  }

  private static void pauseUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void say(String what) {
    out.printf("%5.1f s  %s%n", (System.nanoTime() - start) / 1e9, what);
  }
}
