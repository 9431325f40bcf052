package io.mqttsentinel.schemas;

import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Tombstones in {@code auth.bans} that only clear away a ban whose time is over. They carry a
 * header, because a ban may have been renewed while such a tombstone was on its way: unlike a
 * tombstone without it, it lifts nothing that is in force.
 */
public final class BanExpiry {

  private static final String HEADER = "sentinel-ban-expired";

  private BanExpiry() {}

  /** The headers of such a tombstone. */
  public static Headers headers() {
    return new RecordHeaders().add(HEADER, new byte[0]);
  }

  /** Whether a record with these headers is such a tombstone, provided that it has no value. */
  public static boolean isMarked(Headers headers) {
    return headers.lastHeader(HEADER) != null;
  }

  /** Whether the ban's time is over. */
  public static boolean isOver(Ban ban, Instant now) {
    return ban.getUntil() != null && !now.isBefore(ban.getUntil());
  }
}
