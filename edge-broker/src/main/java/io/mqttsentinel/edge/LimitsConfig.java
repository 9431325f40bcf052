package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much may come in at this edge. Rates are per second; addresses of IPv6 count by their first
 * 64 bits. CONNECT beyond a rate is refused with 0x97, SUBSCRIBE with its failure code, a PUBLISH
 * with QoS 0 is dropped, any other packet waits.
 *
 * @param packets from all clients
 * @param bytes topics and payloads that all clients publish
 * @param packetsPerAddress from one address
 * @param bytesPerAddress topics and payloads that are published from one address
 * @param connectsPerAddress CONNECTs from one address
 * @param publishesPerClient PUBLISHes of one client
 * @param bytesPerClient topics and payloads that one client publishes
 * @param subscribesPerClient SUBSCRIBEs of one client
 * @param packetsPerClient of any kind
 * @param burst how many seconds' worth may come at once
 * @param patience how long a client may exceed its own rates without a pause before it is
 *     disconnected (0x96)
 * @param connections sockets of this edge; more are closed at once
 * @param connectionsPerAddress of those from one address
 * @param exemptAddresses addresses or ranges (CIDR) that no limit per address applies to: load
 *     balancers that do not tell whose connection it is; {@code none} for none. Without this key
 *     loopback
 */
@ConfigurationProperties("sentinel.edge.limits")
record LimitsConfig(
    @Bindable(defaultValue = "100000") int packets,
    @Bindable(defaultValue = "200000000") int bytes,
    @Bindable(defaultValue = "5000") int packetsPerAddress,
    @Bindable(defaultValue = "50000000") int bytesPerAddress,
    @Bindable(defaultValue = "100") int connectsPerAddress,
    @Bindable(defaultValue = "1000") int publishesPerClient,
    @Bindable(defaultValue = "10000000") int bytesPerClient,
    @Bindable(defaultValue = "50") int subscribesPerClient,
    @Bindable(defaultValue = "2000") int packetsPerClient,
    @Bindable(defaultValue = "5s") Duration burst,
    @Bindable(defaultValue = "60s") Duration patience,
    @Bindable(defaultValue = "150000") int connections,
    @Bindable(defaultValue = "20000") int connectionsPerAddress,
    @Nullable List<String> exemptAddresses) {

  private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1/128");

  LimitsConfig {
    ConfigCheck.atLeast("sentinel.edge.limits.packets", packets, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.bytes", bytes, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.packets-per-address", packetsPerAddress, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.bytes-per-address", bytesPerAddress, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.connects-per-address", connectsPerAddress, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.publishes-per-client", publishesPerClient, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.bytes-per-client", bytesPerClient, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.subscribes-per-client", subscribesPerClient, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.packets-per-client", packetsPerClient, 1);
    ConfigCheck.positive("sentinel.edge.limits.burst", burst);
    ConfigCheck.positive("sentinel.edge.limits.patience", patience);
    ConfigCheck.atLeast("sentinel.edge.limits.connections", connections, 1);
    ConfigCheck.atLeast("sentinel.edge.limits.connections-per-address", connectionsPerAddress, 1);
    exemptAddresses = exemptAddresses == null ? LOOPBACK : List.copyOf(exemptAddresses);
    for (String range : exemptAddresses) {
      ConfigCheck.require(
          range.equals("none") || AddressRange.parse(range) != null,
          "sentinel.edge.limits.exempt-addresses",
          range,
          "an address, a range such as 10.0.0.0/8, or none");
    }
  }

  List<AddressRange> exempt() {
    List<AddressRange> ranges = new ArrayList<>();
    for (String range : exemptAddresses) {
      if (!range.equals("none")) {
        ranges.add(AddressRange.parse(range));
      }
    }
    return ranges;
  }
}
