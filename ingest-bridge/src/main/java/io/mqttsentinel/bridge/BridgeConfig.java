package io.mqttsentinel.bridge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.mqttv5.common.util.MqttTopicValidator;

/**
 * The origin and how it is read.
 *
 * @param uri the origin's address: {@code tcp://host:port}, {@code ssl://host:port}, {@code
 *     ws://host:port/path} or {@code wss://host:port/path}
 * @param clientId names the session at the origin; only one bridge may use it at a time
 * @param username that the origin knows, if any
 * @param password that belongs to it
 * @param topics topic filters to subscribe to, separated by commas where they come from the
 *     environment; {@code $share/group/filter} is allowed
 * @param topicPrefixIn taken away from the front of each topic of the origin; a topic without it is
 *     refused
 * @param topicPrefixOut put in front of each topic after that
 * @param retained when the origin's retained messages are read: {@code at-first-subscribe} when the
 *     session is new, or {@code never}; a reconnect never brings them again
 * @param receiveMaximum messages that may be unacknowledged at a time, 1 to 65535: with {@code
 *     maxMessageBytes} the bound of the memory that is used while Kafka is away
 * @param maxMessageBytes largest payload; what is larger goes to the dead letters
 * @param maxPacketBytes largest MQTT packet that the origin is allowed to send; it drops what is
 *     larger itself, so leave room above {@code maxMessageBytes}
 * @param sessionExpiry how long the origin keeps messages for a bridge that is away
 * @param keepAlive how often at least a packet crosses the connection
 * @param connectTimeout for each of: network, WebSocket handshake, CONNACK, SUBACK
 * @param reconnectFirst pause before the second attempt to connect; doubles with each further one
 * @param reconnectLongest longest pause between two attempts
 * @param takenOverPause pause after another client took the session (reason code 0x8E): two bridges
 *     with one client id would throw each other out for ever. Brokers that close without that code,
 *     such as Mosquitto 2.0.11, leave only {@code reconnectLongest} between the throws
 * @param linger how long a record waits for company on its way to Kafka
 * @param deliveryTimeout how long Kafka may take for a record; beyond it the connection to the
 *     origin is closed, and the origin sends again what is not acknowledged
 * @param drainTime at shutdown, how long records on their way may take to arrive and be
 *     acknowledged
 * @param trustStore file of trusted certificates for {@code ssl} and {@code wss}: PKCS #12, JKS or
 *     PEM; the JVM's own where there is none
 * @param trustStorePassword where the trust store has one
 * @param keyStore PKCS #12 or JKS file with the certificate that this client shows, if any
 * @param keyStorePassword of the key store and its key
 * @param websocketHeaders {@code Name: value} lines for the WebSocket handshake, as a gateway in
 *     front of the origin may ask for
 */
@ConfigurationProperties("sentinel.bridge")
public record BridgeConfig(
    @Nullable String uri,
    @Bindable(defaultValue = "mqtt-sentinel-bridge") String clientId,
    @Nullable String username,
    @Nullable String password,
    @Bindable(defaultValue = "clients/+/alerts") List<String> topics,
    @Bindable(defaultValue = "") String topicPrefixIn,
    @Bindable(defaultValue = "") String topicPrefixOut,
    @Bindable(defaultValue = "at-first-subscribe") Retained retained,
    @Bindable(defaultValue = "100") int receiveMaximum,
    @Bindable(defaultValue = "262144") int maxMessageBytes,
    @Bindable(defaultValue = "4194304") int maxPacketBytes,
    @Bindable(defaultValue = "30s") Duration keepAlive,
    @Bindable(defaultValue = "72h") Duration sessionExpiry,
    @Bindable(defaultValue = "10s") Duration connectTimeout,
    @Bindable(defaultValue = "500ms") Duration reconnectFirst,
    @Bindable(defaultValue = "30s") Duration reconnectLongest,
    @Bindable(defaultValue = "5m") Duration takenOverPause,
    @Bindable(defaultValue = "1ms") Duration linger,
    @Bindable(defaultValue = "30s") Duration deliveryTimeout,
    @Bindable(defaultValue = "5s") Duration drainTime,
    @Nullable String trustStore,
    @Nullable String trustStorePassword,
    @Nullable String keyStore,
    @Nullable String keyStorePassword,
    @Bindable(defaultValue = "") List<String> websocketHeaders) {

  /** When retained messages are read. */
  public enum Retained {
    AT_FIRST_SUBSCRIBE(1),
    NEVER(2);

    private final int handling;

    Retained(int handling) {
      this.handling = handling;
    }

    /** The subscription option Retain Handling (MQTT 5.0, 3.8.3.1). */
    int handling() {
      return handling;
    }
  }

  /** Largest Session Expiry Interval that still ends (MQTT 5.0, 3.1.2.11.2). */
  private static final long LONGEST_SESSION_SECONDS = 0xFFFF_FFFEL;

  public BridgeConfig {
    ConfigCheck.notBlank("sentinel.bridge.uri", uri);
    OriginAddress.parse(uri);
    ConfigCheck.notBlank("sentinel.bridge.client-id", clientId);
    topicPrefixIn = topicPrefixIn == null ? "" : topicPrefixIn;
    topicPrefixOut = topicPrefixOut == null ? "" : topicPrefixOut;
    topics = topics == null ? List.of() : topics.stream().map(String::strip).toList();
    checkTopics(topics, topicPrefixIn);
    checkPrefix("sentinel.bridge.topic-prefix-in", topicPrefixIn);
    checkPrefix("sentinel.bridge.topic-prefix-out", topicPrefixOut);
    ConfigCheck.between("sentinel.bridge.receive-maximum", receiveMaximum, 1, 65535);
    ConfigCheck.atLeast("sentinel.bridge.max-message-bytes", maxMessageBytes, 1);
    ConfigCheck.atLeast(
        "sentinel.bridge.max-packet-bytes", maxPacketBytes, (long) maxMessageBytes + 65536);
    ConfigCheck.between("sentinel.bridge.keep-alive", (double) keepAlive.toSeconds(), 1, 65535);
    ConfigCheck.between(
        "sentinel.bridge.session-expiry",
        (double) sessionExpiry.toSeconds(),
        1,
        (double) LONGEST_SESSION_SECONDS);
    ConfigCheck.positive("sentinel.bridge.connect-timeout", connectTimeout);
    ConfigCheck.positive("sentinel.bridge.reconnect-first", reconnectFirst);
    ConfigCheck.require(
        reconnectLongest.compareTo(reconnectFirst) >= 0,
        "sentinel.bridge.reconnect-longest",
        reconnectLongest,
        "at least sentinel.bridge.reconnect-first (" + reconnectFirst + ")");
    ConfigCheck.positive("sentinel.bridge.taken-over-pause", takenOverPause);
    ConfigCheck.atLeast("sentinel.bridge.linger", linger.toMillis(), 0);
    ConfigCheck.require(
        deliveryTimeout.compareTo(Uplink.REQUEST_TIMEOUT.plus(linger)) >= 0,
        "sentinel.bridge.delivery-timeout",
        deliveryTimeout,
        "at least sentinel.bridge.linger and %s for a request".formatted(Uplink.REQUEST_TIMEOUT));
    ConfigCheck.positive("sentinel.bridge.drain-time", drainTime);
    websocketHeaders =
        websocketHeaders == null
            ? List.of()
            : websocketHeaders.stream().filter(header -> !header.isBlank()).toList();
    websocketHeaders.forEach(BridgeConfig::checkHeader);
  }

  OriginAddress address() {
    return OriginAddress.parse(uri);
  }

  TopicMapping mapping() {
    return new TopicMapping(topics, topicPrefixIn, topicPrefixOut);
  }

  @Override
  public String toString() {
    return "BridgeConfig[uri=%s, clientId=%s, username=%s, topics=%s]"
        .formatted(uri, clientId, username, topics);
  }

  private static void checkTopics(List<String> topics, String prefix) {
    ConfigCheck.require(
        !topics.isEmpty(), "sentinel.bridge.topics", topics, "at least one topic filter");
    for (String filter : topics) {
      try {
        MqttTopicValidator.validate(filter, true, true);
      } catch (IllegalArgumentException e) {
        ConfigCheck.require(
            false, "sentinel.bridge.topics", filter, "a topic filter: " + e.getMessage());
      }
      ConfigCheck.require(
          TopicMapping.canMatch(filter, prefix),
          "sentinel.bridge.topics",
          filter,
          "a filter of topics that start with sentinel.bridge.topic-prefix-in ('" + prefix + "')");
    }
  }

  private static void checkPrefix(String key, String prefix) {
    ConfigCheck.require(
        TopicMapping.isCleanText(prefix) && !prefix.contains("+") && !prefix.contains("#"),
        key,
        prefix,
        "the beginning of a topic, without wildcards and control characters");
  }

  private static void checkHeader(String header) {
    int colon = header.indexOf(':');
    ConfigCheck.require(
        colon > 0
            && StandardCharsets.US_ASCII.newEncoder().canEncode(header)
            && header.chars().noneMatch(Character::isISOControl),
        "sentinel.bridge.websocket-headers",
        colon > 0 ? header.substring(0, colon) : "(without a name)",
        "'Name: value' in printable ASCII");
  }
}
