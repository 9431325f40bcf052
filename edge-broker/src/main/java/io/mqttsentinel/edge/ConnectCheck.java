package io.mqttsentinel.edge;

import io.mqttsentinel.edge.CheckedConnect.Refused;
import io.mqttsentinel.schemas.TopicFilter;
import io.mqttsentinel.schemas.Will;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The rules of CONNECT that need nobody's answer (MQTT 5.0, 3.1). */
final class ConnectCheck {

  private static final int ASSIGNED_ID_BYTES = 12;
  private static final int MQTT_3_1_1 = 4;
  private static final int MQTT_5 = 5;
  private static final int MQTT_3_RECEIVE_MAXIMUM = 65535;
  private static final int MOST_OUTGOING_ALIASES = 16;

  /** Characters. MQTT has 65 535 bytes, no account has; it goes into a record of each session. */
  private static final int LONGEST_USERNAME = 1024;

  private final EdgeConfig config;
  private final TopicCheck topics;
  private final SecureRandom random = new SecureRandom();

  ConnectCheck(EdgeConfig config, TopicCheck topics) {
    this.config = config;
    this.topics = topics;
  }

  CheckedConnect check(MqttConnectMessage connect) {
    MqttConnectVariableHeader header = connect.variableHeader();
    MqttProperties properties = header.properties();
    if (header.hasPassword() && !header.hasUserName() && header.version() < MQTT_5) {
      return refused(ReasonCode.PROTOCOL_ERROR, "password_without_username");
    }
    if (properties.getProperty(MqttProperties.AUTHENTICATION_METHOD) != null) {
      return refused(ReasonCode.BAD_AUTHENTICATION_METHOD, "enhanced_authentication");
    }
    if (properties.getProperty(MqttProperties.AUTHENTICATION_DATA) != null) {
      return refused(ReasonCode.PROTOCOL_ERROR, "authentication_data_without_method");
    }
    int receiveMaximum =
        MqttFields.integer(properties, MqttProperties.RECEIVE_MAXIMUM, MQTT_3_RECEIVE_MAXIMUM);
    if (receiveMaximum == 0) {
      return refused(ReasonCode.PROTOCOL_ERROR, "receive_maximum_zero");
    }
    Long maximumPacketSize = MqttFields.unsigned(properties, MqttProperties.MAXIMUM_PACKET_SIZE);
    if (maximumPacketSize != null && maximumPacketSize == 0) {
      return refused(ReasonCode.PROTOCOL_ERROR, "maximum_packet_size_zero");
    }
    String given = connect.payload().clientIdentifier();
    boolean assigned = given == null || given.isEmpty();
    boolean needsId = header.version() < MQTT_3_1_1 || !header.isCleanSession();
    if (assigned && header.version() < MQTT_5 && needsId) {
      return refused(ReasonCode.CLIENT_ID_NOT_VALID, "client_id_empty");
    }
    if (!assigned && !isUsable(given)) {
      return refused(ReasonCode.CLIENT_ID_NOT_VALID, "client_id_invalid");
    }
    String username = header.hasUserName() ? connect.payload().userName() : null;
    if (username != null && username.length() > LONGEST_USERNAME) {
      return refused(ReasonCode.BAD_CREDENTIALS, "username_too_long");
    }
    if (username != null && TopicCheck.hasControl(username)) {
      return refused(ReasonCode.MALFORMED_PACKET, "username_control_character");
    }
    Refusal badWill = header.isWillFlag() ? checkWill(header, connect.payload()) : null;
    if (badWill != null) {
      return new Refused(badWill);
    }
    long wanted = wantedExpiry(header);
    Client client =
        new Client(
            header.version(),
            assigned ? newClientId() : given,
            assigned,
            username,
            Math.min(wanted, config.maxSessionExpiry().toSeconds()),
            keepAlive(header),
            Math.min(receiveMaximum, config.deliveryWindow()),
            maximumPacketSize == null ? Client.ANY_SIZE : maximumPacketSize,
            Math.min(
                MqttFields.integer(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, 0),
                MOST_OUTGOING_ALIASES),
            MqttFields.integer(properties, MqttProperties.REQUEST_PROBLEM_INFORMATION, 1) == 1);
    ConnectRequest request =
        new ConnectRequest(
            client,
            header.isCleanSession(),
            wanted,
            header.keepAliveTimeSeconds(),
            header.hasPassword() ? new Password(connect.payload().passwordInBytes()) : null,
            header.isWillFlag() ? will(header, connect.payload()) : null);
    return ConnAcks.fits(request, config)
        ? request
        : refused(ReasonCode.PACKET_TOO_LARGE, "connack_too_large");
  }

  /** One level of a topic, because permissions put it into topics. */
  private boolean isUsable(String clientId) {
    return clientId.length() <= config.maxClientIdLength()
        && !TopicCheck.hasControl(clientId)
        && (config.anyClientId() || Placeholders.isOneLevel(clientId));
  }

  private Refusal checkWill(MqttConnectVariableHeader header, MqttConnectPayload payload) {
    if (header.willQos() > 2) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "will_qos_invalid");
    }
    if (payload.willTopic() == null || payload.willMessageInBytes() == null) {
      return new Refusal(ReasonCode.MALFORMED_PACKET, "will_incomplete");
    }
    Refusal topic = topics.checkName(payload.willTopic());
    if (topic != null) {
      return new Refusal(topic.reasonCode(), "will_" + topic.cause());
    }
    if (header.version() < MQTT_5) {
      return null;
    }
    var response = payload.willProperties().getProperty(MqttProperties.RESPONSE_TOPIC);
    if (response != null && !TopicFilter.isTopicName((String) response.value())) {
      return new Refusal(ReasonCode.PROTOCOL_ERROR, "will_response_topic_invalid");
    }
    boolean text =
        MqttFields.integer(payload.willProperties(), MqttProperties.PAYLOAD_FORMAT_INDICATOR, 0)
            == 1;
    return text && !MqttFields.isUtf8(ByteBuffer.wrap(payload.willMessageInBytes()))
        ? new Refusal(ReasonCode.PAYLOAD_FORMAT_INVALID, "will_payload_format")
        : null;
  }

  private static Will will(MqttConnectVariableHeader header, MqttConnectPayload payload) {
    MqttProperties properties =
        header.version() < MQTT_5 ? MqttProperties.NO_PROPERTIES : payload.willProperties();
    Long delay = MqttFields.unsigned(properties, MqttProperties.WILL_DELAY_INTERVAL);
    return new Will(
        payload.willTopic(),
        ByteBuffer.wrap(payload.willMessageInBytes()),
        header.willQos(),
        header.isWillRetain(),
        delay == null ? 0 : delay,
        MqttFields.messageProperties(properties));
  }

  private static long wantedExpiry(MqttConnectVariableHeader header) {
    if (header.version() < MQTT_5) {
      return header.isCleanSession() ? 0 : SessionExpiry.NEVER;
    }
    Long expiry = MqttFields.unsigned(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL);
    return expiry == null ? 0 : expiry;
  }

  private int keepAlive(MqttConnectVariableHeader header) {
    int wanted = header.keepAliveTimeSeconds();
    if (header.version() < MQTT_5 || config.longestKeepAlive() == null) {
      return wanted;
    }
    int longest = Math.toIntExact(config.longestKeepAlive().toSeconds());
    return wanted == 0 ? longest : Math.min(wanted, longest);
  }

  private String newClientId() {
    byte[] bytes = new byte[ASSIGNED_ID_BYTES];
    random.nextBytes(bytes);
    return "auto-" + HexFormat.of().formatHex(bytes);
  }

  private static CheckedConnect refused(int reasonCode, String cause) {
    return new Refused(new Refusal(reasonCode, cause));
  }
}
