package io.mqttsentinel.schemas;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How records write where a client connects from: {@code host:port}, an IPv6 host in brackets as in
 * a URL (RFC 3986, 3.2.2), so that its last group is not taken for the port.
 */
public final class RemoteAddress {

  private static final Pattern PORT = Pattern.compile("^(?:[^:\\[]*|/?\\[[^]]*]):([0-9]{1,5})$");

  private RemoteAddress() {}

  /**
   * @param peer a resolved address
   */
  public static String of(InetSocketAddress peer) {
    return of(peer.getAddress().getHostAddress(), peer.getPort());
  }

  /** An IPv6 host is put into brackets. */
  public static String of(String host, int port) {
    return host.indexOf(':') < 0 ? host + ':' + port : '[' + host + "]:" + port;
  }

  /**
   * The host alone, without brackets; empty for null. Text in another form stays as it is: good
   * enough to tell sources apart.
   */
  public static String host(String remoteAddress) {
    if (remoteAddress == null) {
      return "";
    }
    String address = remoteAddress.startsWith("/") ? remoteAddress.substring(1) : remoteAddress;
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      return end < 0 ? address : address.substring(1, end);
    }
    int colon = address.indexOf(':');
    boolean one = colon >= 0 && address.lastIndexOf(':') == colon;
    return one ? address.substring(0, colon) : address;
  }

  /** The port alone; 0 where there is none. */
  public static int port(String remoteAddress) {
    Matcher port = PORT.matcher(remoteAddress);
    return port.find() ? Integer.parseInt(port.group(1)) : 0;
  }
}
