package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.RemoteAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may have a socket at all: not too many, not too many from one address, nobody whose address
 * is banned. Its memory is bounded by the sockets that it lets in.
 */
final class Admission {

  private static final Closure FULL =
      Closure.of(CloseCause.LIMIT_EXCEEDED, ReasonCode.QUOTA_EXCEEDED, "connections_total");
  private static final Closure ADDRESS_FULL =
      Closure.of(CloseCause.LIMIT_EXCEEDED, ReasonCode.QUOTA_EXCEEDED, "connections_address");

  private final LimitsConfig config;
  private final List<AddressRange> exempt;
  private final Bans bans;
  private final AtomicInteger sockets = new AtomicInteger();
  private final Map<Long, Integer> byAddress = new ConcurrentHashMap<>();

  Admission(LimitsConfig config, Bans bans) {
    this.config = config;
    this.exempt = config.exempt();
    this.bans = bans;
  }

  /**
   * Why nobody of this address may have a socket now, or null.
   *
   * @param address null where it is not known
   */
  @Nullable
  Closure refusal(@Nullable InetAddress address) {
    if (sockets.get() >= config.connections()) {
      return FULL;
    }
    if (address == null) {
      return null;
    }
    if (bans.find(address) != null) {
      return Closure.BANNED;
    }
    long key = key(address);
    boolean full =
        key != PeerAddress.NOBODY
            && byAddress.getOrDefault(key, 0) >= config.connectionsPerAddress();
    return full ? ADDRESS_FULL : null;
  }

  /** What counts as its peer; nobody where it is exempt. */
  long key(InetAddress address) {
    return isExempt(address) ? PeerAddress.NOBODY : PeerAddress.key(address);
  }

  /** Null: it may stay; else how it ends. Each socket that comes is to {@link #left} later. */
  @Nullable
  Closure came() {
    return sockets.incrementAndGet() > config.connections() ? FULL : null;
  }

  /** The same as soon as it is known whose connection it is. */
  @Nullable
  Closure identified(Connection connection) {
    InetAddress address = PeerAddress.parse(RemoteAddress.host(connection.remoteAddress()));
    if (address == null) {
      return null; // no address to ban or to count under; it counts in total
    }
    if (bans.find(address) != null) {
      return Closure.BANNED;
    }
    long key = key(address);
    connection.addressKey(key);
    if (key == PeerAddress.NOBODY) {
      return null;
    }
    return byAddress.merge(key, 1, Integer::sum) > config.connectionsPerAddress()
        ? ADDRESS_FULL
        : null;
  }

  private boolean isExempt(InetAddress address) {
    return exempt.stream().anyMatch(range -> range.contains(address));
  }

  void left(Connection connection) {
    sockets.decrementAndGet();
    if (connection.addressKey() != PeerAddress.NOBODY) {
      byAddress.computeIfPresent(
          connection.addressKey(), (key, count) -> count == 1 ? null : count - 1);
    }
  }

  int addresses() {
    return byAddress.size();
  }
}
