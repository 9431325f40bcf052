package io.mqttsentinel.edge;

/** The reason codes that this edge sends (MQTT 5.0, 2.4), and what MQTT 3.1.1 has for them. */
final class ReasonCode {

  static final int SUCCESS = 0x00;
  static final int DISCONNECT_WITH_WILL = 0x04;
  static final int NO_SUBSCRIPTION_EXISTED = 0x11;
  static final int UNSPECIFIED = 0x80;
  static final int MALFORMED_PACKET = 0x81;
  static final int PROTOCOL_ERROR = 0x82;
  static final int IMPLEMENTATION_ERROR = 0x83;
  static final int UNSUPPORTED_VERSION = 0x84;
  static final int CLIENT_ID_NOT_VALID = 0x85;
  static final int BAD_CREDENTIALS = 0x86;
  static final int NOT_AUTHORIZED = 0x87;
  static final int SERVER_UNAVAILABLE = 0x88;
  static final int SERVER_BUSY = 0x89;
  static final int BANNED = 0x8A;
  static final int SHUTTING_DOWN = 0x8B;
  static final int BAD_AUTHENTICATION_METHOD = 0x8C;
  static final int KEEP_ALIVE_TIMEOUT = 0x8D;
  static final int TAKEN_OVER = 0x8E;
  static final int FILTER_INVALID = 0x8F;
  static final int TOPIC_INVALID = 0x90;
  static final int PACKET_ID_NOT_FOUND = 0x92;
  static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
  static final int TOPIC_ALIAS_INVALID = 0x94;
  static final int PACKET_TOO_LARGE = 0x95;
  static final int MESSAGE_RATE_TOO_HIGH = 0x96;
  static final int QUOTA_EXCEEDED = 0x97;
  static final int ADMINISTRATIVE_ACTION = 0x98;
  static final int PAYLOAD_FORMAT_INVALID = 0x99;
  static final int RETAIN_NOT_SUPPORTED = 0x9A;
  static final int QOS_NOT_SUPPORTED = 0x9B;
  static final int USE_ANOTHER_SERVER = 0x9C;
  static final int SHARED_NOT_SUPPORTED = 0x9E;

  /** SUBACK's only failure in MQTT 3.1.1 (3.9.3). */
  static final int MQTT3_SUBACK_FAILURE = 0x80;

  /** No CONNACK: MQTT 3.1.1 has no return code for it, the connection is just closed. */
  static final int NO_RETURN_CODE = -1;

  private ReasonCode() {}

  /** The CONNACK return code of MQTT 3.1.1 (3.2.2.3) for a reason code of MQTT 5. */
  static int mqtt3ReturnCode(int reasonCode) {
    return switch (reasonCode) {
      case SUCCESS -> 0x00;
      case UNSUPPORTED_VERSION -> 0x01;
      case CLIENT_ID_NOT_VALID -> 0x02;
      case SERVER_UNAVAILABLE, SERVER_BUSY, QUOTA_EXCEEDED -> 0x03;
      case BAD_CREDENTIALS -> 0x04;
      case NOT_AUTHORIZED, BANNED, BAD_AUTHENTICATION_METHOD -> 0x05;
      default -> NO_RETURN_CODE;
    };
  }
}
