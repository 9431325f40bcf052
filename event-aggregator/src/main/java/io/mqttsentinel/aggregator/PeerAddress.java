package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.RemoteAddress;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Whom an address stands for: the host, or for IPv6 the network that one subscriber owns. */
final class PeerAddress {

  private static final int NETWORK_BYTES = 8;

  private PeerAddress() {}

  /** The source of {@code host:port}; empty for an empty address, text that is none as it is. */
  static String source(String remoteAddress) {
    String host = RemoteAddress.host(remoteAddress);
    if (host.indexOf(':') < 0) {
      return host;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      return address instanceof Inet6Address ? network(address.getAddress()) : host;
    } catch (IllegalArgumentException e) { // no address: still good enough to tell sources apart
      return host;
    }
  }

  private static String network(byte[] address) {
    StringBuilder network = new StringBuilder();
    for (int i = 0; i < NETWORK_BYTES; i += 2) {
      network
          .append(Integer.toHexString(((address[i] & 0xff) << 8) | (address[i + 1] & 0xff)))
          .append(':');
    }
    return network.append(":/64").toString();
  }
}
