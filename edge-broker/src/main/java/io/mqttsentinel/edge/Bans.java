package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanExpiry;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.RemoteAddress;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Who is banned, as of the records of {@code auth.bans}. For any thread. */
final class Bans {

  private final Map<String, Ban> clientIds = new ConcurrentHashMap<>();
  private final Map<String, Ban> usernames = new ConcurrentHashMap<>();
  private final Map<AddressRange, Ban> addresses = new ConcurrentHashMap<>();
  private final int[] rangesByPrefix = new int[AddressRange.BITS + 1]; // guarded by this
  private final Clock clock;
  private volatile int[] prefixes = {};

  Bans(Clock clock) {
    this.clock = clock;
  }

  /** The key of its record. */
  static String key(BanKind kind, String value) {
    return kind + ":" + value;
  }

  /**
   * Takes over a record.
   *
   * @param ban null: it is lifted
   * @throws IllegalArgumentException if the record makes no sense
   */
  synchronized void put(String key, @Nullable Ban ban) {
    int colon = key.indexOf(':');
    BanKind kind = BanKind.valueOf(key.substring(0, Math.max(colon, 0)));
    String value = key.substring(colon + 1);
    switch (kind) {
      case CLIENT_ID -> put(clientIds, value, ban);
      case USERNAME -> put(usernames, value, ban);
      case ADDRESS -> {
        AddressRange range = AddressRange.parse(value);
        if (range == null) {
          throw new IllegalArgumentException("'%s' is no address or range".formatted(value));
        }
        put(addresses, range, ban);
      }
      case UNKNOWN -> throw new IllegalArgumentException("a ban of a kind that is not known");
    }
  }

  private <K> void put(Map<K, Ban> bans, K key, @Nullable Ban ban) {
    boolean added = false;
    boolean removed = false;
    if (ban == null || isOver(ban)) {
      removed = bans.remove(key) != null;
    } else {
      added = bans.put(key, ban) == null;
    }
    if (key instanceof AddressRange range && (added || removed)) {
      count(range, added ? 1 : -1);
    }
  }

  /** Only prefixes that are in use are looked up. */
  private void count(AddressRange range, int by) {
    rangesByPrefix[range.prefix()] += by;
    if (rangesByPrefix[range.prefix()] == Math.max(by, 0)) {
      prefixes =
          IntStream.rangeClosed(0, AddressRange.BITS)
              .filter(prefix -> rangesByPrefix[prefix] > 0)
              .toArray();
    }
  }

  @Nullable
  Ban find(InetAddress address) {
    for (int prefix : prefixes) {
      Ban ban = valid(addresses.get(AddressRange.of(address, prefix)));
      if (ban != null) {
        return ban;
      }
    }
    return null;
  }

  @Nullable
  Ban find(String clientId, @Nullable String username) {
    Ban ban = valid(clientIds.get(clientId));
    return ban != null || username == null ? ban : valid(usernames.get(username));
  }

  boolean has(String key) {
    String value = key.substring(key.indexOf(':') + 1);
    return switch (BanKind.valueOf(key.substring(0, key.indexOf(':')))) {
      case CLIENT_ID -> valid(clientIds.get(value)) != null;
      case USERNAME -> valid(usernames.get(value)) != null;
      case ADDRESS -> valid(addresses.get(AddressRange.parse(value))) != null;
      case UNKNOWN -> false;
    };
  }

  /** Whether the connection is one of those that are not to be here. */
  boolean isBanned(Connection connection) {
    Client client = connection.client();
    if (client != null && find(client.clientId(), client.username()) != null) {
      return true;
    }
    InetAddress address =
        prefixes.length == 0
            ? null
            : PeerAddress.parse(RemoteAddress.host(connection.remoteAddress()));
    return address != null && find(address) != null;
  }

  @Nullable
  private Ban valid(@Nullable Ban ban) {
    return ban == null || isOver(ban) ? null : ban;
  }

  private boolean isOver(Ban ban) {
    return BanExpiry.isOver(ban, clock.instant());
  }

  /** Drops those whose time is over. */
  synchronized void purge() {
    clientIds.values().removeIf(this::isOver);
    usernames.values().removeIf(this::isOver);
    addresses
        .entrySet()
        .removeIf(
            entry -> {
              boolean over = isOver(entry.getValue());
              if (over) {
                count(entry.getKey(), -1);
              }
              return over;
            });
  }

  /** Those in force, in order of their keys. */
  List<Ban> all() {
    return Stream.of(clientIds, usernames, addresses)
        .flatMap(bans -> bans.values().stream())
        .filter(ban -> !isOver(ban))
        .sorted(Comparator.comparing(ban -> key(ban.getKind(), ban.getValue())))
        .toList();
  }

  int count() {
    return clientIds.size() + usernames.size() + addresses.size();
  }
}
