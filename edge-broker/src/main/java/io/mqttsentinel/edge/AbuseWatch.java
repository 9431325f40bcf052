package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.RemoteAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices who fails to log in, or comes back, too often, and who floods the place where suspects
 * wait. The counters are buckets that drain, of fixed size whoever comes.
 */
final class AbuseWatch {

  private static final int BUCKETS = 1 << 16;
  private static final int SUBSCRIBER_PREFIX = 64;
  private static final String SUSPECT_FLOOD = "suspect_flood";
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Key of what is counted for all addresses together. */
  private static final long EVERYBODY = 0;

  private final SharedBuckets addressFailures;
  private final SharedBuckets suspects;
  private final SharedBuckets suspectRefusals;
  private final SharedBuckets suspectSockets;
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
    suspectSockets = new SharedBuckets(Rate.of(config.suspectSocketsPerSecond(), SECOND), 1);
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
    if (isBeyond(addressFailures, connection.addressKey(), now)) {
      events.abuse(connection, "brute_force_address", now);
      ban(connection.remoteAddress(), "brute_force_address");
    }
    if (client.username() != null && userFailures.take(hash(client.username()), now) > 0) {
      events.abuse(connection, "brute_force_username", now);
    }
    if (!client.assigned() && clientFailures.take(hash(client.clientId()), now) > 0) {
      events.abuse(connection, "brute_force_client_id", now);
    }
  }

  /** A suspect that nobody was asked about: the place to wait is full of its like. */
  void crowdedOut(Connection connection) {
    long now = nanos.getAsLong();
    if (isBeyond(suspectRefusals, connection.addressKey(), now)) {
      events.abuse(connection, SUSPECT_FLOOD, now);
      ban(connection.remoteAddress(), SUSPECT_FLOOD);
    }
  }

  /** The same of one that was not even listened to. */
  void crowdedOut(long addressKey, String remoteAddress) {
    if (isBeyond(suspectRefusals, addressKey, nanos.getAsLong())) {
      events.abuse(remoteAddress, SUSPECT_FLOOD);
      ban(remoteAddress, SUSPECT_FLOOD);
    }
  }

  /** Counts one more of this address; whether that is too much. */
  private static boolean isBeyond(SharedBuckets counted, long addressKey, long now) {
    return addressKey != PeerAddress.NOBODY && counted.take(addressKey, now) > 0;
  }

  private void ban(String remoteAddress, String reason) {
    bans.ban(BanKind.ADDRESS, subscriber(remoteAddress), reason);
  }

  /** Whether logins from its address failed, more than once by mistake. */
  boolean isSuspect(long addressKey) {
    return addressKey != PeerAddress.NOBODY && suspects.isEmpty(addressKey, nanos.getAsLong());
  }

  /** Whether a socket comes from a suspect, and more of them came than anybody listens to. */
  boolean isUnheard(long addressKey) {
    return isSuspect(addressKey) && suspectSockets.take(EVERYBODY, nanos.getAsLong()) > 0;
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
  private static String subscriber(String remoteAddress) {
    String host = RemoteAddress.host(remoteAddress);
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
