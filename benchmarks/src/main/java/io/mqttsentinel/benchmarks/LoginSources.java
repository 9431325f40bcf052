package io.mqttsentinel.benchmarks;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Addresses that clients come from. Linux lets anybody use all of 127.0.0.0/8, so that one machine
 * looks like thousands.
 */
final class LoginSources {

  /** As many as one network 127.x has. */
  static final int MOST = 65_000;

  private final InetSocketAddress[] addresses;

  /**
   * @param network second byte of the addresses, so that groups of clients share none
   */
  LoginSources(int network, int count) {
    addresses = new InetSocketAddress[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = new InetSocketAddress(address(network, i + 1), 0);
    }
  }

  /** A client always has the same one. */
  InetSocketAddress of(long client) {
    return addresses[(int) (client % addresses.length)];
  }

  private static InetAddress address(int network, int host) {
    try {
      return InetAddress.getByAddress(
          new byte[] {127, (byte) network, (byte) (host >> 8), (byte) host});
    } catch (UnknownHostException e) { // only for another number of bytes than four
      throw new IllegalStateException(e);
    }
  }
}
