package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.RemoteAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** What counts as one peer where peers are counted. */
final class PeerAddress {

  /** Of who has no address, which no limit may mistake for somebody. */
  static final long NOBODY = 0;

  private static final long IPV4 = 1L << 32;

  /** Where the first 64 bits of an IPv6 address are 0, as in {@code ::1}: that is not nobody. */
  private static final long ZERO_PREFIX = 1;

  private PeerAddress() {}

  /**
   * A number for the address of {@code host:port}: the whole IPv4 address, or the first 64 bits of
   * an IPv6 address, of which one subscriber has as many as it likes.
   */
  static long key(String remoteAddress) {
    InetAddress address = parse(RemoteAddress.host(remoteAddress));
    return address == null ? NOBODY : key(address);
  }

  static long key(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    if (address instanceof Inet4Address) {
      return IPV4 | Integer.toUnsignedLong(bytes.getInt());
    }
    long prefix = bytes.getLong();
    return prefix == NOBODY ? ZERO_PREFIX : prefix;
  }

  /** Null where it is no address; no name is ever looked up. */
  static InetAddress parse(String host) {
    if (host.isEmpty()) {
      return null;
    }
    int zone = host.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
