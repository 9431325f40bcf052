package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import io.mqttsentinel.schemas.TopicFilter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Lets everybody in, to try other people's clients and test suites. Only on a loopback address.
 *
 * @param enabled whether anybody may connect as anybody, publish to every topic and subscribe to
 *     every filter
 * @param noSubscribe topic filters that are refused when they are asked for as they are written
 */
@ConfigurationProperties("sentinel.edge.anonymous")
record AnonymousConfig(
    @Bindable(defaultValue = "false") boolean enabled, @Nullable List<String> noSubscribe) {

  AnonymousConfig {
    noSubscribe = noSubscribe == null ? List.of() : List.copyOf(noSubscribe);
    for (String filter : noSubscribe) {
      ConfigCheck.require(
          TopicFilter.isValid(filter),
          "sentinel.edge.anonymous.no-subscribe",
          filter,
          "a topic filter");
    }
  }

  /** A mistake in a configuration must not open an edge to a network. */
  static void requireLoopback(String host) {
    boolean loopback;
    try {
      loopback = InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      loopback = false;
    }
    ConfigCheck.require(
        loopback,
        "sentinel.edge.host",
        host,
        "a loopback address, because sentinel.edge.anonymous.enabled is true");
  }
}
