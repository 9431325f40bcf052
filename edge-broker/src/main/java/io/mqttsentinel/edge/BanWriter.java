package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Bans that this edge decides on, for all edges. */
final class BanWriter {

  private static final int RECORD_SIZE = 512;

  /** Under way at a time; a flood that finds no place here comes again. */
  private static final int MOST = 1000;

  private final Uplink uplink;
  private final Bans bans;
  private final Audit audit;
  private final EdgeMetrics metrics;
  private final EdgeIdentity identity;
  private final Duration banFor;
  private final Clock clock;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  BanWriter(
      Uplink uplink,
      Bans bans,
      Audit audit,
      EdgeMetrics metrics,
      EdgeIdentity identity,
      Duration banFor,
      Clock clock) {
    this.uplink = uplink;
    this.bans = bans;
    this.audit = audit;
    this.metrics = metrics;
    this.identity = identity;
    this.banFor = banFor;
    this.clock = clock;
  }

  /** Bans somebody for the configured time, who is not banned yet. */
  void ban(BanKind kind, String value, String reason) {
    String key = Bans.key(kind, value);
    if (banFor.isZero() || bans.has(key) || underWay.size() >= MOST || !underWay.add(key)) {
      return;
    }
    Ban ban =
        new Ban(
            clock.instant(), kind, value, clock.instant().plus(banFor), reason, identity.edge());
    boolean taken =
        uplink.offer(
            Topics.AUTH_BANS,
            key,
            ban,
            RECORD_SIZE,
            failure -> {
              if (failure == null) {
                bans.put(key, ban); // before our own reader sees it
              } else {
                metrics.lostRecord(Topics.AUTH_BANS.name());
              }
              underWay.remove(key);
            });
    if (taken) {
      metrics.banned(reason);
      audit.banned(ban);
    } else {
      underWay.remove(key);
    }
  }
}
