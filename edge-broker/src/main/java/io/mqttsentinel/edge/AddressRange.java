package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Addresses that have their first bits in common. IPv4 lies in IPv6 as RFC 4291, 2.5.5.2 has it, so
 * that there is one kind of range.
 *
 * @param high first 64 bits, those behind the prefix 0
 * @param low last 64 bits, likewise
 * @param prefix bits that count, of 128
 */
record AddressRange(long high, long low, int prefix) {

  static final int BITS = 128;
  private static final int IPV4_OFFSET = 96;
  private static final long IPV4_MARK = 0xffffL << 32;

  /** The range of an address or of CIDR notation; null where it is neither. */
  @Nullable
  static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = PeerAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int offset = address instanceof Inet4Address ? IPV4_OFFSET : 0;
    if (slash < 0) {
      return of(address, BITS);
    }
    try {
      int prefix = Integer.parseInt(text.substring(slash + 1));
      return prefix < 0 || prefix + offset > BITS ? null : of(address, prefix + offset);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static AddressRange of(InetAddress address, int prefix) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    boolean four = address instanceof Inet4Address;
    long high = four ? 0 : bytes.getLong();
    long low = four ? IPV4_MARK | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
    return new AddressRange(high & mask(prefix), low & mask(prefix - Long.SIZE), prefix);
  }

  boolean contains(InetAddress address) {
    return of(address, prefix).equals(this);
  }

  private static long mask(int bits) {
    if (bits <= 0) {
      return 0;
    }
    return bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
  }
}
