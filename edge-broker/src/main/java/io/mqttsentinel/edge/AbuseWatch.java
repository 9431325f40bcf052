package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.RemoteAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.function.LongSupplier;

/**
 * Notices who fails to log in, or comes back, too often, and who floods the place where suspects
 * wait. The counters are buckets that drain, of fixed size whoever comes.
 */
final class AbuseWatch {

  private static final int BUCKETS = 1 << 16;
  private static final int SUBSCRIBER_PREFIX = 64;

  private final SharedBuckets addressFailures;
  private final SharedBuckets suspects;
  private final SharedBuckets suspectRefusals;
  private final SharedBuckets userFailures;
  private final SharedBuckets clientFailures;
  private final SharedBuckets clientConnects;
  private final BanWriter bans;
  private final EdgeEvents events;
  private final LongSupplier nanos;

  AbuseWatch(AbuseConfig config, BanWriter bans, EdgeEvents events, LongSupplier nanos) {
    addressFailures = buckets(config.failuresPerAddress(), config);
    suspects = buckets(config.suspectAfter(), config);
    suspectRefusals = buckets(config.suspectRefusals(), config);
    userFailures = buckets(config.failuresPerUsername(), config);
    clientFailures = buckets(config.failuresPerClient(), config);
    clientConnects = buckets(config.connectsPerClient(), config);
    this.bans = bans;
    this.events = events;
    this.nanos = nanos;
  }

  private static SharedBuckets buckets(int most, AbuseConfig config) {
    double perSecond = most / (config.window().toNanos() / 1e9);
    return new SharedBuckets(Rate.of(perSecond, config.window()), BUCKETS);
  }

  /** Credentials or certificate were not accepted. */
  void failed(Connection connection) {
    long now = nanos.getAsLong();
    Client client = connection.client();
    if (connection.addressKey() != PeerAddress.NOBODY) {
      var _ = suspects.take(connection.addressKey(), now);
    }
    banBeyond(addressFailures, connection, "brute_force_address", now);
    if (client.username() != null && userFailures.take(hash(client.username()), now) > 0) {
      events.abuse(connection, "brute_force_username", now);
    }
    if (!client.assigned() && clientFailures.take(hash(client.clientId()), now) > 0) {
      events.abuse(connection, "brute_force_client_id", now);
    }
  }

  /** A suspect that nobody was asked about: the place to wait is full of its like. */
  void crowdedOut(Connection connection) {
    banBeyond(suspectRefusals, connection, "suspect_flood", nanos.getAsLong());
  }

  /** Counts one more of this address, and bans it where that is too much. */
  private void banBeyond(SharedBuckets counted, Connection connection, String reason, long now) {
    if (connection.addressKey() != PeerAddress.NOBODY
        && counted.take(connection.addressKey(), now) > 0) {
      events.abuse(connection, reason, now);
      bans.ban(BanKind.ADDRESS, subscriber(connection), reason);
    }
  }

  /** Whether logins from its address failed, more than once by mistake. */
  boolean isSuspect(Connection connection) {
    return connection.addressKey() != PeerAddress.NOBODY
        && suspects.isEmpty(connection.addressKey(), nanos.getAsLong());
  }

  void connected(Connection connection) {
    long now = nanos.getAsLong();
    Client client = connection.client();
    if (!client.assigned() && clientConnects.take(hash(client.clientId()), now) > 0) {
      events.abuse(connection, "flapping", now);
      bans.ban(BanKind.CLIENT_ID, client.clientId(), "flapping");
    }
  }

  /** The address, or the range that one subscriber of IPv6 has. */
  private static String subscriber(Connection connection) {
    String host = RemoteAddress.host(connection.remoteAddress());
    InetAddress address = PeerAddress.parse(host);
    return address instanceof Inet4Address || address == null
        ? host
        : address.getHostAddress() + "/" + SUBSCRIBER_PREFIX;
  }

  /** 64 bits of FNV-1a: the 32 of String would let anybody find names that collide. */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
