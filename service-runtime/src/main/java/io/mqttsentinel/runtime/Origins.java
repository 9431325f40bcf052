package io.mqttsentinel.runtime;

import io.mqttsentinel.schemas.RemoteAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds out where an address lies; what was asked lately is remembered. */
public final class Origins {

  private static final int REMEMBERED = 4096;
  private static final int NETWORK_V4 = 3;
  private static final int NETWORK_V6 = 8;

  private final GeoIp geoIp;
  private final Map<String, Origin> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Origin> eldest) {
          return size() > REMEMBERED;
        }
      };

  public Origins(GeoIp geoIp) {
    this.geoIp = geoIp;
  }

  /** Of {@code host:port}. The port changes with each connection and says nothing. */
  public synchronized Origin of(String remoteAddress) {
    String host = RemoteAddress.host(remoteAddress);
    return host.isEmpty() ? Origin.UNKNOWN : recent.computeIfAbsent(host, this::find);
  }

  private Origin find(String host) {
    try {
      InetAddress address = InetAddress.ofLiteral(host);
      byte[] bytes = address.getAddress();
      int length = address instanceof Inet6Address ? NETWORK_V6 : NETWORK_V4;
      int network = Arrays.hashCode(Arrays.copyOf(bytes, length));
      return geoIp.locate(network == 0 ? 1 : network, address);
    } catch (IllegalArgumentException e) { // a name: good enough to tell sources apart
      return new Origin(host.hashCode() | 1, null, 0, null);
    }
  }
}
