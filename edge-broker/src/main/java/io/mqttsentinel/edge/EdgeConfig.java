package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.schemas.Epoch;
import java.time.Duration;
import java.util.List;

/**
 * One edge.
 *
 * @param host address on which the edge listens
 * @param tcpPort MQTT over TCP, not encrypted; 0: any free port, -1: off
 * @param websocketPort MQTT over WebSocket, not encrypted; 0: any free port, -1: off
 * @param tlsPort MQTT over TLS, usually 8883; 0: any free port, -1: off
 * @param secureWebsocketPort MQTT over WebSocket over TLS, usually 8884; 0: any free port, -1: off
 * @param websocketPath path of the WebSocket handshake
 * @param proxyProtocol what a load balancer in front of all ports sends first: {@code v1}, {@code
 *     v2} or {@code any} of both; {@code off}: nothing. A connection without it is closed, so only
 *     the load balancer may reach the ports
 * @param lane partition of the downlink that this edge reads; no two edges of a region share one
 * @param name of this edge in records and metrics; else the node's instance, else edge-{lane}
 * @param maxMessageBytes largest MQTT packet from a client
 * @param sessionTimeout how long the owner of sessions may take to answer CONNECT and SUBSCRIBE
 * @param connectTimeout how long a new connection may take to send CONNECT
 * @param maxSessionExpiry longest a session stays without a connection; for MQTT 3 clients without
 *     clean session that is its time
 * @param longestKeepAlive keep-alive that MQTT 5 clients are told to use which ask for a longer one
 *     or for none
 * @param receiveMaximum publishes of one client that are on their way to Kafka
 * @param deliveryWindow deliveries to one client that are not acknowledged
 * @param topicAliasMaximum topic aliases that a client may use in one connection; 0: none
 * @param maxClientIdLength characters
 * @param anyClientId whether a client id may have {@code /}, {@code +} and {@code #}, too; no
 *     permission with the client id in its topic fits to such a client
 * @param maxTopicLevels of a topic name or filter
 * @param maxTopicLength characters of a topic name or filter
 * @param maxFiltersPerSubscribe topic filters in one SUBSCRIBE or UNSUBSCRIBE
 * @param maxSubscriptions of one connection
 * @param ackLinger how long a client's acknowledgements wait for company
 * @param heartbeat how often the edge says that it lives
 * @param stopTimeout how long a graceful stop may take for each of its steps
 * @param drainDelay how long a stopping edge, no longer ready, goes on as before, so that the load
 *     balancer sends nobody new
 * @param drainRate connections that a stopping edge ends in a second
 * @param serverReference where MQTT 5 clients of a stopping edge are told to go instead: {@code
 *     host} or {@code host:port}; without it they choose
 */
@ConfigurationProperties("sentinel.edge")
public record EdgeConfig(
    @Bindable(defaultValue = "0.0.0.0") String host,
    @Bindable(defaultValue = "-1") int tcpPort,
    @Bindable(defaultValue = "-1") int websocketPort,
    @Bindable(defaultValue = "-1") int tlsPort,
    @Bindable(defaultValue = "-1") int secureWebsocketPort,
    @Bindable(defaultValue = "/mqtt") String websocketPath,
    @Bindable(defaultValue = "off") String proxyProtocol,
    @Bindable(defaultValue = "0") int lane,
    @Nullable String name,
    @Bindable(defaultValue = "262144") int maxMessageBytes,
    @Bindable(defaultValue = "5s") Duration sessionTimeout,
    @Bindable(defaultValue = "10s") Duration connectTimeout,
    @Bindable(defaultValue = "7d") Duration maxSessionExpiry,
    @Nullable Duration longestKeepAlive,
    @Bindable(defaultValue = "256") int receiveMaximum,
    @Bindable(defaultValue = "100") int deliveryWindow,
    @Bindable(defaultValue = "10") int topicAliasMaximum,
    @Bindable(defaultValue = "256") int maxClientIdLength,
    @Bindable(defaultValue = "false") boolean anyClientId,
    @Bindable(defaultValue = "32") int maxTopicLevels,
    @Bindable(defaultValue = "1024") int maxTopicLength,
    @Bindable(defaultValue = "64") int maxFiltersPerSubscribe,
    @Bindable(defaultValue = "1000") int maxSubscriptions,
    @Bindable(defaultValue = "2ms") Duration ackLinger,
    @Bindable(defaultValue = "1s") Duration heartbeat,
    @Bindable(defaultValue = "10s") Duration stopTimeout,
    @Bindable(defaultValue = "0s") Duration drainDelay,
    @Bindable(defaultValue = "5000") int drainRate,
    @Nullable String serverReference) {

  static final int OFF = -1;

  private static final List<String> PROXY_PROTOCOLS = List.of("off", "v1", "v2", "any");
  private static final int LARGEST_MESSAGE = 900_000; // Kafka's own default limit is 1 MiB
  private static final String DEFAULT_INSTANCE = "node-0";

  public EdgeConfig {
    ConfigCheck.notBlank("sentinel.edge.host", host);
    ConfigCheck.between("sentinel.edge.tcp-port", tcpPort, OFF, 65535);
    ConfigCheck.between("sentinel.edge.websocket-port", websocketPort, OFF, 65535);
    ConfigCheck.between("sentinel.edge.tls-port", tlsPort, OFF, 65535);
    ConfigCheck.between("sentinel.edge.secure-websocket-port", secureWebsocketPort, OFF, 65535);
    ConfigCheck.require(
        tcpPort != OFF || websocketPort != OFF || tlsPort != OFF || secureWebsocketPort != OFF,
        "sentinel.edge.tls-port",
        tlsPort,
        "a port here, in sentinel.edge.secure-websocket-port, sentinel.edge.tcp-port or"
            + " sentinel.edge.websocket-port: all are off");
    ConfigCheck.require(
        PROXY_PROTOCOLS.contains(proxyProtocol),
        "sentinel.edge.proxy-protocol",
        proxyProtocol,
        "one of " + PROXY_PROTOCOLS);
    ConfigCheck.require(
        websocketPath.startsWith("/"),
        "sentinel.edge.websocket-path",
        websocketPath,
        "a path that starts with /");
    ConfigCheck.between("sentinel.edge.lane", lane, 0, Epoch.LANES - 1);
    ConfigCheck.require(
        name == null || !name.isBlank(), "sentinel.edge.name", name, "a name, or no such key");
    ConfigCheck.between("sentinel.edge.max-message-bytes", maxMessageBytes, 1024, LARGEST_MESSAGE);
    ConfigCheck.positive("sentinel.edge.session-timeout", sessionTimeout);
    ConfigCheck.positive("sentinel.edge.connect-timeout", connectTimeout);
    ConfigCheck.between(
        "sentinel.edge.max-session-expiry (seconds)",
        maxSessionExpiry.toSeconds(),
        1,
        SessionExpiry.NEVER);
    ConfigCheck.require(
        longestKeepAlive == null
            || (longestKeepAlive.toSeconds() >= 1 && longestKeepAlive.toSeconds() <= 65535),
        "sentinel.edge.longest-keep-alive",
        longestKeepAlive,
        "1s to 65535s, or no such key");
    ConfigCheck.between("sentinel.edge.receive-maximum", receiveMaximum, 1, 65535);
    ConfigCheck.between("sentinel.edge.delivery-window", deliveryWindow, 1, 65535);
    ConfigCheck.between("sentinel.edge.topic-alias-maximum", topicAliasMaximum, 0, 1000);
    ConfigCheck.between("sentinel.edge.max-client-id-length", maxClientIdLength, 23, 65535);
    ConfigCheck.atLeast("sentinel.edge.max-topic-levels", maxTopicLevels, 1);
    ConfigCheck.between("sentinel.edge.max-topic-length", maxTopicLength, 1, 65535);
    ConfigCheck.atLeast("sentinel.edge.max-filters-per-subscribe", maxFiltersPerSubscribe, 1);
    ConfigCheck.atLeast("sentinel.edge.max-subscriptions", maxSubscriptions, 1);
    ConfigCheck.positive("sentinel.edge.ack-linger", ackLinger);
    ConfigCheck.positive("sentinel.edge.heartbeat", heartbeat);
    ConfigCheck.positive("sentinel.edge.stop-timeout", stopTimeout);
    ConfigCheck.require(
        !drainDelay.isNegative(), "sentinel.edge.drain-delay", drainDelay, "0s or more");
    ConfigCheck.atLeast("sentinel.edge.drain-rate", drainRate, 1);
    ConfigCheck.require(
        serverReference == null || !serverReference.isBlank(),
        "sentinel.edge.server-reference",
        serverReference,
        "host or host:port, or no such key");
  }

  /** Whether a load balancer tells whose connection it is. */
  boolean isBehindProxy() {
    return !proxyProtocol.equals("off");
  }

  /** What this edge is called in records. */
  String nameIn(NodeConfig node) {
    if (name != null) {
      return name;
    }
    return node.instance().equals(DEFAULT_INSTANCE) ? "edge-" + lane : node.instance();
  }
}
