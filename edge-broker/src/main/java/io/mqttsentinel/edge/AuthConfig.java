package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Who is asked whether a client may connect: names of authenticators, in the order in which they
 * are asked until one decides. A name that is not configured stops the start; an empty chain
 * denies.
 *
 * @param chain of every listener without one of its own; without this key all that are configured:
 *     {@code certificate}, {@code jwt}, {@code jdbc}, {@code http}, {@code anonymous}
 * @param tcp chain of the listener for MQTT over TCP
 * @param websocket chain of the listener for MQTT over WebSocket
 * @param tls chain of the listener for MQTT over TLS
 * @param secureWebsocket chain of the listener for MQTT over WebSocket over TLS
 * @param breakerFailureRate percentage of the last calls to a backend that may fail before it is
 *     left alone for a while
 * @param breakerCalls how many calls that is about
 * @param breakerOpenFor how long it is left alone; everybody whom it would decide on is denied
 *     meanwhile
 */
@ConfigurationProperties("sentinel.edge.auth")
record AuthConfig(
    @Nullable List<String> chain,
    @Nullable List<String> tcp,
    @Nullable List<String> websocket,
    @Nullable List<String> tls,
    @Nullable List<String> secureWebsocket,
    @Bindable(defaultValue = "50") int breakerFailureRate,
    @Bindable(defaultValue = "20") int breakerCalls,
    @Bindable(defaultValue = "5s") Duration breakerOpenFor) {

  /** In the order in which they are asked where nobody says otherwise. */
  static final List<String> KINDS = List.of("certificate", "jwt", "jdbc", "http", "anonymous");

  AuthConfig {
    ConfigCheck.between("sentinel.edge.auth.breaker-failure-rate", breakerFailureRate, 1, 100);
    ConfigCheck.between("sentinel.edge.auth.breaker-calls", breakerCalls, 1, 10_000);
    ConfigCheck.positive("sentinel.edge.auth.breaker-open-for", breakerOpenFor);
  }

  /**
   * Those that this listener asks, of those that are configured.
   *
   * @throws IllegalArgumentException if one is named that is not configured
   */
  List<Authenticator> chainOf(Listener listener, Map<String, Authenticator> configured) {
    List<String> own =
        switch (listener) {
          case TCP -> tcp;
          case WEBSOCKET -> websocket;
          case TLS -> tls;
          case SECURE_WEBSOCKET -> secureWebsocket;
        };
    String key = own == null ? "chain" : listener.name().toLowerCase(java.util.Locale.ROOT);
    List<String> names = own == null ? chain : own;
    if (names == null) {
      return KINDS.stream().filter(configured::containsKey).map(configured::get).toList();
    }
    for (String name : names) {
      ConfigCheck.require(
          configured.containsKey(name),
          "sentinel.edge.auth." + key.replace('_', '-'),
          name,
          "names of authenticators that are configured: " + configured.keySet());
    }
    return names.stream().map(configured::get).toList();
  }
}
